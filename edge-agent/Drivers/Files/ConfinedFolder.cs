using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Saas.EdgeAgent.Drivers.Files;

/// <summary>
/// A folder that strangers may look into and its tasks write to: nothing outside of it can be reached, however its files and
/// links change meanwhile.
/// <para>
/// Naive: resolve the path's links, see that the result is within, then open it; a task that puts a link there in between has
/// the agent open what it likes. Instead a file is named first (O_PATH), then the kernel is asked where that very file is
/// (/proc/self/fd), and only then it is read, through the same descriptor.
/// </para>
/// </summary>
public sealed class ConfinedFolder
{
    private readonly string _root;

    /// <exception cref="FileException">There is no such folder.</exception>
    public ConfinedFolder(string root)
    {
        using var folder = NativeFiles.Open(root, NativeFiles.Path);
        _root = folder.IsInvalid ? throw Missing("open", "/") : WhereIs(folder);
    }

    /// <exception cref="FileException">It is not there, leads out of the folder, or may not be looked at.</exception>
    public FileStatus Status(string path)
    {
        using var file = Find("stat", path);
        return NativeFiles.Status(file) ?? throw Missing("stat", path);
    }

    /// <summary>Names in a folder, ordered, with what they themselves are: a link is a link.</summary>
    /// <exception cref="FileException">It is no folder, not there, leads out, or may not be looked at.</exception>
    public IReadOnlyList<(string Name, FileStatus Status)> List(string path)
    {
        using var folder = Find("open", path);
        if (NativeFiles.Status(folder) is not { IsDirectory: true })
        {
            throw new FileException(FileFault.Denied, $"readdirent {path}: not a directory");
        }

        try
        {
            var found = new List<(string, FileStatus)>();
            foreach (var entry in Directory.EnumerateFileSystemEntries(Descriptor(folder)).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal))
            {
                // What has gone meanwhile is left out.
                if (NativeFiles.StatusOf(folder, entry!) is { } status)
                {
                    found.Add((entry!, status));
                }
            }

            return found;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new FileException(FileFault.Denied, $"open {path}: permission denied");
        }
    }

    /// <summary>A regular file, to be read.</summary>
    /// <exception cref="FileException">It is not there, of another kind, leads out, or may not be read.</exception>
    public FileStream Open(string path)
    {
        using var named = Find("open", path);
        if (NativeFiles.Status(named) is not { IsRegular: true })
        {
            throw new FileException(FileFault.Denied, $"open {path}: not a regular file");
        }

        var file = NativeFiles.Open(Descriptor(named), NativeFiles.ReadNonBlocking);
        return file.IsInvalid
            ? throw new FileException(FileFault.Denied, $"open {path}: permission denied")
            : new FileStream(file, FileAccess.Read, bufferSize: 0);
    }

    /// <summary>A path of the machine's that lies within, relative to the folder; empty for the folder itself and for any other.</summary>
    public string Within(string path) => path.StartsWith(_root + "/", StringComparison.Ordinal) ? path[(_root.Length + 1)..] : "";

    /// <summary>The path without dots, relative to the folder; empty for the folder itself.</summary>
    /// <exception cref="FileException">It leads out.</exception>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case ".." when parts.Count == 0:
                    throw Escape();
                case "..":
                    parts.RemoveAt(parts.Count - 1);
                    break;
                default:
                    parts.Add(part.Contains('\0', StringComparison.Ordinal) ? throw Missing("open", "path with a NUL") : part);
                    break;
            }
        }

        return string.Join('/', parts);
    }

    private SafeFileHandle Find(string verb, string path)
    {
        var clean = Clean(path);
        var file = NativeFiles.Open(clean.Length == 0 ? _root : $"{_root}/{clean}", NativeFiles.Path);
        if (file.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            throw error is NativeFiles.NoEntry or NativeFiles.NotDirectory
                ? Missing(verb, path)
                : new FileException(FileFault.Denied, $"{verb} {path}: {(error is 13 ? "permission denied" : $"error {error}")}");
        }

        var at = WhereIs(file);
        if (at == _root || at.StartsWith(_root + "/", StringComparison.Ordinal))
        {
            return file;
        }

        file.Dispose();
        throw Escape();
    }

    private static string WhereIs(SafeFileHandle file) => new FileInfo(Descriptor(file)).LinkTarget ?? "";

    private static string Descriptor(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    private static FileException Escape() => new(FileFault.Escapes, "Path escapes the alloc directory");

    private static FileException Missing(string verb, string path) => new(FileFault.NotFound, $"{verb} {path}: no such file or directory");
}
