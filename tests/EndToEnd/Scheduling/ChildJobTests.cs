using System.Text;
using System.Text.Json.Nodes;

namespace Saas.EndToEnd.Tests.Scheduling;

/// <summary>Jobs that place nothing themselves: their runs are jobs of their own.</summary>
[Collection("scheduling")]
public sealed class ChildJobTests(SchedulingSite site)
{
    [Fact]
    public async Task A_dispatched_job_finds_its_payload_and_its_meta()
    {
        var task = SchedulingSite.Shell("cat $NOMAD_TASK_DIR/in/order.txt; echo; echo $NOMAD_META_day $NOMAD_META_DAY $NOMAD_META_PLANT $NOMAD_JOB_PARENT_ID");
        task["DispatchPayload"] = new JsonObject { ["File"] = "in/order.txt" };
        await site.SubmitAsync(
            "report",
            new JsonObject
            {
                ["Type"] = "batch",
                ["Meta"] = new JsonObject { ["plant"] = "north" },
                ["ParameterizedJob"] = new JsonObject { ["Payload"] = "required", ["MetaRequired"] = new JsonArray("day") },
            },
            new JsonObject { ["Tasks"] = new JsonArray(task) });

        var dispatched = await site.PostAsync("/v1/job/report/dispatch", new JsonObject
        {
            ["Payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("three bolts")),
            ["Meta"] = new JsonObject { ["day"] = "monday" },
        });

        var child = dispatched.Text("DispatchedJobID");
        Assert.StartsWith("report/dispatch-", child, StringComparison.Ordinal);
        var allocations = await site.AllocationsAsync(child, static seen => seen is [var only] && only.Is("complete"));
        var allocation = await site.GetAsync($"/v1/allocation/{allocations[0].Text("ID")}");
        Assert.Equal("three bolts\nmonday monday north report\n", allocation.GetProperty("TaskStates").GetProperty("main").Text("OutputTail"));
        Assert.Equal(0, (await site.GetAsync("/v1/job/report/allocations")).GetArrayLength());
    }

    [Fact]
    public async Task A_periodic_job_is_launched_by_its_times()
    {
        await site.SubmitAsync(
            "tick",
            new JsonObject { ["Type"] = "batch", ["Periodic"] = new JsonObject { ["Spec"] = "*/2 * * * * * *", ["ProhibitOverlap"] = true } },
            new JsonObject { ["Tasks"] = new JsonArray(SchedulingSite.Shell("echo $NOMAD_JOB_ID of $NOMAD_JOB_PARENT_ID")) });

        var children = await site.UntilAsync(
            () => site.GetAsync("/v1/jobs?prefix=tick/periodic-"), static seen => seen.EnumerateArray().Count(static job => job.Text("Status") == "dead") >= 2);
        await site.StopAsync("tick");

        var ids = children.EnumerateArray().Select(static job => job.Text("ID")).ToArray();
        Assert.All(ids, static id => Assert.Equal(0, long.Parse(id["tick/periodic-".Length..], System.Globalization.CultureInfo.InvariantCulture) % 2));
        var allocations = await site.AllocationsAsync(ids[0], static seen => seen is [var only] && only.Is("complete"));
        var allocation = await site.GetAsync($"/v1/allocation/{allocations[0].Text("ID")}");
        Assert.Equal($"{ids[0]} of tick\n", allocation.GetProperty("TaskStates").GetProperty("main").Text("OutputTail"));
    }
}
