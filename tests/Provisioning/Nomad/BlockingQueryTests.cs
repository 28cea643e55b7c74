using System.Globalization;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Provisioning.Nomad.Blocking;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Provisioning.Tests.Nomad;

public sealed class BlockingQueryTests
{
    [Fact]
    public async Task Read_WithTheIndexOfThePresentAnswer_WaitsForAnother()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var index = IndexOf(await acme.Client.SendAsync("GET", "/v1/job/web"));
        Assert.Equal(index, IndexOf(await acme.Client.SendAsync("GET", "/v1/job/web")));

        var waiting = acme.Client.SendAsync("GET", $"/v1/job/web?index={index}&wait=60s");
        await WaitingAsync(host, 1);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("other"));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));
        var changed = await waiting;

        Assert.Equal(1, changed.Json.GetProperty("Version").GetInt64());
        Assert.True(IndexOf(changed) > index);
        Assert.Equal(("0", "true"), (changed.Headers["X-Nomad-LastContact"], changed.Headers["X-Nomad-KnownLeader"]));
    }

    [Fact]
    public async Task Read_WithAnyOtherIndex_IsAnsweredAtOnce()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var first = await acme.Client.SendAsync("GET", "/v1/jobs");

        foreach (var other in (long[])[1, IndexOf(first) - 1, IndexOf(first) + 1, long.MaxValue])
        {
            Assert.Equal("[]", (await acme.Client.SendAsync("GET", $"/v1/jobs?index={other}&wait=10m")).Text);
        }

        // Of an hour ago, by another instance: the same answer, so there is nothing to tell.
        var elsewhere = AnswerIndex.Next(IndexOf(first) & 0x3FFFFF, host.Time.GetUtcNow().AddHours(-1), 0);
        Assert.True(elsewhere < IndexOf(first));
        var waiting = acme.Client.SendAsync("GET", $"/v1/jobs?index={elsewhere}&wait=10m");
        await WaitingAsync(host, 1);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        Assert.Equal(1, (await waiting).Json.GetArrayLength());
    }

    [Fact]
    public async Task Read_WhenTheWaitIsOver_IsAnsweredWithWhatThereIs()
    {
        var time = new FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");
        var index = IndexOf(await acme.Client.SendAsync("GET", "/v1/jobs"));

        var waiting = acme.Client.SendAsync("GET", $"/v1/jobs?index={index}&wait=1m");
        await WaitingAsync(host, 1);
        await Poll.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return waiting.IsCompleted;
            },
            "the wait to end");

        Assert.Equal(index, IndexOf(await waiting));
    }

    [Fact]
    public async Task Read_ChangedByAnotherProcess_IsSeenByItsMark()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var index = IndexOf(await acme.Client.SendAsync("GET", "/v1/job/web"));
        var waiting = acme.Client.SendAsync("GET", $"/v1/job/web?index={index}&wait=60s");
        await WaitingAsync(host, 1);

        var rows = acme.Scope.JobsOf(acme.ProjectId);
        var job = await rows.GetAsync(ClusterTables.JobRow("web"), ClusterJson.Default.JobRecord, default);
        var stable = TablePartition.Bytes(job!.Value with { Stable = true }, ClusterJson.Default.JobRecord);
        Assert.True((await rows.WriteAsync(TableWrite.Replace(job.Row, stable, job.ETag), default)).IsDone);
        await ChangeMarks.WriteAsync(acme.Scope, new InProcessChangeSignal(host.Time), ChangeKinds.Job, host.Time.GetUtcNow(), default);

        Assert.True((await waiting).Json.GetProperty("Stable").GetBoolean());
    }

    [Fact]
    public async Task Read_ManyWaitingForTheSame_ShareOneEvaluation()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var queries = host.Service<BlockingQueries>();
        var index = IndexOf(await acme.Client.SendAsync("GET", "/v1/job/web"));
        var waiting = Enumerable.Range(0, 100).Select(_ => acme.Client.SendAsync("GET", $"/v1/job/web?index={index}&wait=60s")).ToArray();
        await WaitingAsync(host, 100);
        var before = queries.Evaluations;

        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 3));
        var answers = await Task.WhenAll(waiting);

        Assert.All(answers, answer => Assert.Equal(1, answer.Json.GetProperty("Version").GetInt64()));
        Assert.InRange(queries.Evaluations - before, 1, 3);
        await WaitingAsync(host, 0);
    }

    [Fact]
    public async Task Read_AThousandWaiting_OneChangeReachesThoseItConcernsAndCostsTheOthersNothing()
    {
        const int Jobs = 250;
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var indexes = new long[Jobs];
        for (var i = 0; i < Jobs; i++)
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job($"job-{i}"));
            indexes[i] = IndexOf(await acme.Client.SendAsync("GET", $"/v1/job/job-{i}"));
        }

        var waiting = Enumerable.Range(0, 4 * Jobs)
            .Select(client => acme.Client.SendAsync("GET", $"/v1/job/job-{client % Jobs}?index={indexes[client % Jobs]}&wait=5m")).ToArray();
        await WaitingAsync(host, 4 * Jobs);
        var before = host.Service<BlockingQueries>().Evaluations;

        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("job-7", count: 2));
        await Poll.UntilAsync(() => host.Service<BlockingQueries>().Waiters == (4 * Jobs) - 4, "the four to be told");

        Assert.All(await Task.WhenAll(waiting.Where((_, client) => client % Jobs == 7)), answer => Assert.Equal(1, answer.Json.GetProperty("Version").GetInt64()));

        // Its bucket has a few other jobs in it.
        Assert.InRange(host.Service<BlockingQueries>().Evaluations - before, 1, Jobs / 8);
    }

    [Fact]
    public async Task Read_JobThatIsPurgedMeanwhile_IsNotFound()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var index = IndexOf(await acme.Client.SendAsync("GET", "/v1/job/web"));
        var waiting = acme.Client.SendAsync("GET", $"/v1/job/web?index={index}&wait=60s");
        await WaitingAsync(host, 1);

        await acme.Scope.JobsOf(acme.ProjectId).WriteAsync(TableWrite.Delete(ClusterTables.JobRow("web")), default);
        host.Service<ClusterChanges>().Raise(acme.Scope, ChangeKinds.Job, ChangeKeys.Job(acme.ProjectId, "web"));

        (await waiting).IsProblem(404, "not-found");
    }

    private static Task WaitingAsync(ProvisioningHost host, int count) => Poll.UntilAsync(
        () => host.Service<BlockingQueries>().Waiters == count, $"{count} to wait", () => host.Service<BlockingQueries>().Waiters);

    private static long IndexOf(Answer answer) => long.Parse(answer.Headers["X-Nomad-Index"], CultureInfo.InvariantCulture);
}
