using System.Text.Json;
using Saas.Cluster;
using Saas.Identity.Access;
using Saas.Identity.Rows;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Jobs;

public sealed class RegisterJobTests
{
    [Fact]
    public async Task Put_NewJob_IsCommittedWithItsEvaluationAndTheSchedulerIsWoken()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        Assert.True(answer.Status == 200, answer.ToString());
        var evalId = answer.Json.GetProperty("EvalID").GetString()!;
        Assert.Equal(1, answer.Json.GetProperty("JobModifyIndex").GetInt64());
        Assert.Equal("1", answer.Headers["X-Nomad-Index"]);
        var rows = acme.Scope.JobsOf(acme.ProjectId);
        var job = await rows.GetAsync(ClusterTables.JobRow("web"), ClusterJson.Default.JobRecord, default);
        Assert.Equal(("eu", 0, 50, "service"), (job!.Value.Region, job.Value.Version, job.Value.Job.Priority!.Value, job.Value.Job.Type));
        var evaluation = await rows.GetAsync(ClusterTables.EvaluationRow(evalId), ClusterJson.Default.EvaluationRecord, default);
        Assert.Equal((EvaluationStatus.Pending, EvaluationTriggers.JobRegister), (evaluation!.Value.Status, evaluation.Value.TriggeredBy));
        Assert.Equal(
            new InboxMessage(acme.Tenant.Value, "eu", InboxKinds.Job, acme.ProjectId, "web"), Assert.Single(await host.TakeInboxAsync()));
    }

    [Fact]
    public async Task Put_SameJobAgain_KeepsTheVersionAndEvaluatesAgain()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        var again = await acme.Client.SendAsync("POST", "/v1/job/web", JobTexts.Job());
        Assert.Equal(2, again.Json.GetProperty("JobModifyIndex").GetInt64());
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Version").GetInt64());

        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));
        var job = await acme.Client.GetJsonAsync("/v1/jobs/web");
        Assert.Equal((1, 1), (job.GetProperty("Version").GetInt64(), job.GetProperty("CreateIndex").GetInt64()));
        Assert.Equal(3, (await acme.Client.GetJsonAsync("/v1/job/web/evaluations")).GetArrayLength());
    }

    [Fact]
    public async Task Put_WhatWasRead_ChangesNothing()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        var read = await acme.Client.SendAsync("GET", "/v1/job/web");
        var again = await acme.Client.SendAsync("PUT", "/v1/job/web", $$"""{"Job":{{read.Text}}}""");

        Assert.True(again.Status == 200, again.ToString());
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Version").GetInt64());
    }

    [Fact]
    public async Task Put_EnforcedIndex_IsComparedAsNomadDoes()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        Task<Answer> Register(long index) => acme.Client.SendAsync(
            "PUT", "/v1/jobs", JobTexts.Job().TrimEnd()[..^1] + $$""","EnforceIndex":true,"JobModifyIndex":{{index}}}""");

        var missing = (await Register(7)).IsProblem(409, "job-index-conflict");
        Assert.Equal("Enforcing job modify index 7: job does not exist", missing.Json.GetProperty("detail").GetString());
        Assert.Equal(200, (await Register(0)).Status);
        var exists = (await Register(0)).IsProblem(409, "job-index-conflict");
        Assert.Equal("Enforcing job modify index 0: job already exists", exists.Json.GetProperty("detail").GetString());
        var moved = (await Register(5)).IsProblem(409, "job-index-conflict");
        Assert.Equal(
            "Enforcing job modify index 5: job exists with conflicting job modify index: 1", moved.Json.GetProperty("detail").GetString());
        Assert.Equal(200, (await Register(1)).Status);
    }

    [Fact]
    public async Task Put_ManyAtOnceIntoOneProject_AllAreAcceptedWithIndexesWithoutGaps()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job($"job-{i}"))));

        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.ToString()));
        Assert.Equal(Enumerable.Range(1, 40), answers.Select(answer => answer.Json.GetProperty("JobModifyIndex").GetInt32()).Order());
        Assert.Equal(40, (await host.TakeInboxAsync()).Count);
    }

    [Fact]
    public async Task Put_MoreJobsThanThePlanHas_ExactlyTheQuotaIsAccepted()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rows = acme.Scope.IdentityRows();
        var tenant = await rows.GetAsync(IdentityTable.TenantRow, IdentityJson.Default.TenantRecord, default);
        await rows.WriteAsync(
            TableWrite.Replace(
                tenant!.Row,
                TablePartition.Bytes(tenant.Value.WithUsed(Identity.Quotas.QuotaKind.Jobs, 990), IdentityJson.Default.TenantRecord), tenant.ETag),
            default);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job($"job-{i}"))));

        Assert.Equal(10, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.IsProblem(403, "quota-exceeded"));
        Assert.Equal(10, (await acme.Client.GetJsonAsync("/v1/jobs")).GetArrayLength());

        // A job that is there is not counted again.
        var known = answers.Index().First(answer => answer.Item.Status == 200).Index;
        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job($"job-{known}", count: 3))).Status);
    }

    [Fact]
    public async Task Put_PlaceLeftBehindByACrash_IsFoundWhenThereIsNoOther()
    {
        var time = new TestKit.FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");
        var rows = acme.Scope.IdentityRows();
        var tenant = await rows.GetAsync(IdentityTable.TenantRow, IdentityJson.Default.TenantRecord, default);
        await rows.WriteAsync(
            TableWrite.Replace(
                tenant!.Row,
                TablePartition.Bytes(tenant.Value.WithUsed(Identity.Quotas.QuotaKind.Jobs, 999), IdentityJson.Default.TenantRecord), tenant.ETag),
            default);
        await host.Service<Identity.Quotas.TenantQuotas>().HoldJobAsync(acme.Scope, acme.ProjectId, "never-written", default);
        (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job())).IsProblem(403, "quota-exceeded");

        time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job())).Status);
    }

    [Fact]
    public async Task Put_RegionNotClear_NamesTheRegions()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme", region: null);
        (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job())).IsProblem(409, "no-site");

        await host.AddSiteAsync(acme, "north", "eu");
        await host.AddSiteAsync(acme, "south", "us");
        var several = (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job())).IsProblem(400, "invalid-request");
        Assert.Contains("eu, us", several.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(more: ",\"Region\":\"us\""))).Status);

        // Placed once, it need not be named again, and cannot be moved.
        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2))).Status);
        (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(more: ",\"Region\":\"eu\""))).IsProblem(409, "job-region-fixed");
    }

    /// <summary>As Nomad's Go client leaves them: the group's policy is in each task, and what is not set is sent all the same.</summary>
    [Theory]
    [InlineData("service", 2, 1800000000000)]
    [InlineData("batch", 3, 86400000000000)]
    public async Task Put_WithTheGroupsRestartsInEachTask_IsTheSameJobAsWithout(string type, int attempts, long interval)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var plain = JobTexts.Job(more: $",\"Type\":\"{type}\"");
        var policy = $$"""{"Attempts":{{attempts}},"Interval":{{interval}},"Delay":15000000000,"Mode":"fail","RenderTemplates":false}""";

        var first = await acme.Client.SendAsync("PUT", "/v1/jobs", plain.Replace("\"Driver\":", $"\"RestartPolicy\":{policy},\"Driver\":", StringComparison.Ordinal));
        await acme.Client.SendAsync("PUT", "/v1/jobs", plain);

        Assert.True(first.Status == 200, first.ToString());
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Version").GetInt64());
    }

    [Fact]
    public async Task Put_WithRestartsOfATask_FillsThemUpFromItsGroup()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var plain = JobTexts.Job();
        await acme.Client.SendAsync("PUT", "/v1/jobs", plain);
        var own = plain.Replace("\"Driver\":", "\"RestartPolicy\":{\"Attempts\":7,\"Mode\":\"delay\"},\"Driver\":", StringComparison.Ordinal);

        var submitted = await acme.Client.SendAsync("PUT", "/v1/jobs", own);

        Assert.True(submitted.Status == 200, submitted.ToString());
        var policy = (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("TaskGroups")[0].GetProperty("Tasks")[0].GetProperty("RestartPolicy");
        Assert.Equal(7, policy.GetProperty("Attempts").GetInt32());
        Assert.Equal(("delay", 1_800_000_000_000, 15_000_000_000), (policy.GetProperty("Mode").GetString(), policy.GetProperty("Interval").GetInt64(), policy.GetProperty("Delay").GetInt64()));
    }

    [Fact]
    public async Task Put_ProjectByNameIdHeaderOrBody_GoesToTheSameProject()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var shop = await host.AddProjectAsync(acme, "shop");

        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs?namespace=shop", JobTexts.Job("a"))).Status);
        Assert.Equal(200, (await acme.Client.SendAsync("PUT", $"/v1/jobs?namespace={shop.Id}", JobTexts.Job("b"))).Status);
        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("c", more: ",\"Namespace\":\"shop\""))).Status);
        (await acme.Client.SendAsync("PUT", "/v1/jobs?namespace=nowhere", JobTexts.Job("d"))).IsProblem(404, "not-found");

        Assert.Equal(3, (await acme.Client.GetJsonAsync("/v1/jobs?namespace=shop")).GetArrayLength());
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/jobs")).GetArrayLength());
        Assert.Equal(3, (await acme.Client.GetJsonAsync("/v1/jobs?namespace=*")).GetArrayLength());
        Assert.Equal("shop", (await acme.Client.GetJsonAsync("/v1/job/a?namespace=shop")).GetProperty("Namespace").GetString());
    }

    [Fact]
    public async Task KeyOfOneProject_ReachesThatProjectUnderAnyNameAndNoOther()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var shop = await host.AddProjectAsync(acme, "shop");
        var key = await host.KeyAsync(acme, BuiltInPolicies.Developer, shop.Id);

        Assert.Equal(200, (await key.SendAsync("PUT", "/v1/jobs?namespace=shop", JobTexts.Job())).Status);
        Assert.Equal(200, (await key.SendAsync("PUT", "/v1/jobs", JobTexts.Job(more: ",\"Namespace\":\"shop\""))).Status);
        (await key.SendAsync("PUT", "/v1/jobs", JobTexts.Job())).IsProblem(403, "forbidden");
        (await key.SendAsync("GET", "/v1/jobs?namespace=*")).IsProblem(403, "forbidden");
        (await key.SendAsync("GET", "/v1/jobs")).IsProblem(403, "forbidden");
        Assert.Equal(200, (await key.SendAsync("GET", $"/v1/jobs?namespace={shop.Id}")).Status);
    }

    [Fact]
    public async Task Put_PreservedCounts_KeepsThoseOfTheGroupsThatExist()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 7));

        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 1).TrimEnd()[..^1] + ",\"PreserveCounts\":true}");

        var job = await acme.Client.GetJsonAsync("/v1/job/web");
        Assert.Equal(7, job.GetProperty("TaskGroups")[0].GetProperty("Count").GetInt32());
    }

    [Fact]
    public async Task Put_CostsOneBatchAndOneMessageForAJobThatExists()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var before = host.Store.Writes;

        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));

        Assert.Equal(2, host.Store.Writes - before);
    }

    [Fact]
    public async Task Delete_StopsTheJob_AndPurgeMarksItForTheScheduler()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("team/web"));

        var stopped = await acme.Client.SendAsync("DELETE", "/v1/job/team%2Fweb");
        Assert.True(stopped.Status == 200, stopped.ToString());
        var job = await acme.Client.GetJsonAsync("/v1/job/team%2Fweb");
        Assert.Equal(("dead", true), (job.GetProperty("Status").GetString(), job.GetProperty("Stop").GetBoolean()));

        await acme.Client.SendAsync("DELETE", "/v1/jobs/team%2Fweb?purge=true");
        var record = await acme.Scope.JobsOf(acme.ProjectId).GetAsync(ClusterTables.JobRow("team/web"), ClusterJson.Default.JobRecord, default);
        Assert.True(record!.Value.Purge);
        Assert.Equal("", (await acme.Client.SendAsync("DELETE", "/v1/job/none")).Json.GetProperty("EvalID").GetString());

        // Submitted again before the scheduler got to it: it is wanted after all.
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("team/web"));
        record = await acme.Scope.JobsOf(acme.ProjectId).GetAsync(ClusterTables.JobRow("team/web"), ClusterJson.Default.JobRecord, default);
        Assert.False(record!.Value.Purge);
        Assert.False(record.Value.Job.Stop);
    }

    [Fact]
    public async Task List_PagesAndPrefix_GiveEveryJobOnce()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        foreach (var id in (string[])["api-1", "api-2", "api-3", "web-1", "Übung"])
        {
            Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(id))).Status);
        }

        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await acme.Client.SendAsync("GET", $"/v1/jobs?per_page=2&next_token={Uri.EscapeDataString(token)}");
            seen.AddRange(page.Json.EnumerateArray().Select(job => job.GetProperty("ID").GetString()!));
            token = page.Headers.GetValueOrDefault("X-Nomad-NextToken", "");
        }
        while (token.Length > 0);

        Assert.Equal(["api-1", "api-2", "api-3", "web-1", "Übung"], seen.Order(StringComparer.Ordinal));
        Assert.Equal(3, (await acme.Client.GetJsonAsync("/v1/jobs?prefix=api-")).GetArrayLength());
        var stub = (await acme.Client.GetJsonAsync("/v1/jobs?prefix=web"))[0];
        Assert.Equal("pending", stub.GetProperty("Status").GetString());
        var summary = stub.GetProperty("JobSummary").GetProperty("Summary").GetProperty("main");
        Assert.Equal(1, summary.GetProperty("Queued").GetInt32());
        (await acme.Client.SendAsync("GET", "/v1/jobs?filter=Nothing==web")).IsProblem(400, "invalid-request");
        (await acme.Client.SendAsync("GET", "/v1/jobs?per_page=x")).IsProblem(400, "invalid-request");
        (await acme.Client.SendAsync("GET", "/v1/jobs?next_token=junk")).IsProblem(400, "invalid-request");
        Assert.Equal(JsonValueKind.Array, (await acme.Client.GetJsonAsync("/v1/jobs?prefix=%00")).ValueKind);
    }
}
