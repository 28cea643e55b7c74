using System.Text;
using System.Text.Json;
using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Allocations;

public sealed class ListAllocationTests
{
    [Fact]
    public async Task Pages_OfDocumentsAndRecords_AreTheListInOrder()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (first, second) = (await host.AgentAsync(acme), await host.AgentAsync(acme));

        // Some reported, some not, some gone from their document, on nodes that are mixed in the order of ids.
        var gone = first.Allocation();
        await first.AssignAsync(1, signal: true, gone);
        await first.ReportAsync(TestAgent.Report(gone.Id, 1, ClientStatus.Failed));
        var placed = Enumerable.Range(0, 9).Select(i => first.Allocation(i % 3 == 0 ? "api" : "web")).OrderBy(static allocation => allocation.Id, StringComparer.Ordinal).ToArray();
        placed[8] = placed[8] with { PreviousAllocation = gone.Id };
        await first.AssignAsync(2, signal: true, [.. placed.Where((_, i) => i % 2 == 0)]);
        await second.AssignAsync(1, signal: true, [.. placed.Where((_, i) => i % 2 == 1)]);
        await first.ReportAsync(TestAgent.Report(placed[2].Id, 1));
        await second.ReportAsync(TestAgent.Report(placed[5].Id, 1));

        var whole = await ListAsync(acme, "?");
        Assert.Equal([gone.Id, .. placed.Select(static allocation => allocation.Id)], whole.Select(Id));
        foreach (var query in (string[])["per_page=1", "per_page=3", "per_page=10", "per_page=3&reverse=true", "per_page=2&filter=JobID%20%3D%3D%20web"])
        {
            var wanted = whole.Where(stub => !query.Contains("filter", StringComparison.Ordinal) || stub.GetProperty("JobID").GetString() == "web");
            wanted = query.Contains("reverse", StringComparison.Ordinal) ? wanted.Reverse() : wanted;
            Assert.Equal(wanted.Select(static stub => stub.GetRawText()), (await PagesAsync(acme, query)).Select(static stub => stub.GetRawText()));
        }

