using Saas.Contracts.Agents;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests;

/// <summary>A control plane, a data directory and an agent, for tests of what the agent does as a whole.</summary>
public abstract class AgentScenario : IAsyncLifetime
{
    protected const string RunsOn = "echo ready; trap 'exit 0' TERM; while :; do sleep 30 & wait; done";

    private readonly TempDirectory _folder = new();

    private protected FakeControlPlane Plane { get; private set; } = null!;

    private protected AgentInProcess Agent { get; private set; } = null!;

    protected string Data => _folder.File("data");

    public virtual async ValueTask InitializeAsync()
    {
        Plane = await FakeControlPlane.StartAsync();
        Agent = new AgentInProcess(Plane, Data);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Plane.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected AllocationReport? Report(AssignedAllocation allocation) => Plane.Reports.GetValueOrDefault(allocation.Id);

    private protected Task StatusAsync(AssignedAllocation allocation, string status) =>
        UntilAsync(() => Report(allocation)?.ClientStatus == status, $"{allocation.Id} is {status}");

    private protected IReadOnlyList<int> Instances(AssignedAllocation allocation) => AgentWorkloads.Instances(Plane.NodeId, allocation.Id);

    private protected Task UntilAsync(Func<bool> holds, string what) => Poll.UntilAsync(
        () => Agent.Running.IsFaulted ? throw Agent.Running.Exception! : holds(), what,
        () => $"{string.Join('\n', Plane.Requests.TakeLast(20))}\n{Agent.Log}");
}
