using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Hosting.Audit;

/// <summary>Every tenant's log of decisions and changing calls: a hash chain in a partition of its own.</summary>
public sealed class AuditLog(TimeProvider time)
{
    internal const string Table = "audit";

    /// <summary>Chains kept in memory, each some hundred bytes; beyond that they are forgotten and read anew.</summary>
    private const int MaxChains = 10_000;

    /// <summary>Of a log's rows read at once, at first.</summary>
    private const int FirstRows = 8;

    /// <summary>More rows are read at once only as long as they are about this large together.</summary>
    private const int MaxAskedBytes = FirstRows * AuditRows.MaxRowBytes;

    private ConcurrentDictionary<TenantId, AuditChain> _chains = new();

    /// <summary>Durable when it ends. May be appended to from several instances at once.</summary>
    /// <exception cref="StorageUnavailableException">Whether it was written is unknown.</exception>
    public Task AppendAsync(TenantScope tenant, AuditEvent happened) => Chain(tenant).AppendAsync(happened);

    internal AuditChain Chain(TenantScope tenant)
    {
        if (_chains.Count >= MaxChains)
        {
            // A chain still writing goes on by itself; a second one of the tenant is as good as another instance's.
            _chains = new ConcurrentDictionary<TenantId, AuditChain>();
        }

        return _chains.GetOrAdd(tenant.Tenant, static (_, x) => new AuditChain(x.Rows, x.time), (Rows: Open(tenant), time));
    }

    /// <summary>A page of the log, oldest first.</summary>
    /// <param name="from">The first sequence wanted, from 1.</param>
    /// <param name="take">1 to 1000.</param>
    public static async Task<AuditPage> ReadAsync(TenantScope tenant, long from, int take, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, TableLimits.MaxPageRows);
        var records = new List<AuditRecord>(take);
        await foreach (var row in RowsAsync(Open(tenant), from, take, ct))
        {
            var entries = AuditRows.EntriesOf(row.Value).ToList();
            var first = long.Parse(row.Row) - entries.Count + 1;
            foreach (var canonical in entries.Skip((int)Math.Max(0, from - first)))
            {
                if (records.Count == take)
                {
                    return new AuditPage(records, records[^1].Entry.Sequence + 1);
                }

                records.Add(Read(canonical.Span, row.Row));
            }
        }

        return new AuditPage(records, null);
    }

    /// <summary>
    /// The rows from the one that holds <paramref name="from"/> on. A row may hold one entry or a thousand: few are
    /// asked for at first, and more when they turn out small.
    /// </summary>
    private static async IAsyncEnumerable<TableRow> RowsAsync(
        TablePartition rows, long from, int take, [EnumeratorCancellation] CancellationToken ct)
    {
        var range = new RowRange(AuditRows.RowOf(from), null);
        var (ask, bytes, continuation) = (Math.Min(FirstRows, take + 1), 0L, (string?)null);
        do
        {
            var page = await rows.QueryAsync(range, ask, continuation, ct);
            foreach (var row in page.Rows)
            {
                bytes += row.Value.Length;
                yield return row;
            }

            ask = bytes < MaxAskedBytes / 4 ? Math.Min(ask * 4, Math.Min(take + 1, TableLimits.MaxPageRows)) : FirstRows;
            (bytes, continuation) = (0, page.Continuation);
        }
        while (continuation is not null);
    }

    private static AuditRecord Read(ReadOnlySpan<byte> canonical, string row)
    {
        var entry = JsonSerializer.Deserialize(canonical, AuditJson.Default.AuditEntry)
            ?? throw new InvalidDataException($"Audit row {row} holds null.");
        return new AuditRecord(entry, AuditEntry.HashOf(canonical));
    }

    /// <summary>Where the log ends now: for the tenant to keep.</summary>
    public static async Task<AuditHead> HeadAsync(TenantScope tenant, CancellationToken ct) =>
        (await Open(tenant).GetAsync(AuditChain.HeadRow, AuditJson.Default.AuditHead, ct))?.Value ?? AuditHead.Empty;

    internal static TablePartition Open(TenantScope tenant) => tenant.Partition(Table);
}
