using System.Text;
using System.Text.Json;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Exec;

namespace Saas.EdgeAgent.Tests.Exec;

/// <summary>Real processes under a temporary folder.</summary>
public sealed class ExecHarness : IWorkloadDriverHarness, IAsyncDisposable
{
    private readonly TestFolder _folder = new();

    public TimeSpan Patience => TimeSpan.FromSeconds(10);
    public string OutputMarker => "ready";
    public string? HarmlessSignal => "SIGUSR1";
    public string StateDirectory => _folder.Path;

    public IWorkloadDriver Open() => new ExecDriver(new DriverSettings("node_a", _folder.Path), TimeProvider.System);

    public IWorkloadDriver OpenForOtherNode() => new ExecDriver(new DriverSettings("node_b", _folder.Path), TimeProvider.System);

    public WorkloadSpec LongRunning(WorkloadId id) =>
        Shell(id, "trap 'exit 0' TERM; trap : USR1; echo ready; while :; do sleep 30 & wait; done");

    public WorkloadSpec Deaf(WorkloadId id) => Shell(id, "trap '' TERM; echo ready; while :; do sleep 30; done");

    public WorkloadSpec EndingWell(WorkloadId id) => Shell(id, "exit 0");

    public WorkloadSpec Misconfigured(WorkloadId id) => Spec(id, "/nonexistent/program");

    public WorkloadSpec Shell(WorkloadId id, string script) => Spec(id, "/bin/sh", "-c", script);

    public WorkloadSpec Spec(WorkloadId id, string command, params string[] arguments) => new()
    {
        Id = id,
        Task = new JobTask { Name = id.Task, Driver = DriverNames.Exec, Config = Config(command, arguments) },
        Vcpus = 1,
        MemoryMB = 64,
        Environment = new Dictionary<string, string> { ["NOMAD_ALLOC_ID"] = id.AllocationId },
        TaskDirectory = _folder.Make($"allocs/{id.AllocationId}/{id.Task}"),
    };

    public static Dictionary<string, JsonElement> Config(string command, params string[] arguments) => new()
    {
        ["command"] = JsonSerializer.SerializeToElement(command),
        ["args"] = JsonSerializer.SerializeToElement(arguments),
    };

    public Task CutOffStartAsync(WorkloadSpec spec, CancellationToken ct)
    {
        var root = Path.Combine(_folder.Path, "exec", "node_a");
        new ExecFolder(root, spec.Id).WriteIntent(new ExecIntent(spec.Id.Task, Path.Combine(spec.TaskDirectory, "logs"), null));
        return Task.CompletedTask;
    }

    /// <summary>Session leaders that bear the stamp, but for the wrapper: its command line names it.</summary>
    public Task<int> CountInstancesAsync(WorkloadId id, CancellationToken ct) => Task.FromResult(Instances(id).Count);

    public static IReadOnlyList<int> Instances(WorkloadId id) => [.. ProcessTable
        .WithEnvironment($"{ExecCommand.StampVariable}=node_a/{id.AllocationId}/{id.Task}/{id.Run}")
        .Where(process => ProcessTable.Read(process) is { IsDead: false } stat && stat.Session == process)
        .Where(process => CommandLine(process) is { } command && !command.Contains("saas-exec", StringComparison.Ordinal))];

    /// <summary>Null: the process ended while it was looked at.</summary>
    private static string? CommandLine(int process)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A test that failed half-way must leave no process behind.</summary>
    public async ValueTask DisposeAsync()
    {
        var driver = Open();
        foreach (var id in await driver.ListAsync(CancellationToken.None))
        {
            await driver.RemoveAsync(id, CancellationToken.None);
        }

        _folder.Dispose();
    }
}
