using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Scheduling;

namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>Jobs that end: by themselves, for every node, by a calendar and by being dispatched.</summary>
[Collection("jobs")]
public sealed class BatchJobTests(JobsSite site)
{
    [Fact]
    public async Task A_batch_job_that_fails_is_restarted_and_rescheduled_as_its_policies_say_and_then_reported()
    {
        await site.RegisterAsync(await site.ParseAsync("batch.nomad.hcl", "sums"));
        await site.AllocationsAsync("sums", static seen => seen is { Length: 2 } && Array.TrueForAll(seen, static one => one.Is("failed")));
        await site.UntilAsync(() => site.GetAsync("/v1/job/sums"), static job => job.Text("Status") == "dead");

        var allocations = (await site.AllocationsAsync("sums", static _ => true)).OrderBy(static one => one.GetProperty("CreateTime").GetInt64()).ToArray();
        Assert.Equal(2, allocations.Length);
        var (first, second) = (await ReadAsync(allocations[0]), await ReadAsync(allocations[1]));
        Assert.Equal(first.Text("ID"), second.Text("PreviousAllocation"));
        Assert.Equal(second.Text("ID"), first.Text("NextAllocation"));
        foreach (var allocation in (JsonElement[])[first, second])
        {
            var task = allocation.GetProperty("TaskStates").GetProperty("add");
            Assert.Equal(("dead", true, 1), (task.Text("State"), task.GetProperty("Failed").GetBoolean(), task.GetProperty("Restarts").GetInt32()));
            var events = task.GetProperty("Events").EnumerateArray().Select(static seen => seen.Text("Type")).ToArray();
            Assert.Equal(2, events.Count(static type => type == "Terminated"));
            Assert.Equal("Not Restarting", events[^1]);
        }

        var summary = (await site.GetAsync("/v1/job/sums/summary")).GetProperty("Summary").GetProperty("main");
        Assert.Equal((2, 0, 0), (summary.GetProperty("Failed").GetInt32(), summary.GetProperty("Running").GetInt32(), summary.GetProperty("Queued").GetInt32()));
        await site.PurgeAsync("sums");
    }

    [Fact]
    public async Task A_system_job_runs_on_every_node_and_a_sysbatch_job_once_on_each()
    {
        await site.RegisterAsync(await site.ParseAsync("system.nomad.hcl", "watch"));
        await site.RegisterAsync(await site.ParseAsync("sysbatch.nomad.hcl", "sweep"));

        var watching = await site.AllocationsAsync("watch", static seen => seen.Running().Length == 2);
        Assert.Equal(["north", "south"], watching.Select(static one => one.Text("NodeName")).Order());
        var swept = await site.AllocationsAsync("sweep", static seen => seen is { Length: 2 } && Array.TrueForAll(seen, static one => one.Is("complete")));
        Assert.Equal(["north", "south"], swept.Select(static one => one.Text("NodeName")).Order());
        await site.UntilAsync(() => site.GetAsync("/v1/job/sweep"), static job => job.Text("Status") == "dead");
        Assert.Equal("running", (await site.GetAsync("/v1/job/watch")).Text("Status"));
        await site.PurgeAsync("watch");
        await site.PurgeAsync("sweep");
    }

    [Fact]
    public async Task A_periodic_job_runs_when_it_is_forced()
    {
        await site.RegisterAsync(await site.ParseAsync("periodic.nomad.hcl", "tick"));
        Assert.Equal(0, (await site.GetAsync("/v1/job/tick/allocations")).GetArrayLength());

        Assert.NotEqual("", (await site.PostAsync("/v1/job/tick/periodic/force", [])).Text("EvalID"));
        var child = (await site.UntilAsync(() => site.GetAsync("/v1/jobs?prefix=tick/periodic-"), static seen => seen is { } jobs && jobs.GetArrayLength() == 1 && jobs[0].Text("Status") == "dead"))[0];
        Assert.Equal("tick", child.Text("ParentID"));
        Assert.Equal("tick strikes\n", await OutputAsync(child.Text("ID"), "strike"));
        var children = (await site.GetAsync("/v1/job/tick/summary")).GetProperty("Children");
        Assert.Equal((0, 0, 1), (children.GetProperty("Pending").GetInt32(), children.GetProperty("Running").GetInt32(), children.GetProperty("Dead").GetInt32()));
        await site.PurgeAsync("tick");
    }

    [Fact]
    public async Task A_parameterized_job_runs_with_what_it_is_dispatched_with()
    {
        await site.RegisterAsync(await site.ParseAsync("parameterized.nomad.hcl", "report"));
        var (status, text) = await site.RefusedAsync(HttpMethod.Put, "/v1/job/report/dispatch", new JsonObject { ["Payload"] = Base64("three bolts") });
        Assert.Equal(500, status);
        Assert.Contains("Dispatch did not provide required meta keys: [day]", text, StringComparison.Ordinal);

        var dispatched = await site.PostAsync("/v1/job/report/dispatch", new JsonObject { ["Payload"] = Base64("three bolts"), ["Meta"] = new JsonObject { ["day"] = "monday" } });
        Assert.Equal("three bolts\nmonday in north\n", await OutputAsync(dispatched.Text("DispatchedJobID"), "print"));
        await site.PurgeAsync("report");
    }

    private async Task<JsonElement> ReadAsync(JsonElement stub) => await site.GetAsync($"/v1/allocation/{stub.Text("ID")}");

    private async Task<string> OutputAsync(string id, string task)
    {
        var allocations = await site.AllocationsAsync(id, static seen => seen is [var only] && only.Is("complete"));
        return (await ReadAsync(allocations[0])).GetProperty("TaskStates").GetProperty(task).Text("OutputTail");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
