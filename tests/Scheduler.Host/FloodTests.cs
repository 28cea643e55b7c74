using Saas.Cluster;
using Saas.Scheduler.Host.Tests.Faults;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests;

/// <summary>More jobs at once than a round takes: answers are written while the next round is planned.</summary>
public sealed class FloodTests
{
    private const int Jobs = 23;

    private static SchedulerOptions SmallRounds => new() { JobsPerRound = 4 };

    [Fact]
    public async Task EveryEvaluationIsAnswered()
    {
        var platform = new TestPlatform { Options = SmallRounds };
        var evaluations = await SubmitAsync(platform);
        await platform.OpenAsync(epoch: 1);

        Assert.Equal(Jobs, (await platform.LiveAsync()).Count);
        foreach (var evaluation in evaluations)
        {
            Assert.Equal(EvaluationStatus.Complete, (await platform.EvaluationAsync(evaluation)).Status);
        }

        Assert.Equal(Jobs, (await platform.EvaluationsAsync()).Count);
    }

    [Fact]
    public async Task WhoWaitsInAFlood_IsAnsweredOnceMoreWhenThereIsRoom()
    {
        var platform = new TestPlatform { Options = SmallRounds };
        var evaluations = await SubmitAsync(platform, memoryMb: 600);
        var cell = (await platform.OpenAsync(epoch: 1))!;
        Assert.Equal(Jobs - 2, (await platform.EvaluationsAsync()).Count(static evaluation => evaluation.Status == EvaluationStatus.Blocked));

        await platform.EnrolAsync("node_b", memoryMb: 65_536);
        await cell.WorkAsync([platform.NodeNews("node_b")], CancellationToken.None);
        Assert.Equal(Jobs, (await platform.LiveAsync()).Count);
        foreach (var evaluation in evaluations)
        {
            Assert.Equal(EvaluationStatus.Complete, (await platform.EvaluationAsync(evaluation)).Status);
        }

        // The same ones: none was taken for a new one while its answer was under way.
        Assert.Equal(Jobs, (await platform.EvaluationsAsync()).Count);
    }

    /// <summary>Each write of an answer fails once; nothing is under way when the reign has ended, and the next leader answers what is left.</summary>
    [Fact]
    public async Task AStoreThatFailsAtAnAnswer_EndsTheReign_AndTheNextGoesOn()
    {
        for (var failsAt = 0; ; failsAt++)
        {
            var platform = new TestPlatform { Options = SmallRounds };
            var evaluations = await SubmitAsync(platform);
            var failing = new FailingAnswers(platform.Store, failsAt);
            if (await Record.ExceptionAsync(() => platform.OpenAsync(epoch: 1, failing)) is not { } error)
            {
                Assert.InRange(failsAt, 6, 12);
                return;
            }

            Assert.IsType<StorageUnavailableException>(error);
            Assert.Equal(0, failing.UnderWay);
            await platform.OpenAsync(epoch: 2);
            Assert.Equal(Jobs, (await platform.LiveAsync()).Count);
            foreach (var evaluation in evaluations)
            {
                Assert.Equal(EvaluationStatus.Complete, (await platform.EvaluationAsync(evaluation)).Status);
            }
        }
    }

    private static async Task<List<string>> SubmitAsync(TestPlatform platform, int memoryMb = 65_536)
    {
        await platform.EnrolAsync("node_a", memoryMb);
        var evaluations = new List<string>();
        for (var i = 0; i < Jobs; i++)
        {
            evaluations.Add(await platform.SubmitAsync($"job-{i}"));
        }

        return evaluations;
    }

    private sealed class FailingAnswers(ITableStore inner, int failsAt) : StoreWrapper
    {
        private int _answers;
        private int _underWay;

        public int UnderWay => Volatile.Read(ref _underWay);

        protected override ITableStore Inner => inner;

        protected override async ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> perform)
        {
            if (!call.IsWrite || call.Table != ClusterTables.Jobs)
            {
                return await perform();
            }

            Interlocked.Increment(ref _underWay);
            try
            {
                await Task.Yield();
                return Interlocked.Increment(ref _answers) - 1 == failsAt
                    ? throw new StorageUnavailableException("The store answers 500.")
                    : await perform();
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        }
    }
}
