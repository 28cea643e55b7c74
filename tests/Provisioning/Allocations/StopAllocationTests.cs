using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Allocations;

public sealed class StopAllocationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_MarksTheAllocationAndHasItsJobLookedAt(bool wasReported)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        if (wasReported)
        {
            await agent.ReportAsync(TestAgent.Report(web.Id, 1));
        }

        await host.TakeInboxAsync();

        var answer = await acme.Peer.SendAsync("POST", $"/v1/allocation/{web.Id}/stop");

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal([InboxKinds.Allocation, InboxKinds.Job], (await host.TakeInboxAsync()).Select(static message => message.Kind));
        var evaluation = await acme.Client.GetJsonAsync($"/v1/evaluation/{answer.Json.GetProperty("EvalID").GetString()}");
        Assert.Equal(("alloc-stop", "pending"), (evaluation.GetProperty("TriggeredBy").GetString(), evaluation.GetProperty("Status").GetString()));
        var body = await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}");
        Assert.True(body.GetProperty("DesiredTransition").GetProperty("Migrate").GetBoolean());

        // What its agent tells later does not undo it.
        await agent.ReportAsync(TestAgent.Report(web.Id, 2));
        Assert.NotNull((await RecordAsync(acme, web.Id)).MoveAskedAt);
    }

    [Fact]
    public async Task Stop_OfWhatHasEnded_MarksNothing()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1, ClientStatus.Complete));

        Assert.Equal(200, (await acme.Peer.SendAsync("PUT", $"/v1/allocation/{web.Id}/stop")).Status);

        Assert.Null((await RecordAsync(acme, web.Id)).MoveAskedAt);
    }

    [Fact]
    public async Task Stop_IsNotForReaders_NorWithoutDelay_NorForWhatIsNotThere()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        using var auditor = await host.KeyAsync(acme, "auditor");

        Assert.Equal(403, (await auditor.SendAsync("PUT", $"/v1/allocation/{web.Id}/stop")).Status);
        Assert.Equal(400, (await acme.Peer.SendAsync("PUT", $"/v1/allocation/{web.Id}/stop?no_shutdown_delay=true")).Status);
        Assert.Equal(404, (await acme.Peer.SendAsync("PUT", "/v1/allocation/none/stop")).Status);
        Assert.Null(await acme.Scope.AllocationsOf().GetAsync(web.Id, default));
    }

    private static async Task<AllocationRecord> RecordAsync(Customer customer, string id) =>
        (await customer.Scope.AllocationsOf().GetAsync(id, ClusterJson.Default.AllocationRecord, default))!.Value;
}
