using System.Diagnostics;
using System.Globalization;
using Saas.TestKit;

namespace Saas.Scheduler.Host.Tests.Soak;

/// <summary>The container's entry point as a process of its own, ended by SIGKILL.</summary>
internal sealed class SoakProcess : ISoakHost
{
    private readonly Process _process;

    public SoakProcess(string storePath, SchedulerOptions options)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SchedulerHost).Assembly.Location])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["SAAS_STORE"] = "sqlite:" + storePath,
                ["SAAS_URL"] = $"http://127.0.0.1:{FreePort.Find()}",
                ["SAAS_HEARTBEAT_TTL_SECONDS"] = options.HeartbeatTtl.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            },
        };
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", $"-TERM {_process.Id}");
        }

        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        _process.Dispose();
    }
}
