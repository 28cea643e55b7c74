using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Grants;

public sealed class VolumeTests
{
    [Theory]
    [InlineData(null, false, "missing host volume: data")]
    [InlineData(null, true, "missing host volume: data")]
    [InlineData(true, false, "host volume is read-only: data")]
    [InlineData(true, true, null)]
    [InlineData(false, false, null)]
    [InlineData(false, true, null)]
    public void Plan_HostVolume_MustBeThereAndMayHaveToBeWritable(bool? offered, bool readOnly, string? reason)
    {
        var cluster = new TestCluster();
        cluster.Put(Node("a", volumes: offered is { } isReadOnly ? new() { ["data"] = isReadOnly } : []));
        var plan = cluster.Plan(Job(Group() with { Volumes = [new VolumeAsk("data", readOnly)] })).Evaluations[0];
        Assert.Equal(reason is null, plan.Placed.Count == 1);
        Assert.Equal(reason, plan.Metrics["web"].ConstraintFiltered.Keys.SingleOrDefault());
    }
}
