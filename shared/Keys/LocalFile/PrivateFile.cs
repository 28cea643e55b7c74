using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Saas.Keys.LocalFile;

/// <summary>
/// Files that only their owner may touch, written so that a reader, and the machine after a power cut, sees the old
/// content, the new, or (of a new file) none, and nothing between.
/// </summary>
internal static partial class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const int OpenDirectory = 0x10000;
    private const int OpenCloseOnExec = 0x80000;

    /// <summary>False: the file is there already, and was left alone.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path))
        {
            return false;
        }

        var folder = FolderOf(path);
        if (!OperatingSystem.IsWindows() && !Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerOnlyFolder);
        }

        var written = WriteBeside(path, content);
        try
        {
            // A link, which fails if the name is taken: of two processes that start together one makes the file.
            File.Move(written, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(written);
            return false;
        }

        SyncFolder(folder);
        return true;
    }

    /// <summary>The caller sees to it that there is one writer.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        File.Move(WriteBeside(path, content), path, overwrite: true);
        SyncFolder(FolderOf(path));
    }

    /// <summary>All of the file, in memory that is zeroed when disposed.</summary>
    /// <exception cref="KeyFileException">Others than its owner may read or write it, or it is too large.</exception>
    public static SecretBuffer Read(string path, int maxBytes)
    {
        using var file = File.OpenHandle(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnlyFolder) is var others and not UnixFileMode.None)
        {
            throw new KeyFileException($"{path} is open to others than its owner ({others}): chmod 600 it, and think who may have read it.");
        }

        var length = RandomAccess.GetLength(file);
        if (length > maxBytes)
        {
            throw new KeyFileException($"{path} has {length} bytes: that is no key file.");
        }

        var content = SecretBuffer.Allocate((int)length);
        for (var read = 0; read < content.Length;)
        {
            var more = RandomAccess.Read(file, content.Span[read..], read);
            if (more == 0)
            {
                content.Dispose();
                throw new KeyFileException($"{path} became shorter while it was read.");
            }

            read += more;
        }

        return content;
    }

    private static string WriteBeside(string path, ReadOnlySpan<byte> content)
    {
        var beside = $"{path}.{Guid.CreateVersion7():n}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(beside, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
        return beside;
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static void SyncFolder(string folder)
    {
        var descriptor = Open(folder, OpenDirectory | OpenCloseOnExec, 0);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (descriptor < 0 || Fsync(descriptor) != 0)
        {
            throw new IOException($"Cannot sync folder {folder}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);
}

/// <summary>A key file cannot be used as it lies there. The message holds none of its content.</summary>
public sealed class KeyFileException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
