using System.Globalization;
using Saas.Registry.State;

namespace Saas.Registry.Log;

/// <summary>Where a domain's rows are: see the README of the app.</summary>
internal static class LogRows
{
    public const string Table = Cluster.ClusterTables.Registry;
    public const string Head = "head";
    public const string Snapshot = "snapshot";

    /// <summary>What one row of an entry or snapshot holds at most.</summary>
    public const int MaxPartBytes = 900 * 1024;

    private const string EntryPrefix = "e";
    private const string SnapshotPrefix = "s";
    private const string RenewalPrefix = "r|";

    public static string Entry(long sequence, int part) => Numbered(EntryPrefix, sequence, part);

    public static string SnapshotPart(SnapshotPointer of, int part) => string.Create(CultureInfo.InvariantCulture, $"{SnapshotParts(of).From}{part:D4}");

    public static string Renewal(string leaseId) => RenewalPrefix + Storage.Tables.TableKeys.Escape(leaseId);

    /// <summary>The rows of the entries from one to another, both included.</summary>
    public static Storage.Tables.RowRange Entries(long from, long to) => new(Numbered(EntryPrefix, from, 0), Numbered(EntryPrefix, to + 1, 0));

    /// <summary>All parts of snapshots older than that.</summary>
    public static Storage.Tables.RowRange SnapshotsBefore(long sequence) => new(Numbered(SnapshotPrefix, 0, 0), Numbered(SnapshotPrefix, sequence, 0));

    public static Storage.Tables.RowRange SnapshotParts(SnapshotPointer of) =>
        Storage.Tables.RowRange.Prefix(string.Create(CultureInfo.InvariantCulture, $"{SnapshotPrefix}{of.Sequence:D19}.{of.Stamp}."));

    public static readonly Storage.Tables.RowRange Renewals = Storage.Tables.RowRange.Prefix(RenewalPrefix);

    public static long SequenceOf(string row) => long.Parse(row.AsSpan(1, row.IndexOf('.', StringComparison.Ordinal) - 1), NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Numbered(string prefix, long sequence, int part) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{sequence:D19}.{part:D4}");
}

/// <summary>The end of the log. Every entry replaces it by its ETag, which is what gives entries their order.</summary>
/// <param name="Sequence">Of the last entry; 0: none yet.</param>
internal sealed record LogHead(long Sequence);

/// <summary>One commit.</summary>
/// <param name="Stamp">Unique: tells whoever wrote it that it was written, where the store did not say.</param>
/// <param name="FirstIndex">Of the first command; those that follow have the next ones.</param>
/// <param name="Commands">The changes each command made; none is empty.</param>
internal sealed record LogEntry(string Stamp, ulong FirstIndex, IReadOnlyList<IReadOnlyList<Change>> Commands);

/// <summary>The newest snapshot.</summary>
/// <param name="Sequence">Of the last entry in it.</param>
/// <param name="Stamp">Its writer's: two instances may write snapshots of one sequence, which say the same in another order.</param>
/// <param name="Bytes">Of all its parts together.</param>
internal sealed record SnapshotPointer(long Sequence, string Stamp, int Parts, long Bytes);
