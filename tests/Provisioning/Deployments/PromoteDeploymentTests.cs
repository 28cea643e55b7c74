using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Deployments;

public sealed class PromoteDeploymentTests
{
    [Theory]
    [InlineData("\"All\":true")]
    [InlineData("\"Groups\":[\"main\"]")]
    public async Task Promote_OfHealthyCanaries_IsInTheRow(string members)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (rollouts, agent) = (new Rollouts(acme), await host.AgentAsync(acme));
        var canary = agent.Allocation() with { Canary = true };
        var deployment = await rollouts.BeginAsync(group: group => group with { DesiredCanaries = 1, PlacedCanaries = [canary.Id] });
        await agent.AssignAsync(1, signal: true, canary with { DeploymentId = deployment.Id });
        await agent.ReportAsync(TestAgent.Report(canary.Id, 1) with { Healthy = true, DeploymentId = deployment.Id });

        var answer = await rollouts.SendAsync("promote", deployment.Id, members);

        Assert.True(answer.Status == 200, answer.ToString());
        var group = (await rollouts.ReadAsync(deployment.Id)).Groups["main"];
        Assert.Equal((true, null), (group.Promoted, group.RequireProgressBy));

        // Again: nothing to do but another look.
        Assert.Equal(200, (await rollouts.SendAsync("promote", deployment.Id, members)).Status);
    }

    [Theory]
    [InlineData(null, ClientStatus.Running)]
    [InlineData(false, ClientStatus.Running)]
    [InlineData(true, ClientStatus.Failed)]
    public async Task Promote_OfCanariesThatAreNotWell_IsRefusedWithTheCount(bool? healthy, string status)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (rollouts, agent) = (new Rollouts(acme), await host.AgentAsync(acme));
        var canary = agent.Allocation() with { Canary = true };
        var deployment = await rollouts.BeginAsync(group: group => group with { DesiredCanaries = 1, PlacedCanaries = [canary.Id] });
        await agent.AssignAsync(1, signal: true, canary with { DeploymentId = deployment.Id });
        await agent.ReportAsync(TestAgent.Report(canary.Id, 1, status) with { Healthy = healthy, DeploymentId = deployment.Id });

        var answer = await rollouts.SendAsync("promote", deployment.Id, "\"All\":true");

        Assert.Equal(500, answer.Status);
        Assert.Contains("has 0/1 healthy allocations", answer.Text, StringComparison.Ordinal);
        Assert.False((await rollouts.ReadAsync(deployment.Id)).Groups["main"].Promoted);
    }

    [Fact]
    public async Task Promote_OfAGroupThatIsNotThere_NamesThoseThatAre()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rollouts = new Rollouts(acme);
        var deployment = await rollouts.BeginAsync();

        var answer = await rollouts.SendAsync("promote", deployment.Id, "\"Groups\":[\"other\"]");

        Assert.Equal(400, answer.Status);
        Assert.Contains("main", answer.Text, StringComparison.Ordinal);
    }
}
