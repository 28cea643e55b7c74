using System.Text.Json;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs.Versions;

public sealed class RevertJobTests
{
    [Fact]
    public async Task Revert_ToAnOlderVersion_SubmitsItAsANewOne()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 1));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));

        var answer = await acme.Client.SendAsync("POST", "/v1/job/web/revert", """{"JobID":"web","JobVersion":0,"EnforcePriorVersion":1,"ConsulToken":"","VaultToken":""}""");

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.StartsWith("eval_", answer.Json.GetProperty("EvalID").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, answer.Json.GetProperty("JobModifyIndex").GetInt64());
        var job = await acme.Client.GetJsonAsync("/v1/job/web");
        Assert.Equal((2, 1), (job.GetProperty("Version").GetInt64(), job.GetProperty("TaskGroups")[0].GetProperty("Count").GetInt32()));
    }

    [Theory]
    [InlineData("""{"JobID":"web","JobVersion":1}""", 500, "can't revert to current version")]
    [InlineData("""{"JobID":"web","JobVersion":7}""", 500, "job \"web\" in namespace \"default\" at version 7 not found")]
    [InlineData("""{"JobID":"web","JobVersion":0,"EnforcePriorVersion":5}""", 500, "Current job has version 1; enforcing version 5")]
    [InlineData("""{"JobVersion":0}""", 400, "JobID must be specified")]
    [InlineData("""{"JobID":"other","JobVersion":0}""", 400, "Job ID does not match")]
    public async Task Revert_ThatCannotBe_IsRefusedInNomadsWords(string body, int status, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var client = host.PeerClient(acme.Client.DefaultRequestHeaders.Authorization!.Parameter);
        await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 1));
        await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));

        var answer = await client.SendAsync("POST", "/v1/job/web/revert", body);

        Assert.Equal(status, answer.Status);
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stable_OfAVersion_IsShownAndTakenBack()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 1));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));

        Assert.Equal(200, (await StableAsync(acme, 0, true)).Status);
        Assert.Equal(200, (await StableAsync(acme, 1, true)).Status);
        Assert.True((await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Stable").GetBoolean());
        Assert.Equal(200, (await StableAsync(acme, 1, false)).Status);

        Assert.False((await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Stable").GetBoolean());
        Assert.Equal([false, true], (await VersionsAsync(acme)).Select(static version => version.Stable));
        Assert.Equal(404, (await StableAsync(acme, 9, true)).Status);
    }

    [Fact]
    public async Task Submission_IsKeptWithItsVersionAndGoesWithIt()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        for (var version = 0; version < JobVersions.Kept + 2; version++)
        {
            var submission = $$$""","Submission":{"Source":"job {{{version}}}","Format":"hcl2","VariableFlags":{"a":"b"},"Variables":"x = 1"}}""";
            Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: version + 1).TrimEnd()[..^1] + submission)).Status);
        }

        var last = await acme.Client.GetJsonAsync("/v1/job/web/submission?version=7");
        Assert.Equal(("job 7", "hcl2", "x = 1"), (Text(last, "Source"), Text(last, "Format"), Text(last, "Variables")));
        Assert.Equal(("web", 7, 8), (Text(last, "JobID"), last.GetProperty("Version").GetInt32(), last.GetProperty("JobModifyIndex").GetInt32()));
        Assert.Equal(404, (await acme.Client.SendAsync("GET", "/v1/job/web/submission?version=1")).Status);
        Assert.Equal(400, (await acme.Client.SendAsync("GET", "/v1/job/web/submission")).Status);

        // The same again keeps what is known; a new version without one has none.
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: JobVersions.Kept + 2));
        Assert.Equal(200, (await acme.Client.SendAsync("GET", "/v1/job/web/submission?version=7")).Status);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 50));
        Assert.Equal(404, (await acme.Client.SendAsync("GET", "/v1/job/web/submission?version=8")).Status);

        await JobVersions.RemoveAsync(acme.Scope.JobsOf(acme.ProjectId), "web", default);
        Assert.Null(await acme.Scope.JobsOf(acme.ProjectId).GetAsync(JobSubmission.Row("web", 7), default));
    }

    [Fact]
    public async Task Submission_TooLarge_IsLeftOutWithAWarning()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var submission = $$$""","Submission":{"Source":"{{{new string('x', JobSubmission.MaxBytes + 1)}}}","Format":"hcl2"}}""";

        var answer = await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job().TrimEnd()[..^1] + submission);

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Contains("will be discarded", answer.Json.GetProperty("Warnings").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, (await acme.Client.SendAsync("GET", "/v1/job/web/submission?version=0")).Status);
    }

    private static Task<Answer> StableAsync(Customer acme, int version, bool stable) => acme.Client.SendAsync(
        "PUT", "/v1/job/web/stable", JsonSerializer.Serialize(new { JobID = "web", JobVersion = version, Stable = stable, Region = "", Namespace = "", SecretID = "" }));

    private static Task<IReadOnlyList<JobRecord>> VersionsAsync(Customer acme) =>
        JobVersions.ListAsync(acme.Scope.JobsOf(acme.ProjectId), "web", default);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
