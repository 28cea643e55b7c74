using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Saas.EdgeAgent.Drivers.Files;

/// <summary>open(2) and statx(2), whose constants and layout are the same on x86-64 and ARM64.</summary>
internal static partial class NativeFiles
{
    public const int NoEntry = 2;
    public const int NotDirectory = 20;
    public const int NoDeviceOrAddress = 6;

    /// <summary>Names the file without opening it: devices and pipes notice nothing.</summary>
    public const int Path = 0x20_0000;

    public const int ReadNonBlocking = 0x800;

    private const int CloseOnExec = 0x8_0000;
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const int StatSize = 256;

    /// <summary>Invalid where it failed; the error is in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static SafeFileHandle Open(string path, int flags) => new(OpenFile(path, flags | CloseOnExec), ownsHandle: true);

    public static FileStatus? Status(SafeFileHandle file) => Status(file, "", EmptyPath);

    /// <summary>Of a name in the folder, not of what it may point to.</summary>
    public static FileStatus? StatusOf(SafeFileHandle folder, string name) => Status(folder, name, NoFollow);

    private static FileStatus? Status(SafeFileHandle file, string name, int flags)
    {
        Span<byte> stat = stackalloc byte[StatSize];
        if (Statx(file, name, flags, BasicStats, stat) != 0)
        {
            return null;
        }

        var seconds = BinaryPrimitives.ReadInt64LittleEndian(stat[112..]);
        var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(stat[120..]);
        return new FileStatus(
            BinaryPrimitives.ReadUInt16LittleEndian(stat[28..]),
            (long)BinaryPrimitives.ReadUInt64LittleEndian(stat[40..]),
            DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick),
            (BinaryPrimitives.ReadUInt32LittleEndian(stat[136..]), BinaryPrimitives.ReadUInt32LittleEndian(stat[140..]), BinaryPrimitives.ReadUInt64LittleEndian(stat[32..])));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, Span<byte> buffer);
}
