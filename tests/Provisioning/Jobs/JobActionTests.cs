using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs;

/// <summary>What Nomad's clients do to a job beside registering it.</summary>
public sealed class JobActionTests
{
    private const string Periodic = ",\"Type\":\"batch\",\"Periodic\":{\"Spec\":\"0 0 1 1 *\"}";

    [Fact]
    public async Task Periodic_Forced_IsLaunchedAsAChild()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("backup", more: Periodic));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        var forced = await acme.Client.SendAsync("PUT", "/v1/job/backup/periodic/force");
        Assert.True(forced.Status == 200, forced.ToString());
        var evaluation = await acme.Client.GetJsonAsync($"/v1/evaluation/{forced.Json.GetProperty("EvalID").GetString()}");

        var child = evaluation.GetProperty("JobID").GetString()!;
        Assert.StartsWith("backup/periodic-", child, StringComparison.Ordinal);
        Assert.Equal("periodic-job", evaluation.GetProperty("TriggeredBy").GetString());
        Assert.Equal("backup", (await acme.Client.GetJsonAsync($"/v1/job/{child}")).GetProperty("ParentID").GetString());
        Assert.Equal(409, (await acme.Client.SendAsync("PUT", "/v1/job/web/periodic/force")).Status);
        Assert.Equal(404, (await acme.Client.SendAsync("PUT", "/v1/job/none/periodic/force")).Status);
        Assert.Equal(409, (await acme.Client.SendAsync("PUT", "/v1/job/backup/evaluate")).Status);
    }

    [Fact]
    public async Task Validate_TellsAllFaultsInOneAnswer()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var writes = host.Store.Writes;

        var good = await acme.Client.SendAsync("PUT", "/v1/validate/job", JobTexts.Job());
        var bad = await acme.Client.SendAsync("POST", "/v1/validate/job", JobTexts.Job(count: -1, more: ",\"Priority\":700"));

        Assert.Equal("""{"DriverConfigValidated":true,"ValidationErrors":null,"Error":"","Warnings":""}""", good.Text);
        Assert.Equal(2, bad.Json.GetProperty("ValidationErrors").GetArrayLength());
        Assert.StartsWith("2 errors occurred:", bad.Json.GetProperty("Error").GetString(), StringComparison.Ordinal);
        Assert.Equal(writes, host.Store.Writes);
    }

    [Fact]
    public async Task Stop_WithNomadsParameters_IsAnsweredAsNomadDoes()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var client = host.PeerClient(acme.Client.DefaultRequestHeaders.Authorization!.Parameter);
        await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        var missing = await client.SendAsync("DELETE", "/v1/job/none");
        var unclear = await client.SendAsync("DELETE", "/v1/job/web?purge=maybe");
        var priority = await client.SendAsync("DELETE", "/v1/job/web?eval_priority=101");
        var hurried = await client.SendAsync("DELETE", "/v1/job/web?no_shutdown_delay=true");
        var stopped = await client.SendAsync("DELETE", "/v1/job/web?purge=false&global=true&eval_priority=90&no_shutdown_delay=false");

        Assert.Equal((200, ""), (missing.Status, missing.Json.GetProperty("EvalID").GetString()));
        Assert.Equal((500, "Failed to parse value of \"purge\" (maybe) as a bool: strconv.ParseBool: parsing \"maybe\": invalid syntax"), (unclear.Status, unclear.Text));
        Assert.Equal((400, "Eval priority must be between 1 and 100 inclusively"), (priority.Status, priority.Text));
        Assert.Equal(400, hurried.Status);
        var evaluation = await client.GetJsonAsync($"/v1/evaluation/{stopped.Json.GetProperty("EvalID").GetString()}");
        Assert.Equal((90, "job-deregister"), (evaluation.GetProperty("Priority").GetInt32(), evaluation.GetProperty("TriggeredBy").GetString()));
    }

    [Fact]
    public async Task Register_AsNomadsClientSendsIt_IsAccepted()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var envelope = JobTexts.Job(count: 3).TrimEnd()[..^1]
            + ""","Submission":null,"PreserveCounts":true,"PreserveResources":true,"EvalPriority":77,"Region":"","Namespace":"","SecretID":""}""";
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 2));

        var answer = await acme.Client.SendAsync("PUT", "/v1/jobs", envelope.Replace("\"CPU\":500", "\"CPU\":900", StringComparison.Ordinal));

        Assert.True(answer.Status == 200, answer.ToString());
        var group = (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("TaskGroups")[0];
        Assert.Equal((2, 500), (group.GetProperty("Count").GetInt32(), group.GetProperty("Tasks")[0].GetProperty("Resources").GetProperty("CPU").GetInt32()));
        Assert.Equal("null", (await acme.Client.SendAsync("GET", "/v1/job/web/deployment")).Text);
        Assert.Equal("[]", (await acme.Client.SendAsync("GET", "/v1/job/web/deployments")).Text);
    }
}
