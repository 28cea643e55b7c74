using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Storage.Queues;
using Saas.Storage.Sqlite;
using Saas.TestKit;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>Whole hosts with their loops, in real time, over one SQLite file.</summary>
public sealed class HostTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SqliteTableStore _store;
    private readonly TestPlatform _platform;

    public HostTests()
    {
        _store = new SqliteTableStore(Path.Combine(_directory.Path, "store.db"));
        _platform = new TestPlatform(_store, TimeProvider.System) { Options = new SchedulerOptions { LeaseTtl = TimeSpan.FromSeconds(2) } };
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task JobSubmitted_IsAssignedAndItsMessageCompleted()
    {
        await _platform.EnrolAsync("node_a");
        await using var host = new RunningHost(_platform.NewHost());
        var evaluation = await SubmitAsync("web", count: 2);

        await LiveAsync("web", 2);

        await Poll.UntilAsync(
            async () => (await _platform.EvaluationAsync(evaluation)).Status == EvaluationStatus.Complete, "the evaluation to be complete");
        await Poll.UntilAsync(InboxIsEmptyAsync, "the inbox to be empty");
    }

    [Fact]
    public async Task HostStopped_GivesItsLeasesUpAtOnce()
    {
        var patient = new TestPlatform(_store, TimeProvider.System) { Options = new SchedulerOptions { LeaseTtl = TimeSpan.FromHours(1) } };
        await patient.EnrolAsync("node_a");
        await using (new RunningHost(patient.NewHost()))
        {
            await patient.SubmitAsync("first");
            await patient.SendAsync(patient.JobNews("first"));
            await Poll.UntilAsync(async () => (await patient.LiveAsync()).Count == 1, "the first host to lead");
        }

        await using var second = new RunningHost(patient.NewHost());
        await patient.SubmitAsync("second");
        await patient.SendAsync(patient.JobNews("second"));
        await Poll.UntilAsync(async () => (await patient.LiveAsync()).Count == 2, "the second host to lead");
    }

    [Fact]
    public async Task LeaderDies_AnotherHostTakesOverWithinSeconds()
    {
        await _platform.EnrolAsync("node_a");
        var store = new FaultyStore(_store, int.MaxValue, KillAt.BeforeTheCall);
        await using var first = new RunningHost(_platform.NewHost(store));
        await SubmitAsync("before");
        await LiveAsync("before", 1);
        await using var second = new RunningHost(_platform.NewHost());

        store.Kill();
        var killedAt = TimeProvider.System.GetTimestamp();
        await SubmitAsync("after", count: 3);
        await LiveAsync("after", 3);

        Assert.InRange(TimeProvider.System.GetElapsedTime(killedAt), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await _platform.DocumentsAsync())[0].Epoch);
        Assert.Single(await _platform.LiveAsync("before"));
    }

    [Fact]
    public async Task TwoHosts_PlaceEveryJobExactlyOnce()
    {
        await _platform.EnrolAsync("node_a", memoryMb: 100_000);
        await using var first = new RunningHost(_platform.NewHost());
        await using var second = new RunningHost(_platform.NewHost());
        for (var i = 0; i < 20; i++)
        {
            await SubmitAsync($"job-{i}", count: 2);
        }

        await LiveAsync(null, 40);
        await Poll.UntilAsync(InboxIsEmptyAsync, "the inbox to be empty");
        Assert.Equal(40, (await _platform.AssignedAsync()).DistinctBy(static e => (e.Allocation.JobId, e.Allocation.Index)).Count());
    }

    [Fact]
    public async Task MessageThatIsNone_GoesToTheDeadLetters()
    {
        await using var host = new RunningHost(_platform.NewHost());
        await _platform.Queue.SendAsync(ClusterQueues.SchedulerInbox, "{}"u8.ToArray(), CancellationToken.None);
        await _platform.Queue.SendAsync(ClusterQueues.SchedulerInbox, "?"u8.ToArray(), CancellationToken.None);
        await Poll.UntilAsync(
            async () => (await _platform.Queue.PeekDeadLettersAsync(ClusterQueues.SchedulerInbox, 10, CancellationToken.None)).Count == 2,
            "two dead letters");
    }

    private async Task<string> SubmitAsync(string jobId, int count = 1)
    {
        var evaluation = await _platform.SubmitAsync(jobId, groups: Group(count: count));
        await _platform.SendAsync(_platform.JobNews(jobId));
        return evaluation;
    }

    private Task LiveAsync(string? jobId, int count) => Poll.UntilAsync(
        async () => (await _platform.LiveAsync(jobId)).Count == count, $"{count} allocations of {jobId ?? "all jobs"}");

    /// <summary>Nothing to receive, and nothing that is locked and comes again.</summary>
    private async Task<bool> InboxIsEmptyAsync() =>
        !(await _store.QueryAsync("queues", $"_platform|{ClusterQueues.SchedulerInbox}", Storage.Tables.RowRange.All, 10, null, CancellationToken.None))
            .Rows.Any();

    private sealed class RunningHost : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public RunningHost(SchedulerHost host) => _run = Task.Run(() => host.RunAsync(_stop.Token));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run.WaitAsync(TimeSpan.FromSeconds(20));
            _stop.Dispose();
        }
    }
}
