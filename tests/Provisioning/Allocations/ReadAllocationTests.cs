using System.Text.Json;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Allocations;

public sealed class ReadAllocationTests
{
    [Fact]
    public async Task Read_HasEveryMemberOfNomads_AndTheJobOfItsVersion()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(more: ",\"Priority\":70"));
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.With("1000", "2000"));

        var body = await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}");

        // As api.Allocation has them.
        string[] members =
        [
            "ID", "Namespace", "EvalID", "Name", "NodeID", "NodeName", "JobID", "Job", "TaskGroup", "Resources", "TaskResources", "AllocatedResources",
            "Metrics", "DesiredStatus", "DesiredDescription", "DesiredTransition", "ClientStatus", "ClientDescription", "TaskStates", "DeploymentID",
            "DeploymentStatus", "FollowupEvalID", "PreviousAllocation", "NextAllocation", "RescheduleTracker", "NetworkStatus", "PreemptedAllocations",
            "PreemptedByAllocation", "CreateIndex", "ModifyIndex", "AllocModifyIndex", "CreateTime", "ModifyTime",
        ];
        Assert.All(members, member => Assert.True(body.TryGetProperty(member, out _), member));
        Assert.Equal((0, 70), (body.GetProperty("Job").GetProperty("Version").GetInt32(), body.GetProperty("Job").GetProperty("Priority").GetInt32()));
        Assert.Equal(
            """{"CPU":500,"Cores":0,"MemoryMB":256,"MemoryMaxMB":0,"DiskMB":0,"IOPS":0}""", body.GetProperty("Resources").GetRawText());
        var task = body.GetProperty("TaskStates").GetProperty("server");
        Assert.Equal("0001-01-01T00:00:00Z", task.GetProperty("FinishedAt").GetString());
        Assert.Equal("{}", task.GetProperty("Events")[0].GetProperty("Details").GetRawText());
    }

    [Fact]
    public async Task Read_OfAPurgedJobAndGoneAllocation_StillHasAJobAndResources()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1, ClientStatus.Complete));
        await agent.AssignAsync(2, signal: true);

        var body = await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}");

        var group = body.GetProperty("Job").GetProperty("TaskGroups")[0];
        Assert.Equal(("main", "server"), (group.GetProperty("Name").GetString(), group.GetProperty("Tasks")[0].GetProperty("Name").GetString()));
        Assert.Equal(0, body.GetProperty("Resources").GetProperty("DiskMB").GetInt32());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("AllocatedResources").ValueKind);
    }

    [Fact]
    public async Task Replacement_OfWhatFailed_TellsOfEachAttempt()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var first = agent.Allocation();
        var second = agent.Allocation() with { PreviousAllocation = first.Id };
        var third = agent.Allocation() with { PreviousAllocation = second.Id };
        await agent.AssignAsync(1, signal: true, first, second, third);
        await agent.ReportAsync(
            TestAgent.Report(first.Id, 1, ClientStatus.Failed), TestAgent.Report(second.Id, 1, ClientStatus.Failed), TestAgent.Report(third.Id, 1));

        var tracker = (await acme.Client.GetJsonAsync($"/v1/allocation/{third.Id}")).GetProperty("RescheduleTracker");

        Assert.Equal([first.Id, second.Id], tracker.GetProperty("Events").EnumerateArray().Select(static e => e.GetProperty("PrevAllocID").GetString()));
        Assert.Equal(agent.NodeId, tracker.GetProperty("Events")[0].GetProperty("PrevNodeID").GetString());
        Assert.Equal(JsonValueKind.Null, (await acme.Client.GetJsonAsync($"/v1/allocation/{first.Id}")).GetProperty("RescheduleTracker").ValueKind);
    }

    [Fact]
    public async Task Replacement_IsNamedByWhatItReplaces()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var old = agent.Allocation(desired: DesiredStatus.Stop);
        var next = agent.Allocation() with { PreviousAllocation = old.Id };
        await agent.AssignAsync(1, signal: true, old, next);

        Assert.Equal(next.Id, (await acme.Client.GetJsonAsync($"/v1/allocation/{old.Id}")).GetProperty("NextAllocation").GetString());
        Assert.Equal(old.Id, (await acme.Client.GetJsonAsync($"/v1/allocation/{next.Id}")).GetProperty("PreviousAllocation").GetString());
        Assert.Equal(
            [next.Id, ""],
            (await acme.Client.GetJsonAsync("/v1/allocations")).EnumerateArray().OrderBy(body => body.GetProperty("ID").GetString() == next.Id)
                .Select(static body => body.GetProperty("NextAllocation").GetString()));
    }

    [Fact]
    public async Task List_IsOfStubs_ByFilterPrefixAndShape()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var (web, api) = (agent.Allocation(), agent.Allocation("api"));
        await agent.AssignAsync(1, signal: true, web, api);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));

        Assert.Equal([web.Id], Ids(await ListAsync("?filter=" + Uri.EscapeDataString("ClientStatus == running and JobID != api"))));
        Assert.Equal([web.Id], Ids(await ListAsync("?filter=" + Uri.EscapeDataString("TaskStates.server.State == running"))));
        Assert.Equal([api.Id], Ids(await ListAsync($"?prefix={api.Id}&task_states=false")));
        var stub = (await ListAsync($"?prefix={web.Id}"))[0];
        Assert.False(stub.TryGetProperty("AllocatedResources", out _));
        Assert.False(stub.TryGetProperty("Job", out _));
        Assert.Equal(500, (await ListAsync($"?prefix={web.Id}&resources=true"))[0].GetProperty("AllocatedResources").GetProperty("Tasks").GetProperty("server").GetProperty("Cpu").GetProperty("CpuShares").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await ListAsync("?task_states=false"))[0].GetProperty("TaskStates").ValueKind);
        Assert.Equal(JsonValueKind.Object, (await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}/allocations"))[0].GetProperty("Job").ValueKind);
        Assert.Equal(400, (await acme.Peer.SendAsync("GET", "/v1/allocations?filter=" + Uri.EscapeDataString("Job.Type == service"))).Status);

        Task<JsonElement> ListAsync(string query) => acme.Client.GetJsonAsync("/v1/allocations" + query);
        static IEnumerable<string?> Ids(JsonElement list) => list.EnumerateArray().Select(static body => body.GetProperty("ID").GetString());
    }

    [Fact]
    public async Task ServicesAndChecks_OfProviderNomad_AreNone()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);

        Assert.Equal("[]", (await acme.Peer.SendAsync("GET", $"/v1/allocation/{web.Id}/services")).Text);
        Assert.Equal("{}", (await acme.Peer.SendAsync("GET", $"/v1/client/allocation/{web.Id}/checks")).Text);
        Assert.Equal((404, "alloc not found"), Said(await acme.Peer.SendAsync("GET", "/v1/allocation/none/services")));

        static (int, string) Said(Answer answer) => (answer.Status, answer.Text);
    }
}
