using System.Text.Json;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs;

/// <summary><c>/v1/jobs/statuses</c>, in the shape of Nomad's JobStatusesJob.</summary>
public sealed class JobStatusesTests
{
    private static readonly string[] Members =
    [
        "Allocs", "ChildStatuses", "Datacenters", "GroupCountSum", "ID", "IsPack", "LatestDeployment", "ModifyIndex", "Name", "Namespace", "NodePool", "ParentID",
        "Priority", "Status", "Stop", "SubmitTime", "Type", "Version",
    ];

    [Fact]
    public async Task Get_HasEveryMemberOfNomads_AndAllocationsOfEachJob()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("other"));
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));

        var jobs = await acme.Client.GetJsonAsync("/v1/jobs/statuses");
        Assert.Equal(["other", "web"], jobs.EnumerateArray().Select(Id));
        var status = jobs[1];
        Assert.Equal(Members, status.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("default", "running", 2), (status.GetProperty("Namespace").GetString(), status.GetProperty("Status").GetString(), status.GetProperty("GroupCountSum").GetInt32()));
        Assert.Equal(
            $$"""{"ID":"{{web.Id}}","Group":"main","ClientStatus":"running","NodeID":"{{agent.NodeId}}","DeploymentStatus":{"Canary":false,"Healthy":null},"JobVersion":0,"FollowupEvalID":"","HasPausedTask":false}""",
            status.GetProperty("Allocs")[0].GetRawText());
        Assert.Empty(jobs[0].GetProperty("Allocs").EnumerateArray());
        var page = await acme.Client.SendAsync("GET", "/v1/jobs/statuses?per_page=1");
        Assert.Equal(["other"], page.Json.EnumerateArray().Select(Id));
        Assert.EndsWith(".web", page.Headers["X-Nomad-NextToken"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_IsOfTheJobsNamed_AndOfTheirChildrenWhereAskedFor()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var parent = JobTexts.Job("report").Replace("\"ID\":", "\"Type\":\"batch\",\"ParameterizedJob\":{},\"ID\":", StringComparison.Ordinal);
        var registered = await acme.Client.SendAsync("PUT", "/v1/jobs", parent);
        Assert.True(registered.Status == 200, registered.Text);
        var dispatched = await acme.Client.SendAsync("POST", "/v1/job/report/dispatch", "{}");
        Assert.True(dispatched.Status == 200, dispatched.Text);
        var child = dispatched.Json.GetProperty("DispatchedJobID").GetString();

        Assert.Equal(["report", "web"], (await acme.Client.GetJsonAsync("/v1/jobs/statuses")).EnumerateArray().Select(Id));
        Assert.Equal(["report", child, "web"], (await acme.Client.GetJsonAsync("/v1/jobs/statuses?include_children=true")).EnumerateArray().Select(Id));
        var named = await acme.Client.SendAsync("POST", "/v1/jobs/statuses", """{"Jobs":[{"ID":"report","Namespace":"default"},{"ID":"none"}]}""");
        Assert.Equal(["report"], named.Json.EnumerateArray().Select(Id));
        Assert.Equal(["pending"], named.Json[0].GetProperty("ChildStatuses").EnumerateArray().Select(static status => status.GetString()));
        named = await acme.Client.SendAsync("POST", "/v1/jobs/statuses", """{"Jobs":[{"ID":"report"}],"IncludeChildren":true}""");
        Assert.Equal(["report", child], named.Json.EnumerateArray().Select(Id));
        Assert.Equal("report", named.Json[1].GetProperty("ParentID").GetString());

        var nothing = await acme.Peer.SendAsync("POST", "/v1/jobs/statuses", "{}");
        Assert.Equal((400, "no jobs in request"), (nothing.Status, nothing.Text));
    }

    private static string? Id(JsonElement job) => job.GetProperty("ID").GetString();
}
