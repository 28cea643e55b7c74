using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Saas.EdgeAgent.Drivers;

/// <summary>
/// Replaces a file so that a reader, and the machine after a power cut, sees the old content or the new and nothing
/// between: write beside it, fsync, rename, fsync the folder. One writer per file.
/// </summary>
public static partial class AtomicFile
{
    private const int OpenReadOnly = 0;
    private const int OpenDirectory = 0x10000;
    private const int OpenCloseOnExec = 0x80000;

    /// <exception cref="IOException">The disk is full or the folder is gone; the old content stands.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var temporary = path + ".tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, UnixCreateMode = mode,
        };
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes creations, renames and deletions in the folder durable.</summary>
    public static void SyncDirectory(string directory)
    {
        var descriptor = Open(directory, OpenReadOnly | OpenDirectory | OpenCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open folder {directory}: errno {Marshal.GetLastPInvokeError()}");
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Fsync(descriptor) != 0)
        {
            throw new IOException($"Cannot sync folder {directory}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);
}
