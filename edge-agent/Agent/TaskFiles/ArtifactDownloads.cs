using System.Collections.Concurrent;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.TaskFiles;

internal enum DownloadState
{
    /// <summary>Nobody has begun.</summary>
    None,

    UnderWay,

    /// <summary>All artifacts are at their places.</summary>
    Done,

    Failed,
}

/// <summary>
/// Downloads under way, by task: a pass over an allocation begins one and looks at it again when it has ended, so that what is to
/// be stopped need not wait for a slow source. Safe for concurrent use.
/// </summary>
internal sealed class ArtifactDownloads(ArtifactFetcher fetcher, ChangeSignal ended) : IDisposable
{
    private readonly ConcurrentDictionary<(string Allocation, string Task), Download> _downloads = new();
    private readonly CancellationTokenSource _stop = new();

    public DownloadState StateOf(string allocation, string task) => _downloads.TryGetValue((allocation, task), out var download)
        ? !download.Running.IsCompleted ? DownloadState.UnderWay : download.Running.IsCompletedSuccessfully ? DownloadState.Done : DownloadState.Failed
        : DownloadState.None;

    public void Begin(string allocation, string task, IReadOnlyList<TaskArtifact> artifacts, AllocationPaths paths)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var running = Task.Run(() => fetcher.FetchAsync(artifacts, paths, cancel.Token), cancel.Token);
        _downloads[(allocation, task)] = new Download(running, cancel);
        _ = running.ContinueWith(_ => ended.Raise(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Takes away what has ended.</summary>
    /// <returns>Why it failed; null: it did not.</returns>
    public string? Take(string allocation, string task)
    {
        if (!_downloads.TryRemove((allocation, task), out var download))
        {
            return null;
        }

        download.Cancel.Dispose();
        return download.Running.Exception?.InnerException switch
        {
            null => download.Running.IsCompletedSuccessfully ? null : "the download was cut off",
            TaskFileException e => e.Message,
            var fault => $"failed to download artifact: {fault.Message}",
        };
    }

    /// <summary>Nothing of the allocation is wanted any more.</summary>
    public void Abandon(string allocation)
    {
        foreach (var (key, download) in _downloads.Where(entry => entry.Key.Allocation == allocation))
        {
            download.Cancel.Cancel();
            if (download.Running.IsCompleted)
            {
                Take(key.Allocation, key.Task);
            }
        }
    }

    /// <summary>What is under way ends; its staging folder is cleared by the next.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private sealed record Download(Task Running, CancellationTokenSource Cancel);
}
