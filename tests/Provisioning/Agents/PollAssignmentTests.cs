using System.Diagnostics;
using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Provisioning.Agents;
using Saas.Provisioning.Tests.Shared;
using Saas.TestKit;

namespace Saas.Provisioning.Tests.Agents;

public sealed class PollAssignmentTests
{
    [Fact]
    public async Task Poll_NeverScheduledTo_IsTheEmptyAssignment()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));

        var document = await agent.PollAsync(index: 0, waitSeconds: 0);

        Assert.Equal((agent.NodeId, 0L, 0), (document.NodeId, document.Index, document.Allocations.Count));
    }

    [Fact]
    public async Task Poll_CommitOfThisProcess_WakesItAtOnce()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var poll = agent.PollAsync(index: 0, waitSeconds: 60);
        await WaitingAsync(host);

        var watch = Stopwatch.StartNew();
        await agent.AssignAsync(index: 5, signal: true, agent.Allocation());
        var document = await poll;

        Assert.Equal(5, document.Index);
        Assert.True(watch.Elapsed < TimeSpan.FromMilliseconds(900), $"Woken after {watch.Elapsed}: not by the signal.");
        Assert.Equal("server", Assert.Single(document.Allocations).TaskGroup.Tasks![0].Name);
    }

    [Fact]
    public async Task Poll_CommitOfAnotherProcess_IsSeenWithinTwoLooks()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        var poll = agent.PollAsync(index: 0, waitSeconds: 60);
        await WaitingAsync(host);

        await agent.AssignAsync(index: 5, signal: false);

        Assert.Equal(5, (await poll.WaitAsync(TimeSpan.FromSeconds(20))).Index);
    }

    [Fact]
    public async Task Poll_IndexThatWentBack_IsAnsweredAtOnce()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        await agent.AssignAsync(index: 3, signal: true);

        Assert.Equal(3, (await agent.PollAsync(index: 9, waitSeconds: 60).WaitAsync(TimeSpan.FromSeconds(20))).Index);
    }

    [Fact]
    public async Task Poll_NothingNew_EndsWithWhatIsThereWhenTheWaitIsOver()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        await agent.AssignAsync(index: 3, signal: true);

        var watch = Stopwatch.StartNew();
        var document = await agent.PollAsync(index: 3, waitSeconds: 1);

        Assert.Equal(3, document.Index);
        Assert.InRange(watch.ElapsedMilliseconds, 900, 20_000);
    }

    [Fact]
    public async Task Poll_ClientGone_LeavesNothingBehind()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        using var leaving = new CancellationTokenSource();
        var poll = agent.PollAsync(index: 0, waitSeconds: 60, leaving.Token);
        await WaitingAsync(host);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await Poll.UntilAsync(() => host.Service<CellWatch>().Count == 0, "the poll to be gone");
    }

    [Fact]
    public async Task Poll_WhileItWaits_TheHeartbeatGoesOn()
    {
        await using var host = await ProvisioningHost.StartAsync(settings: new() { ["SAAS_HEARTBEAT_TTL_SECONDS"] = "3" });
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var poll = agent.PollAsync(index: 0, waitSeconds: 60);
        await WaitingAsync(host);
        var seen = new HashSet<long>();

        await Poll.UntilAsync(
            async () =>
            {
                var row = await acme.Scope.HeartbeatsOf().GetAsync(agent.NodeId, ClusterJson.Default.HeartbeatRecord, default);
                seen.Add(row!.Value.Counter);
                return seen.Count >= 3;
            },
            "three heartbeats while one poll waits");

        Assert.False(poll.IsCompleted);
        await agent.AssignAsync(index: 1, signal: true);
        await poll;
    }

    [Fact]
    public async Task Poll_ManyWaiting_ShareOneLookPerCellAndSecond()
    {
        var time = new FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var handler = host.Service<PollAssignmentHandler>();
        const int Waiting = 2000;
        var armedBefore = time.ArmedTimers;
        var polls = Enumerable.Range(0, Waiting)
            .Select(_ => handler.HandleAsync(acme.Scope, agent.NodeId, 0, TimeSpan.FromSeconds(60), default)).ToArray();
        await Poll.UntilAsync(() => time.ArmedTimers - armedBefore >= Waiting, "all to wait", () => time.ArmedTimers);
        var reads = host.Store.Reads;

        for (var second = 0; second < 5; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Poll.UntilAsync(() => time.ArmedTimers - armedBefore >= Waiting, "all to wait again", () => time.ArmedTimers);
        }

        Assert.InRange(host.Store.Reads - reads, 1, 20);
        await agent.AssignAsync(index: 1, signal: true);
        Assert.All(await Task.WhenAll(polls), document => Assert.Equal(1, document!.Index));
        Assert.Equal(0, host.Service<CellWatch>().Count);
    }

    [Theory]
    [InlineData("index=-1&wait=1")]
    [InlineData("index=x")]
    [InlineData("index=1&wait=61")]
    [InlineData("index=99999999999999999999")]
    public async Task Poll_NumbersOutOfRange_AreRefused(string query)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));

        (await agent.Client.SendAsync("GET", $"{AgentProtocol.AssignmentPath}?{query}")).IsProblem(400, "invalid-request");
    }

    private static Task WaitingAsync(ProvisioningHost host) =>
        Poll.UntilAsync(() => host.Service<CellWatch>().Count == 1, "the poll to wait");
}
