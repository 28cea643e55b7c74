using System.Text.Json;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Agents;

public sealed class ReportTests
{
    [Fact]
    public async Task Report_StatusEventsAndOutput_AreShownToTheTenant()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        var before = await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}");
        Assert.Equal(("pending", "run"), (before.GetProperty("ClientStatus").GetString(), before.GetProperty("DesiredStatus").GetString()));
        await host.TakeInboxAsync();

        var answer = await agent.ReportAsync(TestAgent.Report(web.Id, revision: 1, output: "guest booted\n"));

        Assert.Equal("{\"accepted\":1,\"refused\":[]}", answer.Text);
        var shown = await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}");
        Assert.Equal("running", shown.GetProperty("ClientStatus").GetString());
        Assert.Equal("web.main[0]", shown.GetProperty("Name").GetString());
        Assert.Equal("machine-1", shown.GetProperty("NodeName").GetString());
        Assert.Equal(500, shown.GetProperty("TaskResources").GetProperty("server").GetProperty("CPU").GetInt32());
        var task = shown.GetProperty("TaskStates").GetProperty("server");
        Assert.Equal("guest booted\n", task.GetProperty("OutputTail").GetString());
        Assert.Equal("Started", task.GetProperty("Events")[0].GetProperty("Type").GetString());
        Assert.Equal(
            new InboxMessage(acme.Tenant.Value, "eu", InboxKinds.Allocation, acme.ProjectId, web.Id), Assert.Single(await host.TakeInboxAsync()));
        Assert.Equal("running", (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Status").GetString());
        Assert.Equal(1, (await acme.Client.GetJsonAsync("/v1/job/web/summary")).GetProperty("Summary").GetProperty("main").GetProperty("Running").GetInt32());
        foreach (var list in (string[])["/v1/allocations", "/v1/job/web/allocations", $"/v1/node/{agent.NodeId}/allocations", $"/v1/evaluation/{web.EvaluationId}/allocations"])
        {
            var found = await acme.Client.SendAsync("GET", list);
            Assert.True(found.Status == 200 || list.Contains("evaluation", StringComparison.Ordinal), $"{list}: {found}");
        }
    }

    [Fact]
    public async Task Report_SameStatusAgain_DoesNotWakeTheScheduler()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));
        await host.TakeInboxAsync();

        await agent.ReportAsync(TestAgent.Report(web.Id, 2, output: "more"));

        Assert.Empty(await host.TakeInboxAsync());
    }

    [Fact]
    public async Task Report_OlderRevisionOrAfterTheEnd_ChangesNothing()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 5));

        await agent.ReportAsync(TestAgent.Report(web.Id, 4, ClientStatus.Failed));
        Assert.Equal(ClientStatus.Running, await StatusAsync());
        await agent.ReportAsync(TestAgent.Report(web.Id, 6, ClientStatus.Complete));
        await agent.ReportAsync(TestAgent.Report(web.Id, 7));
        Assert.Equal(ClientStatus.Complete, await StatusAsync());

        async Task<string> StatusAsync() =>
            (await acme.Scope.AllocationsOf().GetAsync(web.Id, ClusterJson.Default.AllocationRecord, default))!.Value.ClientStatus;
    }

    [Fact]
    public async Task Report_AfterItLeftTheDocument_IsStillTakenFromItsNode()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));
        await agent.AssignAsync(2, signal: true);

        await agent.ReportAsync(TestAgent.Report(web.Id, 2, ClientStatus.Complete));

        Assert.Equal("complete", (await acme.Client.GetJsonAsync($"/v1/allocation/{web.Id}")).GetProperty("ClientStatus").GetString());
    }

    [Fact]
    public async Task Report_OfAnotherNodesAllocation_IsRefusedAndTheRestTaken()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (one, two) = (await host.AgentAsync(acme), await host.AgentAsync(acme));
        var (mine, theirs, theirsUnreported) = (one.Allocation(), two.Allocation(), two.Allocation());
        await one.AssignAsync(1, signal: true, mine);
        await two.AssignAsync(1, signal: true, theirs, theirsUnreported);
        await two.ReportAsync(TestAgent.Report(theirs.Id, 1));
        await host.TakeInboxAsync();

        var answer = await one.ReportAsync(
            TestAgent.Report(theirs.Id, 9, ClientStatus.Failed), TestAgent.Report(theirsUnreported.Id, 9, ClientStatus.Failed),
            TestAgent.Report(mine.Id, 1), TestAgent.Report("alloc_no/such", 1));

        Assert.Equal(1, answer.Json.GetProperty("accepted").GetInt32());
        Assert.Equal(
            [theirs.Id, theirsUnreported.Id, "alloc_no/such"], answer.Json.GetProperty("refused").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(mine.Id, Assert.Single(await host.TakeInboxAsync()).Id);
        Assert.Equal("running", (await acme.Client.GetJsonAsync($"/v1/allocation/{theirs.Id}")).GetProperty("ClientStatus").GetString());
        Assert.Equal("pending", (await acme.Client.GetJsonAsync($"/v1/allocation/{theirsUnreported.Id}")).GetProperty("ClientStatus").GetString());
    }

    [Fact]
    public async Task Report_LargestOnes_AreStored()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        var placed = Enumerable.Range(0, 120).Select(_ => agent.Allocation()).ToArray();
        await agent.AssignAsync(1, signal: true, placed);

        var answer = await agent.ReportAsync([.. placed.Select(one => TestAgent.Report(one.Id, 1, output: new string('\u001b', 4096)))]);

        Assert.Equal(120, answer.Json.GetProperty("accepted").GetInt32());
        (await agent.ReportAsync(TestAgent.Report(placed[0].Id, 2, output: new string('x', 4097)))).IsProblem(400, "invalid-request");
        (await agent.ReportAsync(TestAgent.Report(placed[0].Id, 2, ClientStatus.Lost))).IsProblem(400, "invalid-request");
        (await agent.ReportAsync(TestAgent.Report(placed[0].Id, 2), TestAgent.Report(placed[0].Id, 3))).IsProblem(400, "invalid-request");
        (await agent.Client.SendAsync("PUT", AgentProtocol.AllocationsPath, "{\"allocations\":[null]}")).IsProblem(400, "invalid-request");
    }

    [Fact]
    public async Task Usage_OfTheNodesOwn_GoesToBillingWithIdsThatRepeat()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var web = agent.Allocation(createdAt: host.Time.GetUtcNow().AddHours(-3));
        await agent.AssignAsync(1, signal: true, web);
        var sample = Sample(host, acme, web.Id, seconds: 60);

        Assert.Equal(202, (await agent.ReportUsageAsync(sample)).Status);
        Assert.Equal(202, (await agent.ReportUsageAsync(sample)).Status);

        var items = await TakeUsageAsync(host);
        Assert.Equal(4, items.Count);
        Assert.Equal(2, items.Select(item => item.Id).Distinct().Count());
        Assert.Equal(60_000L * 500, items.First(item => item.Meter == Meters.Vcpu).Quantity);
        Assert.Equal(60_000L * 256, items.First(item => item.Meter == Meters.Memory).Quantity);
        Assert.All(items, item => Assert.Equal((acme.ProjectId, sample.From), (item.ProjectId, item.At)));

        // Its last moments are reported when it has already gone, and after its job was purged.
        await agent.ReportAsync(TestAgent.Report(web.Id, 1, ClientStatus.Complete));
        await agent.AssignAsync(2, signal: true);
        var record = await acme.Scope.AllocationsOf().GetAsync(web.Id, default);
        await acme.Scope.PurgedAllocationsOf().WriteAsync(TableWrite.Insert(web.Id, record!.Value), default);
        await acme.Scope.AllocationsOf().WriteAsync(TableWrite.Delete(web.Id), default);
        var last = Sample(host, acme, web.Id, seconds: 10);
        Assert.Equal(1, (await agent.ReportUsageAsync(last with { From = last.From.AddSeconds(-1) })).Json.GetProperty("accepted").GetInt32());
        (await acme.Client.SendAsync("GET", $"/v1/allocation/{web.Id}")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task Usage_ThatCannotBeTrue_IsRefusedAndNotBilled()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var other = await host.SignUpAsync("other");
        var (agent, neighbour) = (await host.AgentAsync(acme), await host.AgentAsync(acme));
        var web = agent.Allocation(createdAt: host.Time.GetUtcNow().AddHours(-3));
        var foreign = neighbour.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await neighbour.AssignAsync(1, signal: true, foreign);
        var good = Sample(host, acme, web.Id, seconds: 60);
        UsageSample[] bad =
        [
            good with { ProjectId = other.ProjectId },
            good with { AllocationId = foreign.Id },
            good with { AllocationId = EntityId.New("alloc", host.Time) },
            good with { VcpuMilliMilliseconds = good.VcpuMilliMilliseconds + 1 },
            good with { VcpuMilliMilliseconds = long.MaxValue },
            good with { MemoryMibMilliseconds = -1 },
            good with { To = good.From },
            good with { To = good.From.AddHours(2) },
            good with { From = good.From.AddDays(-30), To = good.To.AddDays(-30) },
            good with { From = good.From.AddDays(30), To = good.To.AddDays(30) },
            good with { From = DateTimeOffset.MinValue, To = DateTimeOffset.MinValue.AddSeconds(1) },
            good with { From = DateTimeOffset.MaxValue.AddSeconds(-1), To = DateTimeOffset.MaxValue },
        ];

        var answer = await agent.ReportUsageAsync(bad);

        Assert.True(answer.Status == 202, answer.ToString());
        Assert.Equal((0, bad.Length), (answer.Json.GetProperty("accepted").GetInt32(), answer.Json.GetProperty("refused").GetArrayLength()));
        Assert.Empty(await TakeUsageAsync(host));
    }

    private static UsageSample Sample(ProvisioningHost host, Customer customer, string allocationId, int seconds)
    {
        var now = host.Time.GetUtcNow();
        var hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddHours(-1);
        return new UsageSample
        {
            AllocationId = allocationId,
            ProjectId = customer.ProjectId,
            From = hour.AddMinutes(5),
            To = hour.AddMinutes(5).AddSeconds(seconds),
            VcpuMilliMilliseconds = seconds * 1000L * 500,
            MemoryMibMilliseconds = seconds * 1000L * 256,
        };
    }

    private static async Task<IReadOnlyList<UsageItem>> TakeUsageAsync(ProvisioningHost host)
    {
        var messages = await host.Queue.ReceiveAsync(ClusterQueues.Usage, 100, TimeSpan.FromMinutes(1), TimeSpan.Zero, default);
        return [.. messages.SelectMany(message => JsonSerializer.Deserialize(message.Body.Span, ClusterJson.Default.UsageMessage)!.Items)];
    }
}
