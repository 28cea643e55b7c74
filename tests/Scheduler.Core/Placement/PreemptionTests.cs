using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile.Deployments;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

/// <summary>As https://developer.hashicorp.com/nomad/docs/concepts/scheduling/preemption describes it.</summary>
public sealed class PreemptionTests
{
    private readonly TestCluster _cluster = new() { Settings = new PlacementSettings { PreemptForService = true } };

    [Theory]
    [InlineData(60, 50, 1)]
    [InlineData(59, 50, 0)]
    [InlineData(50, 50, 0)]
    [InlineData(100, 1, 1)]
    public void Plan_FullCluster_OnlyPrioritiesLowerByTenGiveWay(int priority, int other, int expected)
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Low(priority: other));
        var plan = _cluster.Run(High(priority)).Evaluations[0];
        Assert.Equal((expected, expected), (plan.Preempted.Count, plan.Placed.Count));
        Assert.Equal(expected, _cluster.Of("low").Count(static state => state.Evicted));
    }

    [Theory]
    [InlineData(JobKind.Service)]
    [InlineData(JobKind.Batch)]
    [InlineData(JobKind.System)]
    [InlineData(JobKind.SysBatch)]
    public void Plan_PreemptionIsOffForTheKind_NobodyGivesWay(JobKind kind)
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Low());
        foreach (var isOn in new[] { false, true })
        {
            _cluster.Settings = new PlacementSettings
            {
                PreemptForService = (kind == JobKind.Service) == isOn,
                PreemptForBatch = (kind == JobKind.Batch) == isOn,
                PreemptForSystem = (kind == JobKind.System) == isOn,
                PreemptForSysBatch = (kind == JobKind.SysBatch) == isOn,
            };
            Assert.Equal(isOn ? 1 : 0, _cluster.Plan(High() with { Kind = kind }).Evaluations[0].Preempted.Count);
        }
    }

    [Theory]
    [InlineData(90, 10, 0)]
    [InlineData(10, 90, 1)]
    public void Plan_OlderVersionIsKeptUp_ItsJobsPresentPriorityCounts(int older, int present, int expected)
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Low(priority: 50));
        var update = new UpdateRule(1, 0, AutoPromote: false, AutoRevert: false, TimeSpan.FromMinutes(10));
        var before = High(older) with { Groups = [Group() with { Update = update }] };
        var job = before with { Version = 1, Priority = present, Groups = [Group(definition: "v2") with { Update = update }] };
        var lost = new AllocationState
        {
            Id = "lost", JobKey = job.Key, Group = "web", Index = 0, NodeId = "gone", JobVersion = 0, Definition = "v1", Ask = before.Groups[0].Ask,
            Assigned = false, Run = RunState.Lost, CreatedAt = Start, EndedAt = Start,
        };
        var paused = new Deployment
        {
            Id = "dep", JobVersion = 1, State = DeploymentState.Paused,
            Groups = new Dictionary<string, DeploymentGroup> { ["web"] = new() { DesiredTotal = 1 } },
        };

        var plan = PlacementPipeline.Plan(
            _cluster.Snapshot(), [new EvaluationRequest("eval", job.Key, job, [lost], paused, before)], Start).Evaluations[0];

        Assert.Equal(before, Assert.Single(plan.Reconciled.Place).Older);
        Assert.Equal(expected, plan.Preempted.Count);
    }

    [Fact]
    public void Plan_Default_OnlySystemJobsPreempt() => Assert.Equal(
        (true, false, false, false),
        (PlacementSettings.Default.MayPreempt(JobKind.System), PlacementSettings.Default.MayPreempt(JobKind.SysBatch),
            PlacementSettings.Default.MayPreempt(JobKind.Service), PlacementSettings.Default.MayPreempt(JobKind.Batch)));

    [Fact]
    public void Plan_FreeRoomElsewhere_NobodyGivesWay()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Low());
        _cluster.Put(Node("b"));
        var plan = _cluster.Run(High()).Evaluations[0];
        Assert.Empty(plan.Preempted);
        Assert.Equal("b", plan.Placed[0].NodeId);
        Assert.Null(plan.Placed[0].Follows);
    }

    [Fact]
    public void Plan_SomethingLeavesAnyway_IsFollowedInsteadOfPreempting()
    {
        _cluster.Put(Node("a", memoryMb: 600));
        _cluster.Run(Low("one"));
        _cluster.Run(Low("two"));
        _cluster.Run(Low("one") with { Stopped = true });
        var plan = _cluster.Run(High()).Evaluations[0];
        Assert.Empty(plan.Preempted);
        Assert.Equal([_cluster.Of("one")[0].Id], plan.Placed[0].Follows);
    }

    [Fact]
    public void Plan_SeveralLeave_OnlyAsManyAreFollowedAsItTakes()
    {
        _cluster.Put(Node("a", memoryMb: 800));
        foreach (var key in new[] { "one", "two", "three" })
        {
            _cluster.Run(Low(key));
        }

        foreach (var key in new[] { "one", "two", "three" })
        {
            _cluster.Run(Low(key) with { Stopped = true });
        }

        var plan = _cluster.Run(Job(Group(count: 4)) with { Key = "next" }).Evaluations[0];
        Assert.Equal((3, 1), (plan.Placed.Count, plan.Metrics["web"].Missing));
        Assert.Single(plan.Placed[0].Follows!);
        Assert.Null(NodeLedger.Excess(_cluster.Nodes.Single(), _cluster.All.Select(static entry => entry.State)));
    }

    [Fact]
    public void Plan_Victims_AreOfTheLowestPriorityAndNoneThatCouldBeSpared()
    {
        _cluster.Put(Node("a", memoryMb: 1000));
        _cluster.Run(Low("tiny", 10, memoryMb: 50));
        _cluster.Run(Low("small", 20, memoryMb: 200));
        _cluster.Run(Low("large", 30, memoryMb: 700));
        var plan = _cluster.Run(High(90, memoryMb: 600)).Evaluations[0];

        // All three would be taken from below; with the large one gone the others need not go.
        Assert.Equal("large", Assert.Single(plan.Preempted).Victim.JobKey);
        Assert.Equal([_cluster.Of("large")[0].Id], plan.Placed[0].Follows);
        Assert.Null(NodeLedger.Excess(_cluster.Nodes.Single(), _cluster.All.Select(static entry => entry.State)));
    }

    [Fact]
    public void Plan_SeveralNodes_ThatWithTheLeastPriorityGivesWay()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Low("forty", 40));
        _cluster.Put(Node("b", memoryMb: 300));
        _cluster.Run(Low("twenty", 20));
        Assert.Equal("twenty", Assert.Single(_cluster.Run(High()).Evaluations[0].Preempted).Victim.JobKey);
    }

    [Fact]
    public void Plan_OwnAllocations_NeverGiveWay()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Job() with { Priority = 10 });
        Assert.Empty(_cluster.Run(Job(Group(count: 2)) with { Priority = 90, Version = 1 }).Evaluations[0].Preempted);
    }

    [Fact]
    public void Plan_StaticPortIsTaken_ItsHolderGivesWay()
    {
        _cluster.Put(Node("a"));
        _cluster.Run(Low() with { Groups = [WithPort()] }, Low("bystander"));
        var plan = _cluster.Run(High() with { Groups = [WithPort()] }).Evaluations[0];
        Assert.Equal("low", Assert.Single(plan.Preempted).Victim.JobKey);
        Assert.Equal(8080, Assert.Single(plan.Placed[0].Grant!.Ports).Value);

        static GroupSpec WithPort() => Group() with { Ask = new ResourceAsk(100, 0, 100, 0) { Ports = [new PortAsk("http", 8080)] } };
    }

    [Fact]
    public void Plan_DevicesAreTaken_ScoreCountsWhatVictimsGiveBack()
    {
        var devices = new NodeDevices("nvidia", "gpu", "a100", new Dictionary<string, string>(), ["g1"]);
        _cluster.Put(Node("a", devices: [devices]));
        _cluster.Run(Low() with { Groups = [WithDevice()] });
        var plan = _cluster.Run(High() with { Groups = [WithDevice()] }).Evaluations[0];
        Assert.Equal(1, plan.Metrics["web"].Scores[0].Parts["devices"], 9);
        Assert.Equal(["g1"], Assert.Single(plan.Placed[0].Grant!.Devices).Ids);

        static GroupSpec WithDevice() => Group() with
        {
            Ask = new ResourceAsk(100, 0, 100, 0)
            {
                Devices = [new DeviceAsk("t", "gpu", 1) { Affinities = [new Affinity(new Saas.Scheduler.Core.Feasibility.NodeConstraint("${device.model}", "=", "a100"), 50)] }],
            },
        };
    }

    [Fact]
    public void Plan_SystemJob_MakesRoomOnEachOfItsNodes()
    {
        _cluster.Settings = PlacementSettings.Default;
        _cluster.Put(Node("a", memoryMb: 300), Node("b"));
        _cluster.Run(Low() with { Groups = [Group(count: 2)] });
        var plan = _cluster.Run(High() with { Kind = JobKind.System }).Evaluations[0];
        Assert.Equal(["a", "b"], plan.Placed.Select(static placed => placed.NodeId).Order());
        Assert.Equal("a", Assert.Single(plan.Preempted).Victim.NodeId);
    }

    private static JobSpec Low(string key = "low", int priority = 20, int memoryMb = 256) =>
        Job(Group(memoryMb: memoryMb)) with { Key = key, Priority = priority };

    private static JobSpec High(int priority = 90, int memoryMb = 256) =>
        Job(Group(memoryMb: memoryMb)) with { Key = "high", Priority = priority };
}
