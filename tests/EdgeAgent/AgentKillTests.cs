using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.EdgeAgent.Usage;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests;

/// <summary>SIGKILL at random moments of the agent's life, starts and stops included.</summary>
public sealed class AgentKillTests : IAsyncLifetime
{
    // Every start leaves a line, so a second one is seen though the first has ended.
    private const string Counted = "echo $$ >> $NOMAD_ALLOC_DIR/starts; trap 'exit 0' TERM; while :; do sleep 30 & wait; done";

    private const int Kills = 12;

    private readonly TempDirectory _folder = new();
    private FakeControlPlane _plane = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _plane = await FakeControlPlane.StartAsync();
        _agent = new AgentProcess(_plane, _folder.File("data"));
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _plane.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task KilledAtRandomMomentsEveryAllocationStartsOnceAndIsMeteredOnce()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var allocations = new List<AssignedAllocation>();
        for (var kill = 0; kill < Kills; kill++)
        {
            _agent.Start();
            await Task.Delay(random.Next(100, 400), TestContext.Current.CancellationToken);
            allocations.Add(Assignments.Shell(Counted));
            _plane.Assign(allocations);
            await Task.Delay(random.Next(0, 600), TestContext.Current.CancellationToken);
            await _agent.KillAsync();
        }

        _agent.Start();
        foreach (var allocation in allocations)
        {
            await UntilAsync(() => Status(allocation) == ClientStatus.Running, $"{allocation.Id} runs");
            Assert.Single(AgentWorkloads.Instances(_plane.NodeId, allocation.Id));
            Assert.Single(await StartsAsync(allocation));
        }

        _plane.Assign([.. allocations.Select(allocation => allocation.Stopped())]);
        await Task.Delay(random.Next(0, 100), TestContext.Current.CancellationToken);
        await _agent.KillAsync();
        _agent.Start();
        foreach (var allocation in allocations)
        {
            await UntilAsync(() => Status(allocation) == ClientStatus.Complete, $"{allocation.Id} is complete");
            Assert.Empty(AgentWorkloads.Instances(_plane.NodeId, allocation.Id));
            Assert.Single(await StartsAsync(allocation));
            await AssertMeteredAsync(allocation);
        }
    }

    private async Task AssertMeteredAsync(AssignedAllocation allocation)
    {
        var task = _plane.Reports[allocation.Id].Tasks["main"];
        var ran = UsageWindows.Truncate(task.FinishedAt!.Value) - UsageWindows.Truncate(task.StartedAt!.Value);
        await UntilAsync(() => TimeSpan.FromMilliseconds(Windows(allocation).Sum(w => w.VcpuMilliMilliseconds) / 500) == ran, $"{ran} are metered");
        foreach (var (earlier, later) in Windows(allocation).Zip(Windows(allocation).Skip(1)))
        {
            Assert.Equal(earlier.To, later.From);
        }
    }

    private List<UsageSample> Windows(AssignedAllocation allocation) =>
        [.. _plane.Usage.Values.Where(sample => sample.AllocationId == allocation.Id).OrderBy(sample => sample.From)];

    private string? Status(AssignedAllocation allocation) => _plane.Reports.GetValueOrDefault(allocation.Id)?.ClientStatus;

    /// <summary>A task runs from its first instruction on; that it has counted itself comes a moment later.</summary>
    private async Task<string[]> StartsAsync(AssignedAllocation allocation)
    {
        var starts = _folder.File($"data/allocs/{allocation.Id}/alloc/starts");
        await UntilAsync(() => new FileInfo(starts) is { Exists: true, Length: > 0 }, $"{allocation.Id} has counted its start");
        return await File.ReadAllLinesAsync(starts);
    }

    private Task UntilAsync(Func<bool> holds, string what) =>
        Poll.UntilAsync(holds, what, () => _agent.Log.Length > 4000 ? _agent.Log[^4000..] : _agent.Log);
}
