using System.Runtime.InteropServices;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>Signals by name, numbered as Linux does on x86-64 and ARM (signal(7)).</summary>
internal static partial class Signals
{
    public const int Kill = 9;

    private const int Pipe = 13;
    private const int NoSuchProcess = 3;

    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal)
    {
        ["SIGHUP"] = 1, ["SIGINT"] = 2, ["SIGQUIT"] = 3, ["SIGABRT"] = 6, ["SIGKILL"] = Kill, ["SIGUSR1"] = 10, ["SIGUSR2"] = 12,
        ["SIGALRM"] = 14, ["SIGTERM"] = 15, ["SIGCONT"] = 18, ["SIGSTOP"] = 19, ["SIGTSTP"] = 20, ["SIGWINCH"] = 28,
    };

    /// <exception cref="DriverException"><see cref="DriverFault.InvalidConfig"/>: no such signal.</exception>
    public static int Parse(string name) => Numbers.TryGetValue(name, out var number)
        ? number
        : throw new DriverException(DriverFault.InvalidConfig, $"exec: no signal is called {name}");

    /// <summary>The name behind a shell's exit code of 128 + signal; null if none.</summary>
    public static string? NameOfExit(int exitCode) => Numbers.FirstOrDefault(pair => pair.Value == exitCode - 128).Key;

    /// <summary>False if there is no such process or, for a negative id, process group.</summary>
    /// <exception cref="DriverException"><see cref="DriverFault.Transient"/>: the kernel refused (another user's process).</exception>
    public static bool Send(int processId, int signal)
    {
        if (SendSignal(processId, signal) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess
            ? false
            : throw new DriverException(DriverFault.Transient, $"exec: signal {signal} to {processId} failed, errno {error}");
    }

    /// <summary>
    /// .NET ignores SIGPIPE; ignored signals are inherited and a shell cannot undo it, so <c>yes | head</c> in a task would
    /// never end. With any handler in place instead, exec puts the signal back to its default. abs(3) is the handler:
    /// it takes an int, does nothing, and is safe at any point; .NET itself goes on to see EPIPE.
    /// </summary>
    public static void LetBrokenPipesEndChildren() =>
        SetHandler(Pipe, NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "abs"));

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
