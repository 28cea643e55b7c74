using System.Collections.Concurrent;
using System.Diagnostics;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>A process under test: its lines are kept, and it can be killed as a power cut would.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private Child(Process process) => _process = process;

    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;
    public int ExitCode => _process.ExitCode;
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Everything it wrote, for the message of a failed assertion.</summary>
    public string Transcript => string.Join('\n', _output.Concat(_errors).TakeLast(200));

    public static Child Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new Child(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => Keep(child._output, line.Data);
        child._process.ErrorDataReceived += (_, line) => Keep(child._errors, line.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        child._process.StandardInput.Close();
        return child;
    }

    /// <summary>SIGKILL, and waits until it is gone. Its children are left alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by number.</summary>
    public void Signal(int number) => Kill(number, Id.ToString());

    /// <summary>Sends a signal to every process of the group it leads.</summary>
    public void SignalGroup(int number) => Kill(number, $"-{Id}");

    public Task WaitAsync(TimeSpan patience) => _process.WaitForExitAsync().WaitAsync(patience);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(15);
            try
            {
                await WaitAsync(TimeSpan.FromSeconds(20));
            }
            catch (TimeoutException)
            {
                await KillAsync();
            }
        }

        _process.Dispose();
    }

    private static void Kill(int number, string target)
    {
        using var kill = Process.Start("kill", [$"-{number}", "--", target]);
        kill.WaitForExit();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
