using System.Text.Json;
using Saas.Cluster;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Deployments;

public sealed class ReadDeploymentTests
{
    [Fact]
    public async Task Read_HasEveryMemberOfNomads()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var deployment = await new Rollouts(acme).BeginAsync(
            group: group => group with
            {
                DesiredCanaries = 1, AutoRevert = true, PlacedCanaries = ["alloc_1"], Placed = 1, Healthy = 1, RequireProgressBy = at,
            },
            change: record => record with { CreatedAt = at, ModifiedAt = at.AddSeconds(1) });

        var answer = await acme.Client.SendAsync("GET", $"/v1/deployment/{deployment.Id}");

        Assert.Equal(
            $$"""
            {"ID":"{{deployment.Id}}","Namespace":"default","JobID":"web","JobVersion":0,"JobModifyIndex":1,"JobSpecModifyIndex":1,"JobCreateIndex":1,
            "IsMultiregion":false,"TaskGroups":{"main":{"AutoRevert":true,"AutoPromote":false,"ProgressDeadline":600000000000,
            "RequireProgressBy":"2026-01-02T03:04:05Z","Promoted":false,"PlacedCanaries":["alloc_1"],"DesiredCanaries":1,"DesiredTotal":2,
            "PlacedAllocs":1,"HealthyAllocs":1,"UnhealthyAllocs":0} },"Status":"running","StatusDescription":"Deployment is running",
            "CreateIndex":1,"ModifyIndex":1,"CreateTime":1767323045000000000,"ModifyTime":1767323046000000000}
            """.ReplaceLineEndings(""),
            answer.Text.Replace("}},", "} },", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_OfNothingWaitedFor_HasGosZeroTimeAndNull()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var deployment = await new Rollouts(acme).BeginAsync(group: group => group with { RequireProgressBy = null });

        var group = (await acme.Client.GetJsonAsync($"/v1/deployment/{deployment.Id}?namespace=*")).GetProperty("TaskGroups").GetProperty("main");

        Assert.Equal(
            ("0001-01-01T00:00:00Z", JsonValueKind.Null),
            (group.GetProperty("RequireProgressBy").GetString(), group.GetProperty("PlacedCanaries").ValueKind));
    }

    [Theory]
    [InlineData("dep_01m8knyjggehnaeaa931xywj09")]
    [InlineData("nothing")]
    public async Task Read_Unknown_Is404WithNomadsText(string id)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("GET", $"/v1/deployment/{id}");

        Assert.Equal(404, answer.Status);
        Assert.Contains("deployment not found", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Allocations_AreThoseOfTheDeploymentAlone()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var deployment = await new Rollouts(acme).BeginAsync();
        var (of, other) = (agent.Allocation() with { DeploymentId = deployment.Id }, agent.Allocation());
        await agent.AssignAsync(1, signal: true, of, other);

        var found = await acme.Client.GetJsonAsync($"/v1/deployment/allocations/{deployment.Id}");

        Assert.Equal([of.Id], found.EnumerateArray().Select(static allocation => allocation.GetProperty("ID").GetString()));
    }

    [Fact]
    public async Task List_IsByPrefixAndProject()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (web, api) = (await new Rollouts(acme).BeginAsync(), await new Rollouts(acme).BeginAsync("api"));
        await host.AddProjectAsync(acme, "other");

        Assert.Equal(2, (await acme.Client.GetJsonAsync("/v1/deployments")).GetArrayLength());
        Assert.Equal(2, (await acme.Client.GetJsonAsync("/v1/deployments?namespace=*")).GetArrayLength());
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/deployments?namespace=other")).GetArrayLength());
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/deployments?prefix=dep|x")).GetArrayLength());
        Assert.Equal(web.Id, (await acme.Client.GetJsonAsync($"/v1/deployments?prefix={web.Id}"))[0].GetProperty("ID").GetString());
        Assert.NotEqual(web.Id, api.Id);
    }

    [Fact]
    public async Task Auditor_ReadsAndChangesNothing()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var deployment = await new Rollouts(acme).BeginAsync();
        using var auditor = await host.KeyAsync(acme, "auditor");

        Assert.Equal(200, (await auditor.SendAsync("GET", $"/v1/deployment/{deployment.Id}")).Status);
        foreach (var operation in (string[])["promote", "fail", "pause", "unblock", "allocation-health"])
        {
            Assert.Equal(403, (await auditor.SendAsync("PUT", $"/v1/deployment/{operation}/{deployment.Id}", "{}")).Status);
        }

        Assert.Equal(DeploymentStatus.Running, (await new Rollouts(acme).ReadAsync(deployment.Id)).Status);
    }
}
