using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Saas.LocalRegistry.Checks;

/// <summary>
/// A command, run as the agent: exit code 0 passes, 1 warns, any other is critical. It runs in a session of its own, and
/// when its time is over all of that is killed.
/// </summary>
internal sealed partial class ScriptProbe(CheckDefinition definition, ScriptSlots slots, TimeProvider time) : ICheckProbe
{
    private const int Kill = 9;

    /// <summary>For what a script left running to let go of its output.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public async Task<CheckResult> ProbeAsync(CancellationToken ct)
    {
        await slots.EnterAsync(ct);
        try
        {
            return await RunAsync(ct);
        }
        finally
        {
            slots.Leave();
        }
    }

    public void Dispose()
    {
    }

    private async Task<CheckResult> RunAsync(CancellationToken ct)
    {
        // setsid(1) replaces itself by the command: the process is the leader of its session and of its process group.
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Directory.Exists(definition.WorkDirectory) ? definition.WorkDirectory : "",
        };
        foreach (var argument in definition.Args)
        {
            start.ArgumentList.Add(argument);
        }

        // What the agent was started with is the agent's: an enrolment token may be among it.
        start.Environment.Clear();
        foreach (var name in (string[])["PATH", "HOME", "USER", "LANG", "TZ"])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            return CheckResult.Critical($"{definition.Args[0]}: {e.Message}");
        }

        using (process)
        {
            process.StandardInput.Close();
            return await WatchAsync(process, ct);
        }
    }

    private async Task<CheckResult> WatchAsync(Process process, CancellationToken ct)
    {
        var output = new OutputRing(definition.OutputBytes);
        using var limit = new ProbeTimeout(definition.EffectiveTimeout, time, ct);
        var reading = Task.WhenAll(CopyAsync(process.StandardOutput.BaseStream, output), CopyAsync(process.StandardError.BaseStream, output));
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _ = SendSignal(-process.Id, Kill); // whatever it answers: there is nothing left to do
            await process.WaitForExitAsync(CancellationToken.None);
            await reading.WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            var message = $"Timed out ({GoDuration.Format(definition.EffectiveTimeout)}) running check";
            var text = Text(output);
            return CheckResult.Critical(text.Length > 0 ? $"{message}\n\n{text}" : message);
        }

        return process.ExitCode switch
        {
            0 => CheckResult.Passing(Text(output)),
            1 => CheckResult.Warning(Text(output)),
            _ => CheckResult.Critical(Text(output)),
        };
    }

    private string Text(OutputRing output)
    {
        var text = output.Text(out var total);
        return total > definition.OutputBytes ? $"Captured {definition.OutputBytes} of {total} bytes\n...\n{text}" : text;
    }

    private static async Task CopyAsync(Stream from, OutputRing to)
    {
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer)) > 0)
            {
                to.Append(buffer.AsSpan(0, read));
            }
        }
        catch (ObjectDisposedException)
        {
            // Something the script left in another session still holds the pipe; the look is over.
            return;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}

/// <summary>How many scripts run at a time: a machine with a thousand of them is not to start a thousand processes at once.</summary>
internal sealed class ScriptSlots : IDisposable
{
    private const int Count = 16;

    private readonly SemaphoreSlim _free = new(Count, Count);

    public Task EnterAsync(CancellationToken ct) => _free.WaitAsync(ct);

    public void Leave() => _free.Release();

    public void Dispose() => _free.Dispose();
}
