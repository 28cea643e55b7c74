using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Tests.Exec;

namespace Saas.EdgeAgent.Tests.Fakes;

public sealed class FakeHarness : IWorkloadDriverHarness
{
    /// <summary>How a driver is made over the machine for a node.</summary>
    public Func<FakeHost, string, IWorkloadDriver> Make { get; init; } = (host, node) => new FakeDriver(host, node);

    private FakeHost Host { get; } = new(TimeProvider.System);

    public TimeSpan Patience => TimeSpan.FromSeconds(2);
    public string OutputMarker => "ready";
    public string? HarmlessSignal => "SIGHUP";

    public IWorkloadDriver Open() => Make(Host, "node_a");

    public IWorkloadDriver OpenForOtherNode() => Make(Host, "node_b");

    public WorkloadSpec LongRunning(WorkloadId id) => Spec(id, FakeBehaviour.Runs);

    public WorkloadSpec Deaf(WorkloadId id) => Spec(id, FakeBehaviour.Deaf);

    public WorkloadSpec EndingWell(WorkloadId id) => Spec(id, FakeBehaviour.EndsWell);

    public WorkloadSpec Misconfigured(WorkloadId id) => Spec(id, FakeBehaviour.Misconfigured);

    public Task CutOffStartAsync(WorkloadSpec spec, CancellationToken ct)
    {
        Host.Define("node_a", spec.Id, spec.Task.Config!["command"].GetString()!);
        return Task.CompletedTask;
    }

    public Task<int> CountInstancesAsync(WorkloadId id, CancellationToken ct) => Task.FromResult(Host.Find("node_a", id)?.Running ?? 0);

    private static WorkloadSpec Spec(WorkloadId id, string behaviour) => new()
    {
        Id = id,
        Task = new JobTask { Name = id.Task, Driver = DriverNames.Exec, Config = ExecHarness.Config(behaviour) },
        Vcpus = 1,
        MemoryMB = 64,
        Environment = new Dictionary<string, string>(),
        TaskDirectory = Path.GetTempPath(),
    };
}

public sealed class FakeDriverContractTests(FakeHarness harness) : WorkloadDriverContract(harness), IClassFixture<FakeHarness>;
