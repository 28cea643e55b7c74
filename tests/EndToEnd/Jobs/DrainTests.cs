using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Scheduling;

namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>A node is drained: what runs there goes elsewhere, no faster than the job allows, and is gone by the deadline.</summary>
[Collection("jobs")]
public sealed class DrainTests(JobsSite site)
{
    private const int Count = 4;

    [Fact]
    public async Task A_drained_node_empties_without_more_than_max_parallel_being_down()
    {
        await site.RegisterAsync(await site.ParseAsync("service.nomad.hcl", "fleet", $"count={Count}"));
        await site.DeploymentAsync("fleet", 0, "successful");
        var north = (await site.GetAsync("/v1/nodes")).EnumerateArray().Single(static node => node.Text("Name") == "north").Text("ID");
        Assert.Contains(await site.AllocationsAsync("fleet", static seen => seen.Running().Length == Count), allocation => allocation.Text("NodeID") == north);

        await site.PostAsync($"/v1/node/{north}/drain", new JsonObject { ["DrainSpec"] = new JsonObject { ["Deadline"] = 60_000_000_000 } });
        var fewest = Count;
        var node = await site.UntilAsync(
            async () =>
            {
                var allocations = await site.AllocationsAsync("fleet", static _ => true);
                fewest = Math.Min(fewest, allocations.Running().Length);
                return await site.GetAsync($"/v1/node/{north}");
            },
            static node => node.GetProperty("DrainStrategy").ValueKind == JsonValueKind.Null);

        Assert.Equal(Count - 1, fewest);
        Assert.Equal("ineligible", node.Text("SchedulingEligibility"));
        var after = await site.AllocationsAsync("fleet", static seen => seen.Running().Length == Count);
        Assert.DoesNotContain(after.Running(), allocation => allocation.Text("NodeID") == north);
        Assert.All(after.Where(allocation => allocation.Text("NodeID") == north), static allocation => Assert.Equal("complete", allocation.Text("ClientStatus")));

        await site.PostAsync($"/v1/node/{north}/eligibility", new JsonObject { ["Eligibility"] = "eligible" });
        await site.PurgeAsync("fleet");
    }
}
