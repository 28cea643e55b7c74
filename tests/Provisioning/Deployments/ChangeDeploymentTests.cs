using Saas.Cluster;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Deployments;

public sealed class ChangeDeploymentTests
{
    [Fact]
    public async Task Pause_AndResume_AreInTheRowAndToldTheScheduler()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rollouts = new Rollouts(acme);
        var deployment = await rollouts.BeginAsync();
        var job = await rollouts.JobAsync();

        var paused = await rollouts.SendAsync("pause", deployment.Id, "\"Pause\":true");

        Assert.True(paused.Status == 200, paused.ToString());
        Assert.Equal(("", 0), (paused.Json.GetProperty("EvalID").GetString(), paused.Json.GetProperty("EvalCreateIndex").GetInt64()));
        Assert.Equal((DeploymentStatus.Paused, "Deployment is paused"), Status(await rollouts.ReadAsync(deployment.Id)));
        Assert.Equal(
            [new InboxMessage(acme.Tenant.Value, "eu", InboxKinds.Deployment, acme.ProjectId, deployment.Id)], await host.TakeInboxAsync());

        var resumed = await rollouts.SendAsync("pause", deployment.Id, "\"Pause\":false,\"Namespace\":\"default\",\"Region\":\"global\",\"SecretID\":\"\"");

        Assert.Equal((DeploymentStatus.Running, "Deployment is running"), Status(await rollouts.ReadAsync(deployment.Id)));
        var evaluation = await rollouts.EvaluationAsync(resumed.Json.GetProperty("EvalID").GetString()!);
        Assert.Equal(
            (EvaluationTriggers.DeploymentWatcher, EvaluationStatus.Pending, "web"), (evaluation.TriggeredBy, evaluation.Status, evaluation.JobId));
        Assert.Equal([InboxKinds.Deployment, InboxKinds.Job], (await host.TakeInboxAsync()).Select(static message => message.Kind));

        // The job is as it was submitted, but names the evaluation that the scheduler is to find.
        var after = await rollouts.JobAsync();
        Assert.Equal(evaluation.Id, after.EvaluationId);
        Assert.Equal((job.Version, job.JobModifyIndex, job.SubmittedAt), (after.Version, after.JobModifyIndex, after.SubmittedAt));
        Assert.Equal(resumed.Json.GetProperty("DeploymentModifyIndex").GetInt64(), after.ModifyIndex);
        Assert.Equal(after.ModifyIndex, (await acme.Client.GetJsonAsync($"/v1/deployment/{deployment.Id}")).GetProperty("ModifyIndex").GetInt64());

        // What nobody had looked at is not left behind.
        Assert.Equal(EvaluationStatus.Cancelled, (await rollouts.EvaluationAsync(job.EvaluationId!)).Status);
    }

    [Theory]
    [InlineData("pause", "\"Pause\":true", "can't pause terminal deployment")]
    [InlineData("pause", "\"Pause\":false", "can't resume terminal deployment")]
    [InlineData("promote", "\"All\":true", "can't promote terminal deployment")]
    [InlineData("fail", null, "can't fail terminal deployment")]
    [InlineData("unblock", null, "can't unblock terminal deployment")]
    [InlineData("allocation-health", "\"HealthyAllocationIDs\":[\"a\"]", "can't set health of allocations for a terminal deployment")]
    public async Task Terminal_IsRefusedWithNomadsText(string operation, string? members, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rollouts = new Rollouts(acme);
        var deployment = await rollouts.BeginAsync(change: record => record with { Status = DeploymentStatus.Successful });

        var answer = await rollouts.SendAsync(operation, deployment.Id, members);

        Assert.Equal(500, answer.Status);
        Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        Assert.Empty(await host.TakeInboxAsync());
        Assert.Equal(deployment.ModifiedAt, (await rollouts.ReadAsync(deployment.Id)).ModifiedAt);
    }

    [Theory]
    [InlineData("{}", "DeploymentID must be specified")]
    [InlineData("{\"DeploymentID\":\"dep_other\"}", "Deployment ID does not match")]
    public async Task Body_WithoutTheDeploymentOfThePath_IsRefused(string body, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var deployment = await new Rollouts(acme).BeginAsync();

        foreach (var operation in (string[])["promote", "pause", "unblock", "allocation-health"])
        {
            var answer = await acme.Peer.SendAsync("POST", $"/v1/deployment/{operation}/{deployment.Id}", body);
            Assert.Equal(400, answer.Status);
            Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Unblock_OfARunningOne_IsRefused()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rollouts = new Rollouts(acme);
        var deployment = await rollouts.BeginAsync();

        var answer = await rollouts.SendAsync("unblock", deployment.Id);

        Assert.Equal(500, answer.Status);
        Assert.Contains("unblock running deployment", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fail_WithoutAutoRevert_IsMarked()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rollouts = new Rollouts(acme);
        var deployment = await rollouts.BeginAsync();

        var answer = await rollouts.SendAsync("fail", deployment.Id);

        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Json.GetProperty("RevertedJobVersion").ValueKind);
        Assert.Equal((DeploymentStatus.Failed, "Deployment marked as failed"), Status(await rollouts.ReadAsync(deployment.Id)));
        Assert.Equal(EvaluationStatus.Pending, (await rollouts.EvaluationAsync(answer.Json.GetProperty("EvalID").GetString()!)).Status);
    }

    [Fact]
    public async Task Fail_WithAutoRevert_SaysWhereTheJobGoesBackTo()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rollouts = new Rollouts(acme);
        var first = await rollouts.BeginAsync();
        var version = await rollouts.JobAsync();
        await acme.Scope.JobsOf(acme.ProjectId).WriteAsync(
            Storage.Tables.TableWrite.Upsert(
                ClusterTables.VersionRow("web", 0),
                Storage.Tables.TablePartition.Bytes(version with { Stable = true }, ClusterJson.Default.JobRecord)),
            default);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.With("1000", "2000"));
        var second = await rollouts.BeginAsync("api", group => group with { AutoRevert = true });
        await SetAsync(second with { JobId = "web", JobVersion = 1 });
        Assert.Equal(0, first.JobVersion);

        var answer = await rollouts.SendAsync("fail", second.Id);

        Assert.Equal(0, answer.Json.GetProperty("RevertedJobVersion").GetInt64());
        Assert.Equal("Deployment marked as failed - rolling back to job version 0", (await rollouts.ReadAsync(second.Id)).StatusDescription);

        async Task SetAsync(DeploymentRecord record) => await acme.Scope.JobsOf(acme.ProjectId).WriteAsync(
            Storage.Tables.TableWrite.Upsert(
                ClusterTables.DeploymentRow(record.Id), Storage.Tables.TablePartition.Bytes(record, ClusterJson.Default.DeploymentRecord)),
            default);
    }

    [Fact]
    public async Task Change_ByManyAtOnce_LosesNone()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var rollouts = new Rollouts(acme);
        var deployment = await rollouts.BeginAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => rollouts.SendAsync(i == 0 ? "fail" : "pause", deployment.Id, $"\"Pause\":{(i % 2 == 0 ? "true" : "false")}")));

        Assert.Equal(200, answers[0].Status);
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 500, answer.ToString()));
        Assert.Equal(DeploymentStatus.Failed, (await rollouts.ReadAsync(deployment.Id)).Status);
    }

    private static (string, string) Status(DeploymentRecord record) => (record.Status, record.StatusDescription);
}
