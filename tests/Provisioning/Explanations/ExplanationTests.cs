using System.Text.Json;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Explanations;

/// <summary>Why something is where it is, or nowhere: what the scheduler wrote down, in Nomad's shape.</summary>
public sealed class ExplanationTests
{
    [Fact]
    public async Task Evaluation_OfWhatWasNotPlaced_HasAllOfNomadsAllocMetric()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var evaluation = Evaluation(acme) with
        {
            Status = EvaluationStatus.Blocked,
            WaitUntil = DateTimeOffset.UnixEpoch,
            DeploymentId = "deployment_1",
            FailedPlacements = new Dictionary<string, PlacementFailure> { ["main"] = Everything with { Missing = 3, Scores = null } },
        };
        await PutAsync(acme, evaluation);

        var body = await acme.Client.GetJsonAsync($"/v1/evaluation/{evaluation.Id}");

        Assert.Equal("deployment_1", body.GetProperty("DeploymentID").GetString());
        Assert.Equal(DateTimeOffset.UnixEpoch, body.GetProperty("WaitUntil").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("PlacedTGAllocs").ValueKind);
        Assert.Equal(3, body.GetProperty("QueuedAllocations").GetProperty("main").GetInt32());
        Assert.Equal(
            """
            {"NodesEvaluated":9,"NodesFiltered":4,"NodesInPool":10,"NodesAvailable":{"plant":12},"ClassFiltered":{"small":1},
            "ConstraintFiltered":{"${attr.cpu.arch} = arm64":4},"NodesExhausted":5,"ClassExhausted":{"big":2},"DimensionExhausted":{"memory":5},
            "QuotaExhausted":["memory"],"ScoreMetaData":null,"AllocationTime":0,"CoalescedFailures":2}
            """.ReplaceLineEndings(""),
            Text(body.GetProperty("FailedTGAllocs").GetProperty("main")));
    }

    /// <summary>Nomad's clients wait until an evaluation is complete, for ever if it is blocked itself.</summary>
    [Fact]
    public async Task Evaluation_ThatWaits_IsCompleteAndNamesOneThatIsBlocked()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var row = Evaluation(acme) with
        {
            Status = EvaluationStatus.Blocked,
            StatusDescription = "waits for room",
            HasWaited = true,
            FailedPlacements = new Dictionary<string, PlacementFailure> { ["main"] = Everything with { Missing = 3, Scores = null } },
        };
        await PutAsync(acme, row);

        var first = await acme.Client.GetJsonAsync($"/v1/evaluation/{row.Id}?related=true");
        var blockedId = Text(first, "BlockedEval");
        var blocked = await acme.Client.GetJsonAsync($"/v1/evaluation/{blockedId}?related=true");

        Assert.Equal(("complete", ""), (Text(first, "Status"), Text(first, "StatusDescription")));
        Assert.Equal(("blocked", "waits for room", "queued-allocs"), (Text(blocked, "Status"), Text(blocked, "StatusDescription"), Text(blocked, "TriggeredBy")));
        Assert.Equal((blockedId, row.Id), (Text(blocked, "ID"), Text(blocked, "PreviousEval")));
        Assert.Equal(blockedId, Text(Assert.Single(first.GetProperty("RelatedEvals").EnumerateArray()), "ID"));
        Assert.Equal(row.Id, Text(Assert.Single(blocked.GetProperty("RelatedEvals").EnumerateArray()), "ID"));
        Assert.Equal([blockedId], Ids(await acme.Client.GetJsonAsync("/v1/evaluations?status=blocked")));
        Assert.Equal([blockedId, row.Id], Ids(await acme.Client.GetJsonAsync($"/v1/job/{row.JobId}/evaluations")));
        Assert.Equal([row.Id], Ids(await acme.Client.GetJsonAsync($"/v1/evaluations?prefix={row.Id[..^1]}")));

        await PutAsync(acme, row with { Status = EvaluationStatus.Complete, FailedPlacements = new Dictionary<string, PlacementFailure>() });
        Assert.Equal("complete", Text(await acme.Client.GetJsonAsync($"/v1/evaluation/{blockedId}"), "Status"));

        static string Text(JsonElement body, string member) => body.GetProperty(member).GetString()!;
        static string[] Ids(JsonElement bodies) => [.. bodies.EnumerateArray().Select(static body => Text(body, "ID"))];
    }

    [Fact]
    public async Task Evaluation_OfWhatWasPlaced_HasTheScores()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var evaluation = Evaluation(acme) with { Placements = new Dictionary<string, PlacementFailure> { ["main"] = Everything } };
        await PutAsync(acme, evaluation);

        var body = await acme.Client.GetJsonAsync($"/v1/evaluation/{evaluation.Id}");

        Assert.Equal(JsonValueKind.Null, body.GetProperty("FailedTGAllocs").ValueKind);
        Assert.Equal(("", "0001-01-01T00:00:00Z"), (body.GetProperty("DeploymentID").GetString(), body.GetProperty("WaitUntil").GetString()));
        Assert.Equal(
            """[{"NodeID":"node_1","Scores":{"binpack":0.5,"job-anti-affinity":-0.25},"NormScore":0.125}]""",
            Text(body.GetProperty("PlacedTGAllocs").GetProperty("main").GetProperty("ScoreMetaData")));
    }

    [Fact]
    public async Task Evaluation_OfAnOlderVersionsRow_IsReadable()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var evaluation = Evaluation(acme) with
        {
            FailedPlacements = new Dictionary<string, PlacementFailure>
            {
                ["main"] = new() { Missing = 1, NodesEvaluated = 1, NodesFiltered = 0, NodesExhausted = 1, DimensionExhausted = new Dictionary<string, int> { ["cpu"] = 1 } },
            },
        };
        await PutAsync(acme, evaluation);

        var metrics = (await acme.Client.GetJsonAsync($"/v1/evaluation/{evaluation.Id}")).GetProperty("FailedTGAllocs").GetProperty("main");

        Assert.Equal(("""{"cpu":1}""", JsonValueKind.Null), (Text(metrics.GetProperty("DimensionExhausted")), metrics.GetProperty("NodesAvailable").ValueKind));
    }

    [Fact]
    public async Task Allocation_ShowsItsPortsDevicesDeploymentAndWhyItIsThere()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var evaluation = Evaluation(acme) with { Placements = new Dictionary<string, PlacementFailure> { ["main"] = Everything } };
        await PutAsync(acme, evaluation);
        var web = agent.Allocation() with
        {
            EvaluationId = evaluation.Id,
            DesiredDescription = "why",
            DeploymentId = "deployment_1",
            Canary = true,
            Score = 0.75,
            Ports = [new AssignedPort("admin", 8080, 0, "default", "192.0.2.7"), new AssignedPort("http", 23456, 0, "default", "192.0.2.7")],
            Devices = [new AssignedDevice("server", "nvidia", "gpu", "a100", ["GPU-1"])],
        };
        web = web with
        {
            TaskGroup = web.TaskGroup with
            {
                EphemeralDisk = new EphemeralDisk { SizeMB = 150 },
                Networks =
                [
                    new NetworkResource
                    {
                        Mode = "host", ReservedPorts = [new Port { Label = "admin", Value = 8080 }], DynamicPorts = [new Port { Label = "http" }],
                    },
                ],
            },
        };
        await agent.AssignAsync(1, signal: true, web);

        var body = await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}");

        Assert.Equal(("why", "deployment_1"), (body.GetProperty("DesiredDescription").GetString(), body.GetProperty("DeploymentID").GetString()));
        Assert.Equal("""{"Healthy":null,"Timestamp":"0001-01-01T00:00:00Z","Canary":true,"ModifyIndex":0}""", Text(body.GetProperty("DeploymentStatus")));
        Assert.Equal(
            """
            {"Tasks":{"server":{"Cpu":{"CpuShares":500,"ReservedCoreCount":0},"Memory":{"MemoryMB":256,"MemoryMaxMB":0},
            "Devices":[{"Vendor":"nvidia","Type":"gpu","Name":"a100","DeviceIDs":["GPU-1"]}]}},
            "Shared":{"DiskMB":150,"Networks":[{"Mode":"host","IP":"192.0.2.7",
            "ReservedPorts":[{"Label":"admin","Value":8080,"To":0,"HostNetwork":"default"}],
            "DynamicPorts":[{"Label":"http","Value":23456,"To":0,"HostNetwork":"default"}]}],
            "Ports":[{"Label":"admin","Value":8080,"To":0,"HostIP":"192.0.2.7"},{"Label":"http","Value":23456,"To":0,"HostIP":"192.0.2.7"}]}}
            """.ReplaceLineEndings(""),
            Text(body.GetProperty("AllocatedResources")));
        Assert.Equal(
            [("node_1", 0.125, 2), (agent.NodeId, 0.75, 0)],
            body.GetProperty("Metrics").GetProperty("ScoreMetaData").EnumerateArray().Select(static node => (
                node.GetProperty("NodeID").GetString()!, node.GetProperty("NormScore").GetDouble(), node.GetProperty("Scores").EnumerateObject().Count())));

        await agent.ReportAsync(TestAgent.Report(web.Id, 1) with { Healthy = true, DeploymentId = "deployment_1" });
        var status = (await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}")).GetProperty("DeploymentStatus");
        Assert.Equal((true, true), (status.GetProperty("Healthy").GetBoolean(), status.GetProperty("Canary").GetBoolean()));
        Assert.True(status.GetProperty("Timestamp").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Allocation_WhoseEvaluationIsForgotten_HasNoMetricsAndOneWithoutDeploymentNoStatus()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);

        var body = await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}");

        Assert.Equal(JsonValueKind.Null, body.GetProperty("DeploymentStatus").ValueKind);
        Assert.Equal((0, JsonValueKind.Null), (body.GetProperty("Metrics").GetProperty("NodesEvaluated").GetInt32(), body.GetProperty("Metrics").GetProperty("ScoreMetaData").ValueKind));
        Assert.Equal("""{"DiskMB":300,"Networks":[],"Ports":[]}""", Text(body.GetProperty("AllocatedResources").GetProperty("Shared")));
    }

    [Fact]
    public async Task Assignment_DoesNotTellTheAgentItsScore()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        await agent.AssignAsync(1, signal: true, agent.Allocation() with { Score = 0.75 });

        var answer = await agent.Client.SendAsync("GET", $"{AgentProtocol.AssignmentPath}?index=0&wait=0");

        Assert.DoesNotContain("score", answer.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static PlacementFailure Everything => new()
    {
        Missing = 0,
        NodesEvaluated = 9,
        NodesFiltered = 4,
        NodesExhausted = 5,
        NodesInPool = 10,
        NodesAvailable = new Dictionary<string, int> { ["plant"] = 12 },
        ClassFiltered = new Dictionary<string, int> { ["small"] = 1 },
        ClassExhausted = new Dictionary<string, int> { ["big"] = 2 },
        ConstraintFiltered = new Dictionary<string, int> { ["${attr.cpu.arch} = arm64"] = 4 },
        DimensionExhausted = new Dictionary<string, int> { ["memory"] = 5 },
        QuotaExhausted = ["memory"],
        Scores = [new NodeScores("node_1", new Dictionary<string, double> { ["binpack"] = 0.5, ["job-anti-affinity"] = -0.25 }, 0.125)],
    };

    private static EvaluationRecord Evaluation(Customer customer) => new()
    {
        Id = EntityId.New("eval", customer.Host.Time),
        ProjectId = customer.ProjectId,
        JobId = "web",
        JobType = JobTypes.Service,
        Priority = 50,
        TriggeredBy = EvaluationTriggers.JobRegister,
        Status = EvaluationStatus.Complete,
        JobModifyIndex = 7,
        CreatedAt = customer.Host.Time.GetUtcNow(),
        ModifiedAt = customer.Host.Time.GetUtcNow(),
    };

    private static async Task PutAsync(Customer customer, EvaluationRecord evaluation) => await customer.Scope.JobsOf(customer.ProjectId).WriteAsync(
        TableWrite.Upsert(ClusterTables.EvaluationRow(evaluation.Id), TablePartition.Bytes(evaluation, ClusterJson.Default.EvaluationRecord)),
        CancellationToken.None);

    private static string Text(JsonElement element) => element.GetRawText();
}
