using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Deployments;

public sealed class SetAllocationHealthTests
{
    [Fact]
    public async Task Healthy_IsKeptForTheDeploymentWhateverTheAgentSaysLater()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (rollouts, agent) = (new Rollouts(acme), await host.AgentAsync(acme));
        var deployment = await rollouts.BeginAsync();
        var (reported, silent) = (agent.Allocation() with { DeploymentId = deployment.Id }, agent.Allocation() with { DeploymentId = deployment.Id });
        await agent.AssignAsync(1, signal: true, reported, silent);
        await agent.ReportAsync(TestAgent.Report(reported.Id, 1) with { DeploymentId = "dep_before", Healthy = false });
        await host.TakeInboxAsync();

        var answer = await rollouts.SendAsync("allocation-health", deployment.Id, $"\"HealthyAllocationIDs\":[\"{reported.Id}\",\"{silent.Id}\"]");

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.NotEmpty(answer.Json.GetProperty("EvalID").GetString()!);
        Assert.Equal(
            [InboxKinds.Allocation, InboxKinds.Allocation, InboxKinds.Deployment, InboxKinds.Job],
            (await host.TakeInboxAsync()).Select(static message => message.Kind));
        Assert.Equal(DeploymentStatus.Running, (await rollouts.ReadAsync(deployment.Id)).Status);

        // Late, of the deployment before; then of this one, with another verdict.
        await agent.ReportAsync(TestAgent.Report(reported.Id, 2) with { DeploymentId = "dep_before", Healthy = false });
        await agent.ReportAsync(
            TestAgent.Report(reported.Id, 3) with { DeploymentId = deployment.Id, Healthy = false },
            TestAgent.Report(silent.Id, 1) with { DeploymentId = deployment.Id });

        foreach (var id in (string[])[reported.Id, silent.Id])
        {
            var record = (await acme.Scope.AllocationsOf().GetAsync(id, ClusterJson.Default.AllocationRecord, default))!.Value;
            Assert.Equal((true, deployment.Id, ClientStatus.Running), (record.Healthy, record.DeploymentId, record.ClientStatus));
            Assert.NotNull(record.HealthSince);
        }
    }

    [Fact]
    public async Task Unhealthy_FailsTheDeployment()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (rollouts, agent) = (new Rollouts(acme), await host.AgentAsync(acme));
        var deployment = await rollouts.BeginAsync();
        var web = agent.Allocation() with { DeploymentId = deployment.Id };
        await agent.AssignAsync(1, signal: true, web);

        var answer = await rollouts.SendAsync(
            "allocation-health", deployment.Id, $"\"HealthyAllocationIDs\":[\"{web.Id}\"],\"UnhealthyAllocationIDs\":[\"{web.Id}\"]");

        Assert.True(answer.Status == 200, answer.ToString());
        var after = await rollouts.ReadAsync(deployment.Id);
        Assert.Equal((DeploymentStatus.Failed, "Failed due to unhealthy allocations"), (after.Status, after.StatusDescription));
        Assert.False((await acme.Scope.AllocationsOf().GetAsync(web.Id, ClusterJson.Default.AllocationRecord, default))!.Value.Healthy);
    }

    [Fact]
    public async Task Allocations_NoneUnknownOrOfAnother_AreRefusedAndNothingIsSet()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (rollouts, agent) = (new Rollouts(acme), await host.AgentAsync(acme));
        var deployment = await rollouts.BeginAsync();
        var (of, other) = (agent.Allocation() with { DeploymentId = deployment.Id }, agent.Allocation());
        await agent.AssignAsync(1, signal: true, of, other);

        await RefusedAsync("\"HealthyAllocationIDs\":[]", 500, "must specify at least one healthy/unhealthy allocation ID");
        await RefusedAsync($"\"HealthyAllocationIDs\":[\"{of.Id}\",\"x\"]", 500, "unknown alloc");
        await RefusedAsync($"\"UnhealthyAllocationIDs\":[\"{of.Id}\",\"{other.Id}\"]", 500, "is not part of deployment");
        await RefusedAsync($"\"HealthyAllocationIDs\":[{string.Join(',', Enumerable.Repeat("\"a\"", 1001))}]", 400, "1001 came");
        Assert.Null(await acme.Scope.AllocationsOf().GetAsync(of.Id, default));

        async Task RefusedAsync(string members, int status, string text)
        {
            var answer = await rollouts.SendAsync("allocation-health", deployment.Id, members);
            Assert.Equal(status, answer.Status);
            Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        }
    }
}
