using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Saas.Hosting.Audit.Spool;
using Saas.Hosting.Hosts;

namespace Saas.Hosting.Audit;

/// <summary>Where audit records wait for the store, and how many.</summary>
public sealed record AuditSpoolOptions
{
    public const string FolderSetting = "SAAS_AUDIT_SPOOL";
    public const string BytesSetting = "SAAS_AUDIT_SPOOL_BYTES";

    /// <summary>The least that can be worked with: a few segments of a few large records.</summary>
    public const long LeastBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Belongs to one store. Processes that share it adopt what dead ones left there, so it should outlive the process.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>All of a process's spool on the disk.</summary>
    public long MaxBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>What must stay free on the disk for others.</summary>
    public long MinFreeBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long a record may wait, in real time, for more to be written with it.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the last records are tried to be shipped at shutdown, in real time.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A segment's file is removed when all in it is shipped, so a bound has room for several.</summary>
    internal long SegmentBytes => Math.Min(16L * 1024 * 1024, MaxBytes / 8);

    /// <summary>Nobody else uses the folder; it goes with the spool when that is empty.</summary>
    internal bool IsFolderOurs { get; init; }

    /// <summary>For tests that kill the process at each.</summary>
    internal Action<SpoolStep>? At { get; init; }

    /// <summary>
    /// From settings. Without <see cref="FolderSetting"/> the system's folder for temporary files is taken. Either way
    /// each store has a folder of its own in it, so that records never come to another store.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is not what it must be.</exception>
    public static AuditSpoolOptions From(IConfiguration configuration)
    {
        var root = configuration[FolderSetting] is { Length: > 0 } folder
            ? folder
            : Path.Combine(Path.GetTempPath(), "saas-audit-" + Environment.UserName);
        var store = configuration[PlatformConnection.Setting];

        // A store that has no name is one in memory: nobody can adopt what it leaves.
        var name = store is null ? Guid.NewGuid().ToString("N") : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(store)))[..16];
        var options = new AuditSpoolOptions { Folder = Path.Combine(Path.GetFullPath(root), name), IsFolderOurs = store is null };
        return configuration[BytesSetting] is { Length: > 0 } bytes ? options with { MaxBytes = Bytes(bytes) } : options;
    }

    private static long Bytes(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes >= LeastBytes
            ? bytes
            : throw new InvalidOperationException($"{BytesSetting}: expected a number of bytes from {LeastBytes}; '{text}' came.");
}
