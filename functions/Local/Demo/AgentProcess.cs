using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Saas.Local.Demo;

/// <summary>The edge agent as a program of its own, as it runs on a customer's machine.</summary>
internal sealed partial class AgentProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private AgentProcess(Process process, string log) => (_process, LogFile) = (process, log);

    /// <summary>What the agent writes to its standard error.</summary>
    public string LogFile { get; }

    public bool HasExited => _process.HasExited;

    /// <param name="token">Handed over in the environment: a command line can be read by everyone.</param>
    public static AgentProcess Start(Uri server, DirectoryInfo data, string token)
    {
        data.Create();
        var log = Path.Combine(data.FullName, "agent.log");
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        // The shell gives the agent a log file and a session of its own and becomes the agent, under the same process
        // id. Its own session, because Ctrl-C reaches the whole group of the terminal, and the agent is needed to stop the job.
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec setsid \"$@\" >>\"$AGENT_LOG\" 2>&1 </dev/null");
        foreach (var argument in (string[])["agent", "dotnet", Path.Combine(AppContext.BaseDirectory, "agent", "Saas.EdgeAgent.dll"), "run", "--server", server.ToString(), "--data", data.FullName, "--usage-interval", "2"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SAAS_ENROLMENT_TOKEN"] = token;
        start.Environment["AGENT_LOG"] = log;
        return new AgentProcess(Process.Start(start) ?? throw new DemoException("The agent could not be started."), log);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
            using var patience = new CancellationTokenSource(StopPatience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
