namespace Saas.EdgeAgent.TaskFiles;

/// <summary>What one artifact may cost a machine. Beyond it the download fails.</summary>
internal sealed record ArtifactLimits
{
    /// <summary>Of the file as it is downloaded.</summary>
    public long MaxDownloadBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Of all files of an archive together.</summary>
    public long MaxUnpackedBytes { get; init; } = 20L * 1024 * 1024 * 1024;

    /// <summary>Files, folders and links of an archive.</summary>
    public int MaxEntries { get; init; } = 50_000;

    /// <summary>From the request to the last file.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Without a byte from the source.</summary>
    public TimeSpan MaxSilence { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxRedirects { get; init; } = 10;
}
