using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Saas.Keys;

/// <summary>
/// Keeps key material out of core files. On Linux the process becomes undumpable (prctl PR_SET_DUMPABLE 0), which also
/// keeps other processes of the same user from attaching to it or reading its /proc/PID/mem, and its limit for core
/// files becomes 0, which its children inherit. Elsewhere nothing happens. What it does not keep away: root, swap and
/// hibernation; machines with keys have their swap encrypted or off.
/// </summary>
public static partial class CoreDumps
{
    private const int SetDumpable = 4;
    private const int CoreFileSize = 4;

    /// <summary>Idempotent; for the whole process, for good.</summary>
    public static void Disable(ILogger logger)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Both: a limit of 0 does not stop a core that is piped to a program (core_pattern), and the flag is lost at exec.
        var none = new ResourceLimit(0, 0);
        if (SetLimit(CoreFileSize, in none) != 0 || ProcessControl(SetDumpable, 0, 0, 0, 0) != 0)
        {
            NotDisabled(logger, Marshal.GetLastPInvokeError());
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Core files could not be turned off (errno {Errno}): a crash may write key material to disk.")]
    private static partial void NotDisabled(ILogger logger, int errno);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    /// <summary>struct rlimit of 64-bit Linux.</summary>
    private readonly record struct ResourceLimit(ulong Current, ulong Maximum);
}