        Assert.Equal(placed[8].Id, whole[0].GetProperty("NextAllocation").GetString());
        Assert.Equal([gone.Id], (await ListAsync(acme, $"?per_page=5&filter=NextAllocation%20%3D%3D%20{placed[8].Id}")).Select(Id));
        Assert.Empty(await ListAsync(acme, "?per_page=5&prefix=" + Uri.EscapeDataString("alloc/'%\u00e4")));
        Assert.Equal(10, (await ListAsync(acme, "?per_page=50&next_token=" + Uri.EscapeDataString("a'/\u00e4"))).Count);
    }

    [Fact]
    public async Task Filter_OnEachFieldThatAListShows_FindsWhatTheListShows()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var (web, api) = (agent.Allocation(), agent.Allocation("api") with { JobVersion = 7, JobType = JobTypes.Batch, DeploymentId = "dep_7" });
        await agent.AssignAsync(1, signal: true, web, api with { PreviousAllocation = web.Id });
        await agent.ReportAsync(TestAgent.Report(web.Id, 1, ClientStatus.Failed));

        var whole = await ListAsync(acme, "?");
        Assert.Equal(2, whole.Count);
        var asked = 0;
        foreach (var (stub, field) in whole.SelectMany(static stub => stub.EnumerateObject().Select(field => (stub, field))))
        {
            if (field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            {
                asked++;
                var same = whole.Where(other => other.GetProperty(field.Name).GetRawText() == field.Value.GetRawText()).Select(Id);
                Assert.Equal(same, (await ListAsync(acme, "?filter=" + Uri.EscapeDataString($"{field.Name} == \"{field.Value}\""))).Select(Id));
                Assert.Equal(
                    whole.Select(Id).Except(same),
                    (await ListAsync(acme, "?filter=" + Uri.EscapeDataString($"{field.Name} != \"{field.Value}\""))).Select(Id));
            }
        }

        Assert.True(asked >= 40, $"{asked} fields");
    }

    [Fact]
    public async Task List_AfterAChangeThatNobodySignalled_HasIt()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var (web, api) = (agent.Allocation(), agent.Allocation("api"));
        await agent.AssignAsync(1, signal: false, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));
        Assert.Equal([(web.Id, "running")], (await ListAsync(acme, "?per_page=5")).Select(StatusOf));

        var rows = host.Service<TenantScopes>().For(acme.Tenant).AllocationsOf();
        var record = await rows.GetAsync(web.Id, ClusterJson.Default.AllocationRecord, CancellationToken.None);
        await rows.WriteAsync(
            TableWrite.Upsert(web.Id, TablePartition.Bytes(record!.Value with { ClientStatus = ClientStatus.Lost }, ClusterJson.Default.AllocationRecord)), CancellationToken.None);
        await agent.AssignAsync(2, signal: false, web, api);
        var listed = (await ListAsync(acme, "?per_page=5")).Select(StatusOf).ToArray();
        Assert.Equal(2, listed.Length); // ids of one millisecond have no order
        Assert.Contains((web.Id, "lost"), listed);
        Assert.Contains((api.Id, "pending"), listed);

        await rows.WriteAsync(TableWrite.Delete(web.Id), CancellationToken.None);
        await agent.AssignAsync(3, signal: false, api);
        Assert.Equal([(api.Id, "pending")], (await ListAsync(acme, "?per_page=5")).Select(StatusOf));
    }

    [Fact]
    public async Task Rows_ThatAreKept_AreBounded_AndNeverOlderThanTheStore()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var tenants = host.Service<TenantScopes>();
        var (acme, other) = ((await host.SignUpAsync("acme")).Tenant, (await host.SignUpAsync("other")).Tenant);
        var cache = new RowCache<HeartbeatRecord>(ClusterJson.Default.HeartbeatRecord, maxBytes: 64);
        var bytes = TablePartition.Bytes(new HeartbeatRecord(1), ClusterJson.Default.HeartbeatRecord).Length;
        foreach (var tenant in new[] { acme, other })
        {
            foreach (var row in (string[])["a", "b", "c"])
            {
                await WriteAsync(tenant, row, 1);
            }

            Assert.Equal([1, 1, 1], await ReadAsync(tenant));
            Assert.True(cache.Bytes is > 0 and <= 64, $"{cache.Bytes} of 64 bytes");
        }

        await WriteAsync(other, "b", 2);
        Assert.Equal([1, 2, 1], await ReadAsync(other));
        await tenants.For(other).HeartbeatsOf().WriteAsync(TableWrite.Delete("a"), CancellationToken.None);
        await tenants.For(other).HeartbeatsOf().WriteAsync(TableWrite.Delete("b"), CancellationToken.None);
        Assert.Equal([1], await ReadAsync(other));
        Assert.Equal(bytes, cache.Bytes);

        async Task WriteAsync(Contracts.TenantId tenant, string row, long counter) => await tenants.For(tenant).HeartbeatsOf().WriteAsync(
            TableWrite.Upsert(row, TablePartition.Bytes(new HeartbeatRecord(counter), ClusterJson.Default.HeartbeatRecord)), CancellationToken.None);

        async Task<List<long>> ReadAsync(Contracts.TenantId tenant)
        {
            var found = new List<long>();
            await foreach (var row in cache.ReadAllAsync(tenants.For(tenant).HeartbeatsOf(), RowRange.All, CancellationToken.None, firstPage: 1))
            {
                found.Add(row.Value.Counter);
            }

            return found;
        }
    }

    private static string? Id(JsonElement stub) => stub.GetProperty("ID").GetString();

    private static (string?, string?) StatusOf(JsonElement stub) => (Id(stub), stub.GetProperty("ClientStatus").GetString());

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(Customer customer, string query) =>
        [.. (await customer.Client.GetJsonAsync("/v1/allocations" + query)).EnumerateArray()];

    private static async Task<IReadOnlyList<JsonElement>> PagesAsync(Customer customer, string query)
    {
        var (found, next) = (new List<JsonElement>(), new StringBuilder());
        do
        {
            var page = await customer.Client.SendAsync("GET", $"/v1/allocations?{query}{next}");
            found.AddRange(page.Json.EnumerateArray());
            next.Clear();
            if (page.Headers.TryGetValue("X-Nomad-NextToken", out var token))
            {
                next.Append("&next_token=").Append(token);
            }
        }
        while (next.Length > 0);
        return found;
    }
}
