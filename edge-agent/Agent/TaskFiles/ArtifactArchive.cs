using System.Formats.Tar;
using System.IO.Compression;

namespace Saas.EdgeAgent.TaskFiles;

internal enum ArchiveKind
{
    None,
    Tar,
    TarGz,
    Zip,
}

/// <summary>
/// Unpacks archives of strangers into an empty folder, out of which nothing gets.
/// <list type="number">
/// <item>A name is relative and has no <c>..</c>; anything else ends the unpacking.</item>
/// <item>Links are made last, when all files are there: so no file is ever written through one.</item>
/// <item>A link's target is relative; <c>..</c> stands only at its begin, where the folders are real ones, and not more often
/// than they are deep. What it goes through after that stays within, because every other link does.</item>
/// <item>Devices and pipes are refused. Of modes only reading, writing and running are kept.</item>
/// </list>
/// </summary>
internal sealed class ArtifactArchive(string root, ArtifactLimits limits)
{
    private const int BufferBytes = 128 * 1024;
    private const int UnixModeShift = 16;
    private const int UnixTypeMask = 0xF000;
    private const int UnixLink = 0xA000;
    private const int UnixFile = 0x8000;
    private const int UnixFolder = 0x4000;
    private const int MaxTargetBytes = 4096;
    private const UnixFileMode Kept = (UnixFileMode)0x1FF;
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly List<(string Path, string Target)> _links = [];
    private long _bytes;
    private int _entries;

