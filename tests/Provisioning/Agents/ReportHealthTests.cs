using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Agents;

public sealed class ReportHealthTests
{
    [Fact]
    public async Task Report_Healthy_IsKeptWakesTheSchedulerOnceAndNeverChanges()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));
        await host.TakeInboxAsync();
        Assert.Null(await HealthyAsync());

        await agent.ReportAsync(TestAgent.Report(web.Id, 2) with { Healthy = true });
        Assert.Equal(
            new InboxMessage(acme.Tenant.Value, "eu", InboxKinds.Allocation, acme.ProjectId, web.Id), Assert.Single(await host.TakeInboxAsync()));
        Assert.True(await HealthyAsync());

        await agent.ReportAsync(TestAgent.Report(web.Id, 3) with { Healthy = false });
        await agent.ReportAsync(TestAgent.Report(web.Id, 4));
        Assert.Empty(await host.TakeInboxAsync());
        Assert.True(await HealthyAsync());

        await agent.ReportAsync(TestAgent.Report(web.Id, 5, ClientStatus.Failed) with { Healthy = false });
        Assert.Single(await host.TakeInboxAsync());
        Assert.True(await HealthyAsync());

        async Task<bool?> HealthyAsync() =>
            (await acme.Scope.AllocationsOf().GetAsync(web.Id, ClusterJson.Default.AllocationRecord, default))!.Value.Healthy;
    }

    [Fact]
    public async Task Report_UnhealthyWithItsFailure_IsKept()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);

        await agent.ReportAsync(TestAgent.Report(web.Id, 1, ClientStatus.Failed) with { Healthy = false });

        var record = (await acme.Scope.AllocationsOf().GetAsync(web.Id, ClusterJson.Default.AllocationRecord, default))!.Value;
        Assert.Equal((ClientStatus.Failed, false), (record.ClientStatus, record.Healthy));
    }
}
