using System.Text.Json;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Evaluations;

public sealed class EvaluationTests
{
    [Fact]
    public async Task List_IsByJobStatusPrefixFilterAndPage_AndCounted()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        foreach (var id in (string[])["a", "b", "c"])
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(id));
        }

        await acme.Client.SendAsync("DELETE", "/v1/job/c");

        Assert.Equal(4, (await acme.Client.GetJsonAsync("/v1/evaluations")).GetArrayLength());
        Assert.Equal(["a"], Jobs(await acme.Client.GetJsonAsync("/v1/evaluations?job=a&namespace=*")));
        Assert.Equal(["c"], Jobs(await acme.Client.GetJsonAsync("/v1/evaluations?status=canceled")));
        Assert.Equal(["c"], Jobs(await acme.Client.GetJsonAsync("/v1/evaluations?filter=" + Uri.EscapeDataString("TriggeredBy == \"job-deregister\""))));
        Assert.Equal("""{"Count":3}""", (await acme.Client.SendAsync("GET", "/v1/evaluations/count?filter=" + Uri.EscapeDataString("Status == pending"))).Text);
        var first = await acme.Client.SendAsync("GET", "/v1/evaluations?reverse=true&per_page=1");
        Assert.Equal(["c"], Jobs(first.Json));
        Assert.True(first.Headers.ContainsKey("X-Nomad-NextToken"));
        Assert.Equal(2, (await acme.Client.GetJsonAsync("/v1/job/c/evaluations")).GetArrayLength());
    }

    [Fact]
    public async Task Read_HasEveryMemberOfNomads_AndTheRelatedWhereAsked()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var id = (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job())).Json.GetProperty("EvalID").GetString();

        var body = await acme.Client.GetJsonAsync($"/v1/evaluation/{id}");

        string[] members =
        [
            "ID", "Priority", "Type", "TriggeredBy", "Namespace", "JobID", "JobModifyIndex", "NodeID", "NodeModifyIndex", "DeploymentID", "Status",
            "StatusDescription", "Wait", "WaitUntil", "NextEval", "PreviousEval", "BlockedEval", "FailedTGAllocs", "PlanAnnotations", "ClassEligibility",
            "EscapedComputedClass", "QuotaLimitReached", "AnnotatePlan", "QueuedAllocations", "SnapshotIndex", "CreateIndex", "ModifyIndex", "CreateTime",
            "ModifyTime",
        ];
        Assert.All(members, member => Assert.True(body.TryGetProperty(member, out _), member));
        Assert.False(body.TryGetProperty("RelatedEvals", out _));
        Assert.Equal(JsonValueKind.Array, (await acme.Client.GetJsonAsync($"/v1/evaluation/{id}?related=true")).GetProperty("RelatedEvals").ValueKind);
        Assert.Equal("[]", (await acme.Client.SendAsync("GET", $"/v1/evaluation/{id}/allocations")).Text);
    }

    [Theory]
    [InlineData("""{"EvalIDs":["a"]}""", 500, "eval broker is enabled; eval broker must be paused to delete evals")]
    [InlineData("""{"Filter":"Status == complete"}""", 500, "eval broker is enabled; eval broker must be paused to delete evals")]
    [InlineData("{}", 400, "evals must be deleted by either ID or filter")]
    [InlineData("""{"EvalIDs":["a"],"Filter":"x"}""", 400, "evals cannot be deleted by both ID and filter")]
    public async Task Delete_IsRefusedAsNomadRefuses(string body, int status, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("DELETE", "/v1/evaluations", body);

        Assert.Equal((status, text), (answer.Status, answer.Text));
    }

    private static IEnumerable<string?> Jobs(JsonElement list) => list.EnumerateArray().Select(static body => body.GetProperty("JobID").GetString());
}
