using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>A pseudo-terminal (pty(7)): what is written to the master is typed, what is read from it is shown.</summary>
internal sealed partial class Terminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int CloseOnExec = 0x8_0000;
    private const nuint SetWindowSize = 0x5414; // TIOCSWINSZ

    private readonly SafeFileHandle _master;

    private Terminal(SafeFileHandle master, string name)
    {
        (_master, Name) = (master, name);
        Stream = new FileStream(master, FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>Of the side that a program opens.</summary>
    public string Name { get; }

    public FileStream Stream { get; }

    /// <exception cref="DriverException"><see cref="DriverFault.Transient"/>: the kernel has none left.</exception>
    public static Terminal Open()
    {
        var master = new SafeFileHandle(OpenMaster(ReadWrite | NoControllingTerminal | CloseOnExec), ownsHandle: true);
        var name = new byte[64];
        if (master.IsInvalid || Unlock(master) != 0 || NameOf(master, name, (nuint)name.Length) != 0)
        {
            master.Dispose();
            throw new DriverException(DriverFault.Transient, $"exec: no terminal, errno {Marshal.GetLastPInvokeError()}");
        }

        var terminal = new Terminal(master, System.Text.Encoding.ASCII.GetString(name).TrimEnd('\0'));
        terminal.Resize(24, 80);
        return terminal;
    }

    public void Resize(int height, int width)
    {
        var size = new WindowSize((ushort)Math.Clamp(height, 1, ushort.MaxValue), (ushort)Math.Clamp(width, 1, ushort.MaxValue), 0, 0);
        Control(_master, SetWindowSize, ref size);
    }

    public void Dispose() => Stream.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct WindowSize(ushort Rows, ushort Columns, ushort X, ushort Y);

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial nint OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int NameOf(SafeFileHandle master, byte[] name, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref WindowSize size);
}
