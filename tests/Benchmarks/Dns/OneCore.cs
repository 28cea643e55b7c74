using System.Diagnostics;

namespace Saas.Benchmarks.Dns;

/// <summary>
/// Holds this process on one processor while it lives: what serves and what loads share it. Threads begun meanwhile stay
/// on it, too, until the whole is let go.
/// </summary>
internal sealed class OneCore : IAsyncDisposable
{
    private const int Core = 0;

    private OneCore()
    {
    }

    /// <exception cref="InvalidOperationException">taskset (util-linux) is not there, or may not.</exception>
    public static async Task<OneCore> HoldAsync(CancellationToken ct)
    {
        await TasksetAsync($"{Core}", ct);
        return new OneCore();
    }

    public async ValueTask DisposeAsync() => await TasksetAsync("0-" + (Environment.ProcessorCount - 1), CancellationToken.None);

    /// <summary>Of all threads: .NET sets the affinity of the main one only.</summary>
    private static async Task TasksetAsync(string cores, CancellationToken ct)
    {
        var start = new ProcessStartInfo("taskset", ["-a", "-c", "-p", cores, $"{Environment.ProcessId}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var taskset = Process.Start(start) ?? throw new InvalidOperationException("taskset did not start.");
        var error = taskset.StandardError.ReadToEndAsync(ct);
        await taskset.StandardOutput.ReadToEndAsync(ct);
        await taskset.WaitForExitAsync(ct);

        // A thread may end while they are listed; then it says so and has set the others.
        if (taskset.ExitCode != 0 && (await error).Contains("No such process", StringComparison.Ordinal) is false)
        {
            throw new InvalidOperationException($"taskset: {await error}");
        }
    }
}
