using System.Text.Json;
using Saas.Cluster;
using Saas.Cluster.Trials;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Provisioning.Tests.Jobs.Planning;

/// <summary>Plans, answered by the scheduler's hand.</summary>
public sealed class PlanJobTests
{
    [Fact]
    public async Task Plan_OfAChange_TellsCountsAndAnnotatedDifferences()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 1));
        await host.TakeInboxAsync();
        var body = JobTexts.With("\"Count\":1", "\"Count\":3").Replace("500", "900", StringComparison.Ordinal).TrimEnd()[..^1]
            + ",\"Diff\":true,\"PolicyOverride\":false,\"Region\":\"\",\"Namespace\":\"\",\"SecretID\":\"\"}";

        var planning = acme.Client.SendAsync("POST", "/v1/job/web/plan", body);
        var trial = await AnswerAsync(host, acme, new PlannedUpdates { Place = 2, DestructiveUpdate = 1 });
        var plan = await planning;

        Assert.True(plan.Status == 200, plan.ToString());
        Assert.Equal((1, 3, "eu"), (trial.Record.Version, trial.Record.Job.TaskGroups![0].Count!.Value, trial.Record.Region));
        var desired = plan.Json.GetProperty("Annotations").GetProperty("DesiredTGUpdates").GetProperty("main");
        Assert.Equal(
            """{"Ignore":0,"Place":2,"Migrate":0,"Stop":0,"InPlaceUpdate":0,"DestructiveUpdate":1,"Canary":0,"Preemptions":0,"Disconnect":0,"Reconnect":0,"RescheduleNow":0,"RescheduleLater":0}""",
            desired.GetRawText());
        Assert.Equal((1, "0001-01-01T00:00:00Z"), (plan.Json.GetProperty("JobModifyIndex").GetInt32(), plan.Json.GetProperty("NextPeriodicLaunch").GetString()));
        Assert.Equal(JsonValueKind.Null, plan.Json.GetProperty("FailedTGAllocs").ValueKind);
        var group = plan.Json.GetProperty("Diff").GetProperty("TaskGroups")[0];
        Assert.Equal("""{"create":2,"create/destroy update":1}""", group.GetProperty("Updates").GetRawText());
        Assert.Equal(
            """{"Type":"Edited","Name":"Count","Old":"1","New":"3","Annotations":["forces create"]}""", group.GetProperty("Fields")[0].GetRawText());
        Assert.Equal("""["forces create/destroy update"]""", group.GetProperty("Tasks")[0].GetProperty("Annotations").GetRawText());

        // Nothing is registered, and nothing is left behind.
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Version").GetInt64());
        Assert.Empty((await acme.Scope.PlanTrialsOf("eu").QueryAsync(RowRange.All, 10, null, default)).Rows);
    }

    [Fact]
    public async Task Plan_OfANewPeriodicJob_TellsItsNextLaunchAndWhyItDoesNotFit()
    {
        var time = new FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");

        var planning = acme.Client.SendAsync(
            "PUT", "/v1/job/web/plan", JobTexts.Job(more: ",\"Type\":\"batch\",\"Periodic\":{\"Spec\":\"0 6 * * *\",\"TimeZone\":\"Europe/Berlin\"}").TrimEnd()[..^1] + ",\"Diff\":true}");
        await AnswerAsync(host, acme, new PlannedUpdates { Place = 1 }, new PlacementFailure { Missing = 1, NodesEvaluated = 3, NodesFiltered = 3, NodesExhausted = 0 });
        var plan = await planning;

        Assert.Equal("2026-01-01T05:00:00Z", plan.Json.GetProperty("NextPeriodicLaunch").GetString());
        Assert.Equal(3, plan.Json.GetProperty("FailedTGAllocs").GetProperty("main").GetProperty("NodesFiltered").GetInt32());
        Assert.Equal(("Added", 0), (plan.Json.GetProperty("Diff").GetProperty("Type").GetString(), plan.Json.GetProperty("JobModifyIndex").GetInt32()));
        Assert.Equal("""["forces create"]""", plan.Json.GetProperty("Diff").GetProperty("TaskGroups")[0].GetProperty("Tasks")[0].GetProperty("Annotations").GetRawText());
        Assert.Equal(404, (await acme.Client.SendAsync("GET", "/v1/job/web")).Status);
    }

    [Fact]
    public async Task Plan_ThatNobodyAnswers_IsUnavailableAfterAWhile()
    {
        var time = new FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");
        using var client = host.PeerClient(acme.Client.DefaultRequestHeaders.Authorization!.Parameter);

        var planning = client.SendAsync("PUT", "/v1/job/web/plan", JobTexts.Job());
        await Poll.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return planning.IsCompleted;
            },
            "the plan to be given up");

        var answer = await planning;
        Assert.Equal((500, "No cluster leader"), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("""{"Diff":true}""", 400, "Job must be specified")]
    [InlineData("""{"Job":{"ID":"other"}}""", 400, "Job ID does not match name")]
    [InlineData("""{"Job":{"ID":"web"}}""", 500, "1 error occurred:\n\t* Job.TaskGroups: ")]
    public async Task Plan_OfWhatCannotBe_IsRefusedAsARegistrationIs(string body, int status, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var client = host.PeerClient(acme.Client.DefaultRequestHeaders.Authorization!.Parameter);

        var answer = await client.SendAsync("PUT", "/v1/job/web/plan", body);

        Assert.True(answer.Status == status, answer.ToString());
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
        Assert.Empty(await host.TakeInboxAsync());
    }

    /// <summary>Waits for the question, and answers it as the leader of the cell does.</summary>
    private static async Task<PlanTrial> AnswerAsync(ProvisioningHost host, Customer acme, PlannedUpdates updates, PlacementFailure? failure = null)
    {
        IReadOnlyList<InboxMessage> asked = [];
        await Poll.UntilAsync(async () => (asked = await host.TakeInboxAsync()).Count > 0, "the question");
        var message = Assert.Single(asked);
        Assert.Equal((InboxKinds.Plan, "eu"), (message.Kind, message.Region));
        var rows = acme.Scope.PlanTrialsOf("eu");
        var row = (await rows.GetAsync(message.Id, ClusterJson.Default.PlanTrial, default))!;
        var answered = row.Value with
        {
            Result = new PlanTrialResult
            {
                Groups = new Dictionary<string, PlannedUpdates> { ["main"] = updates },
                FailedPlacements = failure is null ? new Dictionary<string, PlacementFailure>() : new Dictionary<string, PlacementFailure> { ["main"] = failure },
                Preempted = [],
            },
        };
        await rows.WriteAsync(TableWrite.Replace(row.Row, TablePartition.Bytes(answered, ClusterJson.Default.PlanTrial), row.ETag), default);
        host.Signal.Raise(ClusterTopics.Tenant(acme.Tenant.Value));
        return row.Value;
    }
}
