using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Saas.Benchmarks.Agent;

/// <summary>The edge agent as it is shipped, in a process of its own.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    private AgentProcess(Process process) => _process = process;

    /// <param name="directory">For its data and the token.</param>
    public static async Task<AgentProcess> StartAsync(Uri server, string enrolmentToken, string directory, CancellationToken ct)
    {
        var tokenFile = Path.Combine(directory, "token");
        await File.WriteAllTextAsync(tokenFile, enrolmentToken, ct);
        var start = new ProcessStartInfo(
            Path.Combine(BuiltInto(), "Saas.EdgeAgent"),
            ["run", "--server", server.GetLeftPart(UriPartial.Authority), "--data", Path.Combine(directory, "agent"), "--token-file", tokenFile])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var agent = new AgentProcess(new Process { StartInfo = start });
        agent._process.ErrorDataReceived += agent.Keep;
        agent._process.OutputDataReceived += agent.Keep;
        agent._process.Start();
        agent._process.BeginErrorReadLine();
        agent._process.BeginOutputReadLine();
        return agent;
    }

    /// <summary>Resident memory in MB (10^6 bytes), as <c>VmRSS</c> of <c>/proc/PID/status</c> has it.</summary>
    /// <exception cref="InvalidOperationException">It has ended; with the last it said.</exception>
    public double ReadResidentMegabytes()
    {
        const string Field = "VmRSS:";
        var line = _process.HasExited
            ? null
            : File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        return line is not null
            ? long.Parse(line.AsSpan(Field.Length).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024 / 1e6
            : throw new InvalidOperationException("The agent has ended: " + LastLines());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string BuiltInto() => typeof(AgentProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "EdgeAgentDirectory").Value!;

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_lastLines)
        {
            _lastLines.Enqueue(line.Data ?? "");
            if (_lastLines.Count > 20)
            {
                _lastLines.Dequeue();
            }
        }
    }

    private string LastLines()
    {
        lock (_lastLines)
        {
            return string.Join('\n', _lastLines);
        }
    }
}
