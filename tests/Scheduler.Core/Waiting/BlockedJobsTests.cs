using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Waiting;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Waiting;

/// <summary>Who waits is woken by what could help, and by nothing else.</summary>
public sealed class BlockedJobsTests
{
    private readonly TestCluster _cluster = new();

    [Fact]
    public void WakeFor_RoomForTwo_WakesTheTwoOfTheHighestPriority()
    {
        _cluster.Put(Node("a", memoryMb: 600));
        var blocked = Waiting(_cluster.Snapshot(), Named("low", 10), Named("high", 90), Named("middle", 50));
        Assert.Equal(["high", "middle"], blocked.WakeFor("a", new TriedJobs()));
    }

    [Fact]
    public void WakeFor_NoRoom_WakesOnlyWhoMayPushAwayWhatIsThere()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Named("there", 40));
        _cluster.Settings = new PlacementSettings { PreemptForService = true };
        var blocked = Waiting(_cluster.Snapshot(), Named("equal", 45), Named("batch", 90) with { Kind = JobKind.Batch }, Named("high", 60));
        Assert.Equal(["high"], blocked.WakeFor("a", new TriedJobs()));
        Assert.Equal(["equal", "high"], blocked.Preempting.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WakeFor_WhoWasTriedFirst_LeavesTheRoomToTheNext()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Named("there", 10));
        _cluster.Settings = new PlacementSettings { PreemptForService = true };
        var blocked = Waiting(_cluster.Snapshot(), Named("first", 90), Named("second", 80));
        var tried = new TriedJobs();
        Assert.Equal(["first"], blocked.WakeFor("a", tried));
        Assert.Equal(["second"], blocked.WakeFor("a", tried));
        Assert.Empty(blocked.WakeFor("a", tried));
    }

    [Fact]
    public void WakeFor_QuotaIsUsedUp_WakesNobodyBeforeItHasRoom()
    {
        _cluster.Put(Node("a", memoryMb: 600));
        _cluster.Quotas["p"] = new Quota(null, null, 200, null, null);
        var cluster = _cluster.Snapshot();
        var blocked = Waiting(cluster, Named("limited", 50) with { ProjectId = "p" });
        Assert.Empty(blocked.WakeFor("a", new TriedJobs()));

        cluster.Quotas.Set("p", new Quota(null, null, 255, null, null));
        Assert.Empty(blocked.WakeForQuota("p"));
        cluster.Quotas.Set("p", new Quota(null, null, 256, null, null));
        Assert.Empty(blocked.WakeForQuota("other"));
        Assert.Equal(["limited"], blocked.WakeForQuota("p"));
    }

    [Fact]
    public void WakeFor_SystemJob_IsWokenByTheNodeThatItLacks()
    {
        _cluster.Put(Node("a"), Node("b"));
        var job = Named("agent", 50) with { Kind = JobKind.System };
        var blocked = new BlockedJobs(_cluster.Snapshot());
        blocked.Set(job, [Missing(job.Groups[0]) with { NodeId = "b" }], forQuota: false);
        Assert.Empty(blocked.WakeFor("a", new TriedJobs()));
        Assert.Equal(["agent"], blocked.WakeFor("b", new TriedJobs()));
    }

    [Fact]
    public void WakeFor_OlderVersionIsMissing_WaitsForWhatThatNeeds()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        var older = Named("job", 50);
        var present = older with { Version = 1, Groups = [Group(memoryMb: 1000)] };
        var blocked = new BlockedJobs(_cluster.Snapshot());
        blocked.Set(present, [Missing(present.Groups[0])], forQuota: false);
        Assert.Empty(blocked.WakeFor("a", new TriedJobs()));
        blocked.Set(present, [Missing(older.Groups[0]) with { Older = older }], forQuota: false);
        Assert.Equal(["job"], blocked.WakeFor("a", new TriedJobs()));
    }

    [Fact]
    public void Set_NothingIsMissing_WaitsNoMore()
    {
        _cluster.Put(Node("a"));
        var job = Named("job", 50);
        var blocked = Waiting(_cluster.Snapshot(), job);
        blocked.Set(job, [], forQuota: false);
        Assert.Empty(blocked.WakeFor("a", new TriedJobs()));
        Assert.Equal(0, blocked.Count);
    }

    private static JobSpec Named(string key, int priority) => Job(Group()) with { Key = key, Priority = priority };

    private static PlaceItem Missing(GroupSpec group) => new(group, 0, null, null, "");

    private static BlockedJobs Waiting(Cluster cluster, params JobSpec[] jobs)
    {
        var blocked = new BlockedJobs(cluster);
        foreach (var job in jobs)
        {
            blocked.Set(job, [Missing(job.Groups[0])], forQuota: false);
        }

        return blocked;
    }
}
