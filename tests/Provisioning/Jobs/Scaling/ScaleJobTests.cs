using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs.Scaling;

public sealed class ScaleJobTests
{
    [Fact]
    public async Task Scale_ToACount_IsANewVersionWithAnEvent()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var allocation = agent.Allocation();
        await agent.AssignAsync(1, signal: true, allocation);
        await agent.ReportAsync(TestAgent.Report(allocation.Id, 1));

        var answer = await acme.Client.SendAsync(
            "POST", "/v1/job/web/scale", """{"Count":5,"Target":{"Group":"main"},"Message":"more","Meta":{"by":{"name":"me"}},"PolicyOverride":false}""");

        Assert.True(answer.Status == 200, answer.ToString());
        var evalId = answer.Json.GetProperty("EvalID").GetString()!;
        Assert.Equal("job-scaling", (await acme.Client.GetJsonAsync($"/v1/evaluation/{evalId}")).GetProperty("TriggeredBy").GetString());
        var status = await acme.Client.GetJsonAsync("/v1/job/web/scale");
        var group = status.GetProperty("TaskGroups").GetProperty("main");
        Assert.Equal((5, 1, 1), (group.GetProperty("Desired").GetInt32(), group.GetProperty("Placed").GetInt32(), group.GetProperty("Running").GetInt32()));
        var scaled = group.GetProperty("Events")[0];
        Assert.Equal((5, 1, "more"), (scaled.GetProperty("Count").GetInt32(), scaled.GetProperty("PreviousCount").GetInt32(), scaled.GetProperty("Message").GetString()));
        Assert.Equal(evalId, scaled.GetProperty("EvalID").GetString());
        Assert.Equal("me", scaled.GetProperty("Meta").GetProperty("by").GetProperty("name").GetString());
        Assert.Equal(1, (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Version").GetInt64());
    }

    [Fact]
    public async Task Scale_WithoutACount_OnlyNotesTheEvent()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));

        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(200, (await acme.Client.SendAsync("POST", "/v1/job/web/scale", $$$"""{"Target":{"Group":"main"},"Message":"no {{{i}}}","Error":true}""")).Status);
        }

        var events = (await acme.Client.GetJsonAsync("/v1/job/web/scale")).GetProperty("TaskGroups").GetProperty("main").GetProperty("Events");
        Assert.Equal((20, "no 24"), (events.GetArrayLength(), events[0].GetProperty("Message").GetString()));
        var job = await acme.Client.GetJsonAsync("/v1/job/web");
        Assert.Equal((0, 2, 1), (job.GetProperty("Version").GetInt64(), job.GetProperty("TaskGroups")[0].GetProperty("Count").GetInt32(), job.GetProperty("JobModifyIndex").GetInt64()));
    }

    [Theory]
    [InlineData("""{"Count":1}""", 400, "missing task group name for scaling action")]
    [InlineData("""{"Count":-1,"Target":{"Group":"main"}}""", 400, "scaling action count can't be negative")]
    [InlineData("""{"Count":1,"Error":true,"Target":{"Group":"main"}}""", 400, "scaling action should not contain count if error is true")]
    [InlineData("""{"Count":1,"Target":{"Group":"none"}}""", 400, "task group \"none\" specified for scaling does not exist in job")]
    [InlineData("""{"Count":1,"Target":{"Group":"main","Job":"other"}}""", 400, "job ID in payload did not match URL")]
    [InlineData("""{"Count":10001,"Target":{"Group":"main"}}""", 400, "group count was greater than")]
    [InlineData("""{"Count":3,"JobModifyIndex":9,"Target":{"Group":"main"}}""", 500, "Enforcing job modify index 9: job exists with conflicting job modify index: 1")]
    public async Task Scale_ThatCannotBe_IsRefusedInNomadsWords(string body, int status, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var client = host.PeerClient(acme.Client.DefaultRequestHeaders.Authorization!.Parameter);
        await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        var answer = await client.SendAsync("PUT", "/v1/job/web/scale", body);

        Assert.Equal(status, answer.Status);
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
        var missing = await client.SendAsync("PUT", "/v1/job/none/scale", """{"Count":1,"Target":{"Group":"main"}}""");
        Assert.Equal((404, "job \"none\" not found"), (missing.Status, missing.Text));
    }

    [Fact]
    public async Task Evaluate_WithForceReschedule_MarksWhatFailedAndIsNotReplaced()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var (failed, replaced) = (agent.Allocation(), agent.Allocation());
        var replacement = agent.Allocation() with { PreviousAllocation = replaced.Id };
        await agent.AssignAsync(1, signal: true, failed, replaced, replacement);
        await agent.ReportAsync(
            TestAgent.Report(failed.Id, 1, ClientStatus.Failed), TestAgent.Report(replaced.Id, 1, ClientStatus.Failed), TestAgent.Report(replacement.Id, 1));
        await host.TakeInboxAsync();

        var answer = await acme.Client.SendAsync("PUT", "/v1/job/web/evaluate", """{"JobID":"web","EvalOptions":{"ForceReschedule":true}}""");

        Assert.True(answer.Status == 200, answer.ToString());
        var messages = await host.TakeInboxAsync();
        Assert.Equal([(InboxKinds.Allocation, failed.Id), (InboxKinds.Job, "web")], messages.Select(static message => (message.Kind, message.Id)));
        var rows = acme.Scope.AllocationsOf();
        Assert.True((await rows.GetAsync(failed.Id, ClusterJson.Default.AllocationRecord, default))!.Value.ForceReschedule);
        Assert.False((await rows.GetAsync(replaced.Id, ClusterJson.Default.AllocationRecord, default))!.Value.ForceReschedule);
        Assert.Equal(200, (await acme.Client.SendAsync("POST", "/v1/job/web/evaluate")).Status);
    }
}
