using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class RandomHistoryTests
{
    [Fact]
    public void WhateverHappens_CountsBucketsAndPacesHold()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var history = new RandomHistory(seed);
            for (var step = 0; step < 100; step++)
            {
                history.Step();
            }
        }
    }

    /// <summary>Not a measurement: a look that took ten times as long as it does would be noticed here.</summary>
    [Fact]
    public void LookAtAThousandAllocations_AllocatesLittle()
    {
        var scenario = With(Service(Group(count: 1000)), nodes: 50);
        scenario.RunToTheEnd();
        var job = scenario.Job!;
        var request = new EvaluationRequest("eval", "job", job, scenario.Allocations);
        var reconciler = new Core.Reconcile.JobReconciler(scenario, scenario.Now, static (_, _) => true, static (_, _) => true);
        reconciler.Reconcile(request);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = reconciler.Reconcile(request);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1000, result.Ignore.Count);
        Assert.InRange(bytes, 0, 64 * 1024);
    }
}
