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
    public async Task Report_ForAnotherDeployment_BeginsAnewAndNeverChangesWithinIt()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1) with { Healthy = false, DeploymentId = "dep_1" });
        await host.TakeInboxAsync();

        // In the order of its reports: verdict, deployment, and whether the scheduler has something to do.
        await ReportAsync(2, null, "dep_2", isNews: true);
        await ReportAsync(3, true, "dep_2", isNews: true);
        await ReportAsync(4, false, "dep_2", isNews: false, kept: true);
        await ReportAsync(5, true, "dep_3", isNews: true);
        await ReportAsync(6, null, null, isNews: true);
        await ReportAsync(7, null, "dep_4", isNews: false);

        async Task ReportAsync(long revision, bool? healthy, string? deployment, bool isNews, bool? kept = null)
        {
            await agent.ReportAsync(TestAgent.Report(web.Id, revision) with { Healthy = healthy, DeploymentId = deployment });
            Assert.Equal((revision, isNews ? 1 : 0), (revision, (await host.TakeInboxAsync()).Count));
            var record = (await acme.Scope.AllocationsOf().GetAsync(web.Id, ClusterJson.Default.AllocationRecord, default))!.Value;
            Assert.Equal((revision, kept ?? healthy, deployment), (record.Revision, record.Healthy, record.DeploymentId));
        }
    }

    [Fact]
    public async Task Report_DeploymentTooLong_IsRefusedAndNamed()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);

        var answer = await agent.ReportAsync(TestAgent.Report(web.Id, 1) with { DeploymentId = new string('d', 65) });

        Assert.Equal(400, answer.Status);
        Assert.Contains("allocations[0].deploymentId", answer.Text, StringComparison.Ordinal);
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
