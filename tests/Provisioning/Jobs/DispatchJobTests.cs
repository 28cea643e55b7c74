using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs;

public sealed class DispatchJobTests(BadJobTests.Host host) : IClassFixture<BadJobTests.Host>
{
    private const string Payload = "aGVsbG8=";

    [Fact]
    public async Task Dispatch_OfAParent_MakesAChildWithItsPayloadAndMeta()
    {
        await SubmitAsync("report", "\"ParameterizedJob\":{\"MetaRequired\":[\"day\"]},\"Meta\":{\"day\":\"none\",\"kind\":\"pdf\"},");

        var answer = await DispatchAsync("report", $$"""{"Payload":"{{Payload}}","Meta":{"day":"monday"},"Priority":70}""");

        Assert.True(answer.Status == 200, answer.ToString());
        var id = answer.Json.GetProperty("DispatchedJobID").GetString()!;
        Assert.Matches("^report/dispatch-[0-9]+-[0-9a-f]{8}$", id);
        var child = (await FindAsync(id))!;
        Assert.Equal(("report", true, Payload, 70), (child.Job.ParentID, child.Job.Dispatched, child.Job.Payload, child.Job.Priority));
        Assert.Equal(("monday", "pdf"), (child.Job.Meta!["day"], child.Job.Meta["kind"]));
        Assert.Equal(child.EvaluationId, answer.Json.GetProperty("EvalID").GetString());
        Assert.Equal(child.CreateIndex, answer.Json.GetProperty("JobCreateIndex").GetInt64());
        Assert.Contains(await host.App.TakeInboxAsync(), message => message.Kind == InboxKinds.Job && message.Id == id);
    }

    [Fact]
    public async Task Parent_HasNoEvaluation_AndTheSchedulerIsTold()
    {
        await SubmitAsync("parent", "\"ParameterizedJob\":{},");

        Assert.Null((await FindAsync("parent"))!.EvaluationId);
        Assert.Equal(0, (await host.Acme.Client.GetJsonAsync("/v1/job/parent/evaluations")).GetArrayLength());
        Assert.Equal("running", (await host.Acme.Client.GetJsonAsync("/v1/job/parent")).GetProperty("Status").GetString());
        Assert.Contains(await host.App.TakeInboxAsync(), message => message.Kind == InboxKinds.Job && message.Id == "parent");
    }

    [Fact]
    public async Task Dispatch_OfOneTokenManyTimesAtOnce_MakesOneChild()
    {
        await SubmitAsync("once", "\"ParameterizedJob\":{},");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DispatchAsync("once", "{}", "?idempotency_token=nightly")));

        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.ToString()));
        Assert.Single(answers.Select(answer => answer.Json.GetProperty("DispatchedJobID").GetString()).Distinct());
        Assert.Single(answers, answer => answer.Json.GetProperty("EvalID").GetString()!.Length > 0);
        Assert.Equal(1, (await host.Acme.Client.GetJsonAsync("/v1/jobs?prefix=once/")).GetArrayLength());
        var other = await DispatchAsync("once", "{}", "?idempotency_token=daily");
        Assert.NotEqual(answers[0].Json.GetProperty("DispatchedJobID").GetString(), other.Json.GetProperty("DispatchedJobID").GetString());
    }

    [Theory]
    [InlineData("required", "{}", "Payload", "requires a payload")]
    [InlineData("forbidden", "{\"Payload\":\"aGVsbG8=\"}", "Payload", "forbids")]
    [InlineData("optional", "{\"Payload\":\"?\"}", "Payload", "base 64")]
    [InlineData("optional", "{\"Meta\":{\"x\":\"1\"}}", "Meta", "'x'")]
    [InlineData("optional", "{\"Priority\":101}", "Priority", "1 to 100")]
    [InlineData("optional", "{\"IdPrefixTemplate\":\"a b\"}", "IdPrefixTemplate", "white space")]
    [InlineData("optional", "{\"JobID\":\"other\"}", "JobID", "path")]
    public async Task Dispatch_BadRequest_NamesItsField(string rule, string body, string field, string said)
    {
        await SubmitAsync("rule-" + rule, $"\"ParameterizedJob\":{{\"Payload\":\"{rule}\"}},");

        var answer = (await DispatchAsync("rule-" + rule, body)).IsProblem(400, "invalid-request");

        var error = answer.Json.GetProperty("errors")[0];
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Contains(said, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispatch_RequiredMetaMissing_OrPayloadTooLarge_IsRefused()
    {
        await SubmitAsync("strict", "\"ParameterizedJob\":{\"MetaRequired\":[\"day\"]},");

        Assert.Contains("'day'", (await DispatchAsync("strict", "{}")).IsProblem(400, "invalid-request").Text.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        foreach (var (size, status) in ((int, int)[])[(16 * 1024, 200), (16 * 1024 + 1, 400)])
        {
            var body = $$"""{"Meta":{"day":"x"},"Payload":"{{Convert.ToBase64String(new byte[size])}}"}""";
            Assert.Equal(status, (await DispatchAsync("strict", body)).Status);
        }
    }

    [Fact]
    public async Task Dispatch_OfWhatIsNoParentOrIsStopped_IsRefused()
    {
        (await DispatchAsync("nothing", "{}")).IsProblem(404, "not-found");
        await SubmitAsync("plain", "");
        (await DispatchAsync("plain", "{}")).IsProblem(409, "job-not-dispatchable");
        await SubmitAsync("stopped", "\"ParameterizedJob\":{},");
        await host.Acme.Client.SendAsync("DELETE", "/v1/job/stopped");
        (await DispatchAsync("stopped", "{}")).IsProblem(409, "job-not-dispatchable");
    }

    [Fact]
    public async Task Child_SubmittedAgain_KeepsItsOrigin()
    {
        await SubmitAsync("origin", "\"ParameterizedJob\":{},");
        var id = (await DispatchAsync("origin", $$"""{"Payload":"{{Payload}}"}""")).Json.GetProperty("DispatchedJobID").GetString()!;
        var path = "/v1/job/" + id.Replace("/", "%2F", StringComparison.Ordinal);
        var read = await host.Acme.Client.SendAsync("GET", path);

        var again = await host.Acme.Client.SendAsync("PUT", path, $$"""{"Job":{{read.Text.Replace(Payload, "eA==", StringComparison.Ordinal)}}}""");

        Assert.True(again.Status == 200, again.ToString());
        var child = (await FindAsync(id))!;
        Assert.Equal(("origin", true, Payload, 0L), (child.Job.ParentID, child.Job.Dispatched, child.Job.Payload, child.Version));
    }

    private async Task SubmitAsync(string id, string ofJob)
    {
        var answer = await host.Acme.Client.SendAsync("PUT", "/v1/jobs", $$$"""
            {"Job":{{{{ofJob}}}"ID":"{{{id}}}","Type":"{{{JobTypes.Batch}}}","TaskGroups":[{"Name":"main","Tasks":[
              {"Name":"run","Driver":"exec","Config":{"command":"/bin/true"},"DispatchPayload":{"File":"input.txt"}}]}]}}
            """);
        Assert.True(answer.Status == 200, answer.ToString());
    }

    private Task<Answer> DispatchAsync(string id, string body, string query = "") =>
        host.Acme.Client.SendAsync("POST", $"/v1/job/{id}/dispatch{query}", body);

    private async Task<JobRecord?> FindAsync(string id) =>
        (await host.Acme.Scope.JobsOf(host.Acme.ProjectId).GetAsync(ClusterTables.JobRow(id), ClusterJson.Default.JobRecord, default))?.Value;
}
