using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.TaskFiles;

/// <summary>
/// Brings a task's artifacts to their places. Each is downloaded and unpacked in a folder of its own beside the others, and
/// only what came whole is moved to where the task finds it: what was there with the same names is replaced.
/// </summary>
internal sealed class ArtifactFetcher(ArtifactSource source, ArtifactLimits limits)
{
    /// <summary>In the task's folder while something is under way.</summary>
    private const string Staging = ".artifact";

    /// <param name="artifacts">Their references replaced.</param>
    /// <exception cref="TaskFileException">One cannot be had; says which.</exception>
    public async Task FetchAsync(IReadOnlyList<TaskArtifact> artifacts, AllocationPaths paths, CancellationToken ct)
    {
        foreach (var artifact in artifacts)
        {
            if (!Uri.TryCreate(artifact.GetterSource, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            {
                throw new TaskFileException("failed to download artifact: its source is no address of http or https without a user");
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(limits.MaxTime);
            try
            {
                await FetchAsync(artifact, address, paths, limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw Failed(address, $"it takes longer than {limits.MaxTime.TotalMinutes} minutes", null);
            }
            catch (Exception e) when (e is TaskFileException or IOException or UnauthorizedAccessException)
            {
                throw Failed(address, e.Message, e);
            }
        }
    }

    private async Task FetchAsync(TaskArtifact artifact, Uri address, AllocationPaths paths, CancellationToken ct)
    {
        var destination = paths.Resolve(artifact.RelativeDest ?? "local/");
        var mode = artifact.GetterMode ?? ArtifactModes.Any;
        var options = artifact.GetterOptions ?? new Dictionary<string, string>();
        var name = Uri.UnescapeDataString(address.Segments[^1]).Trim('/');
        var kind = KindOf(options.GetValueOrDefault("archive"), name);
        if (kind == ArchiveKind.None && mode == ArtifactModes.Dir)
        {
            throw new TaskFileException("mode dir takes an archive: tar, tar.gz, tgz or zip");
        }

        var staging = Path.Combine(paths.TaskDirectory, Staging);
        Delete(staging);
        var (file, unpacked) = (Path.Combine(staging, "file"), Path.Combine(staging, "unpacked"));
        Directory.CreateDirectory(unpacked);
        try
        {
            await source.DownloadAsync(address, artifact.GetterHeaders, options.GetValueOrDefault("checksum"), file, ct);
            if (kind != ArchiveKind.None)
            {
                await new ArtifactArchive(unpacked, limits).UnpackAsync(file, kind, ct);
                file = mode == ArtifactModes.File ? OnlyFileIn(unpacked) : file;
            }

            // What was there may have become another thing while we waited.
            destination = paths.Resolve(artifact.RelativeDest ?? "local/");
            if (mode == ArtifactModes.File)
            {
                MoveFile(file, destination);
            }
            else if (kind != ArchiveKind.None)
            {
                MoveFolder(unpacked, destination);
            }
            else
            {
                MoveFile(file, Path.Combine(destination, IsFileName(name) ? name : throw new TaskFileException("its address names no file: use mode file")));
            }
        }
        finally
        {
            Delete(staging);
        }
    }

    private static ArchiveKind KindOf(string? asked, string name) => asked switch
    {
        "false" or "0" => ArchiveKind.None,
        { Length: > 0 } => ArtifactArchive.KindOf("." + asked) is var kind and not ArchiveKind.None
            ? kind
            : throw new TaskFileException("archives are tar, tar.gz, tgz and zip"),
        _ => ArtifactArchive.KindOf(name),
    };

    private static string OnlyFileIn(string folder)
    {
        var files = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Where(static entry => File.Exists(entry) && !AllocationPaths.IsLink(entry)).Take(2).ToArray();
        return files is [var only] ? only : throw new TaskFileException("mode file takes an archive of one file");
    }

    private static bool IsFileName(string name) => name.Length is > 0 and <= 255 && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\0');

    private static void MoveFile(string from, string to)
    {
        if (Directory.Exists(to) && !AllocationPaths.IsLink(to))
        {
            throw new TaskFileException("its destination is a folder");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to, overwrite: true);
    }

    /// <summary>Folders that are there are gone into; one that is a link is not.</summary>
    private static void MoveFolder(string from, string to)
    {
        if (AllocationPaths.IsLink(to))
        {
            throw new TaskFileException("its destination leads over a link");
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from))
        {
            var target = Path.Combine(to, Path.GetFileName(entry));
            if (new FileInfo(entry).LinkTarget is { } link)
            {
                MoveLink(link, target);
            }
            else if (Directory.Exists(entry))
            {
                MoveFolder(entry, target);
            }
            else
            {
                MoveFile(entry, target);
            }
        }
    }

    private static void MoveLink(string link, string to)
    {
        if (Directory.Exists(to) && !AllocationPaths.IsLink(to))
        {
            throw new TaskFileException("it has a link where there is a folder");
        }

        File.Delete(to);
        File.CreateSymbolicLink(to, link);
    }

    private static void Delete(string folder)
    {
        if (AllocationPaths.IsLink(folder) || File.Exists(folder))
        {
            File.Delete(folder);
        }
        else if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TaskFileException Failed(Uri address, string why, Exception? inner) =>
        new($"failed to download artifact \"{ArtifactSource.Shown(address)}\": {why}", inner);
}
