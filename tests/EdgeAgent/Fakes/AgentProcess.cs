using System.Diagnostics;
using System.Reflection;
using System.Text;
using Saas.EdgeAgent.Drivers.Exec;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>The built agent as its own process, over a data directory that outlives it.</summary>
public sealed class AgentProcess : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private readonly FakeControlPlane _plane;
    private readonly string _data;
    private Process? _process;

    public AgentProcess(FakeControlPlane plane, string data) => (_plane, _data) = (plane, data);

    public static string Binary { get; } = Path.Combine(
        typeof(AgentProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "AgentDirectory").Value!,
        "Saas.EdgeAgent");

    public int Id => _process!.Id;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public void Start(string? token = FakeControlPlane.Token, params string[] more)
    {
        var start = new ProcessStartInfo(Binary) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["run", "--server", _plane.Address.ToString(), "--data", _data, "--usage-interval", "1", .. more])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove(AgentOptions.TokenVariable);
        if (token is not null)
        {
            start.Environment[AgentOptions.TokenVariable] = token;
        }

        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
    }

    /// <summary>SIGKILL, and gone when this returns.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signals.Send(Id, 15);
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return _process.ExitCode;
    }

    /// <summary>Ends the agent and whatever it left running.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        var driver = new ExecDriver(new Drivers.DriverSettings(_plane.NodeId, Path.Combine(_data, "drivers")), TimeProvider.System);
        foreach (var id in await driver.ListAsync(CancellationToken.None))
        {
            await driver.RemoveAsync(id, CancellationToken.None);
        }
    }
}