    /// <summary>By the end of a file's name; None: no archive that we know.</summary>
    public static ArchiveKind KindOf(string name) =>
        name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase) ? ArchiveKind.TarGz
        : name.EndsWith(".tar", StringComparison.OrdinalIgnoreCase) ? ArchiveKind.Tar
        : name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? ArchiveKind.Zip
        : ArchiveKind.None;

    /// <exception cref="TaskFileException">It is no such archive, leads out, or is too large.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public async Task UnpackAsync(string file, ArchiveKind kind, CancellationToken ct)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            if (kind == ArchiveKind.Zip)
            {
                await UnzipAsync(stream, ct);
            }
            else
            {
                await using var packed = kind == ArchiveKind.TarGz ? new GZipStream(stream, CompressionMode.Decompress) : (Stream)stream;
                await UntarAsync(packed, ct);
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException or NotSupportedException)
        {
            throw new TaskFileException("the archive cannot be read: " + e.Message, e);
        }

        foreach (var (path, target) in _links)
        {
            CreateFolder(Path.GetDirectoryName(path)!);
            Remove(path);
            File.CreateSymbolicLink(path, target);
        }
    }

    private async Task UntarAsync(Stream packed, CancellationToken ct)
    {
        await using var reader = new TarReader(packed);
        while (await reader.GetNextEntryAsync(copyData: false, ct) is { } entry)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                case TarEntryType.Directory:
                    CreateFolder(PathOf(entry.Name));
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    await WriteAsync(PathOf(entry.Name), entry.DataStream ?? Stream.Null, entry.Mode, ct);
                    break;
                case TarEntryType.SymbolicLink:
                    AddLink(entry.Name, entry.LinkName);
                    break;
                case TarEntryType.HardLink:
                    await CopyAsync(PathOf(entry.LinkName), PathOf(entry.Name), ct);
                    break;
                default:
                    throw new TaskFileException($"the archive has an entry of kind {entry.EntryType}");
            }
        }
    }

    private async Task UnzipAsync(Stream packed, CancellationToken ct)
    {
        using var zip = new ZipArchive(packed, ZipArchiveMode.Read);
        if (zip.Entries.Count > limits.MaxEntries)
        {
            throw TooMany();
        }

        foreach (var entry in zip.Entries)
        {
            var attributes = (int)((uint)entry.ExternalAttributes >> UnixModeShift);
            var type = attributes & UnixTypeMask;
            if (entry.FullName.EndsWith('/') || type == UnixFolder)
            {
                CreateFolder(PathOf(entry.FullName));
            }
            else if (type == UnixLink)
            {
                await using var target = await entry.OpenAsync(ct);
                AddLink(entry.FullName, await ReadTargetAsync(target, ct));
            }
            else if (type is 0 or UnixFile)
            {
                await using var content = await entry.OpenAsync(ct);
                await WriteAsync(PathOf(entry.FullName), content, type == 0 ? null : (UnixFileMode)attributes & Kept, ct);
            }
            else
            {
                throw new TaskFileException("the archive has an entry that is neither a file, a folder nor a link");
            }
        }
    }

    private static async Task<string> ReadTargetAsync(Stream content, CancellationToken ct)
    {
        var buffer = new byte[MaxTargetBytes + 1];
        var length = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length <= MaxTargetBytes ? System.Text.Encoding.UTF8.GetString(buffer, 0, length) : throw new TaskFileException("the archive has a link with too long a target");
    }

    private async Task WriteAsync(string path, Stream content, UnixFileMode? mode, CancellationToken ct)
    {
        CreateFolder(Path.GetDirectoryName(path)!);
        Remove(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0,
            UnixCreateMode = ((mode ?? (UnixFileMode)0x1A4) & Kept) | UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var file = new FileStream(path, options);
        var buffer = new byte[BufferBytes];
        while (await content.ReadAsync(buffer, ct) is var read and > 0)
        {
            if ((_bytes += read) > limits.MaxUnpackedBytes)
            {
                throw new TaskFileException($"the archive holds more than {limits.MaxUnpackedBytes} bytes");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }

    /// <summary>Of a hard link: no file is shared with anything outside, nor with another artifact.</summary>
    private async Task CopyAsync(string from, string to, CancellationToken ct)
    {
        if (!File.Exists(from))
        {
            throw new TaskFileException("the archive has a link to a file that is not before it");
        }

        if (from != to)
        {
            await using var content = File.OpenRead(from);
            await WriteAsync(to, content, File.GetUnixFileMode(from), ct);
        }
    }

    private void AddLink(string name, string target)
    {
        var path = PathOf(name);
        var depth = Path.GetRelativePath(root, path).Split('/').Length - 1;
        var parts = target.Split('/');
        var up = parts.TakeWhile(static part => part is ".." or ".").Count(static part => part == "..");
        if (target.Length == 0 || target[0] == '/' || target.Contains('\0', StringComparison.Ordinal) || up > depth
            || parts.SkipWhile(static part => part is ".." or ".").Contains("..", StringComparer.Ordinal))
        {
            throw new TaskFileException("the archive has a link that leads out of it");
        }

        _links.Add((path, target));
    }

    /// <summary>A file that is in the way is no folder: the archive names both.</summary>
    private void CreateFolder(string path)
    {
        if (!path.StartsWith(root, StringComparison.Ordinal))
        {
            throw Leads();
        }

        for (var part = path; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (File.Exists(part) || AllocationPaths.IsLink(part))
            {
                throw new TaskFileException("the archive has a file where it has a folder");
            }
        }

        Directory.CreateDirectory(path, OwnersFolder | (UnixFileMode)0x2D);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && !AllocationPaths.IsLink(path))
        {
            throw new TaskFileException("the archive has a file where it has a folder");
        }

        File.Delete(path);
    }

    private string PathOf(string name)
    {
        if (++_entries > limits.MaxEntries)
        {
            throw TooMany();
        }

        var parts = name.Split('/').Where(static part => part is not ("" or ".")).ToArray();
        if (name.StartsWith('/') || name.Contains('\0', StringComparison.Ordinal) || parts.Contains("..", StringComparer.Ordinal))
        {
            throw Leads();
        }

        return Path.Combine([root, .. parts]);
    }

    private TaskFileException TooMany() => new($"the archive has more than {limits.MaxEntries} entries");

    private static TaskFileException Leads() => new("the archive has a name that leads out of it");
}
