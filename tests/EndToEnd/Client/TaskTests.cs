using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>Restart, signal, statistics and garbage collection of a real agent's allocations, through Nomad's endpoints.</summary>
[Collection("client")]
public sealed class TaskTests(ClientSite site)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Looping = "echo run; trap 'echo got usr1' USR1; while :; do sleep 0.05; done";

    [Fact]
    public async Task A_restart_runs_the_task_anew_and_leaves_its_restart_policy_alone()
    {
        var id = await site.RunAsync("restarted", "", tasks: new JsonArray(ClientSite.Task("main", Looping), ClientSite.Task("side", Looping)));

        // More often than the policy of a service would allow.
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal((200, """{"Index":0}"""), await site.PostAsync(Path(id, "restart"), new JsonObject { ["TaskName"] = "main" }));
            await StateAsync(id, "main", state => state.GetProperty("Restarts").GetInt32() == i + 1 && state.GetProperty("State").GetString() == "running");
        }

        var events = (await StateAsync(id, "main", static _ => true)).GetProperty("Events").EnumerateArray()
            .Select(static e => (e.GetProperty("Type").GetString(), e.GetProperty("Message").GetString())).ToList();
        Assert.Contains(("Restart Signaled", "User requested task to restart"), events);
        Assert.Contains(events, static e => e.Item1 == "Restarting");
        Assert.Equal(0, (await StateAsync(id, "side", static _ => true)).GetProperty("Restarts").GetInt32());

        Assert.Equal(200, (await site.PostAsync(Path(id, "restart"), new JsonObject { ["AllTasks"] = true })).Status);
        await StateAsync(id, "side", static state => state.GetProperty("Restarts").GetInt32() == 1);
        Assert.Equal((500, "Could not find task runner for task: nix"), await site.PostAsync(Path(id, "restart"), new JsonObject { ["TaskName"] = "nix" }));
        Assert.Equal(
            (500, "task name cannot be set when restarting all tasks"),
            await site.PostAsync(Path(id, "restart"), new JsonObject { ["TaskName"] = "main", ["AllTasks"] = true }));
        Assert.Equal((404, "Unknown allocation \"alloc_nix\""), await site.PostAsync(Path("alloc_nix", "restart"), []));
        await site.Customer.StopJobAsync("restarted");
    }

    [Fact]
    public async Task A_signal_reaches_the_task_and_is_among_its_events()
    {
        var id = await site.RunAsync("signalled", Looping);
        var log = System.IO.Path.Combine(site.FolderOf(id), "alloc/logs/main.stdout.0");
        await Eventually.Async(() => File.ReadAllTextAsync(log), static seen => seen.Contains("run", StringComparison.Ordinal), Patience, static seen => seen);

        Assert.Equal((200, """{"Index":0}"""), await site.PostAsync(Path(id, "signal"), new JsonObject { ["Signal"] = "SIGUSR1", ["Task"] = "main" }));
        Assert.Equal(200, (await site.PostAsync(Path(id, "signal"), new JsonObject { ["Signal"] = "SIGUSR1" })).Status);

        await Eventually.Async(() => File.ReadAllTextAsync(log), static seen => seen.Contains("got usr1", StringComparison.Ordinal), Patience, static seen => seen);
        await StateAsync(id, "main", static state => state.GetProperty("Events").EnumerateArray().Any(static e =>
            e.GetProperty("Type").GetString() == "Signaling" && e.GetProperty("Message").GetString() == "Task being sent signal SIGUSR1"));
        Assert.Equal((500, "Task not found"), await site.PostAsync(Path(id, "signal"), new JsonObject { ["Signal"] = "SIGUSR1", ["Task"] = "nix" }));
        Assert.Equal(500, (await site.PostAsync(Path(id, "signal"), new JsonObject { ["Signal"] = "SIGNIX", ["Task"] = "main" })).Status);
        await site.Customer.StopJobAsync("signalled");
    }

    [Fact]
    public async Task Statistics_tell_what_a_task_and_a_node_use()
    {
        var id = await site.RunAsync("busy", "while :; do :; done");

        // On a busy machine it may have had no turn in the tenth of a second that the first look takes.
        var stats = await Eventually.Async(
            () => site.JsonAsync($"{Path(id, "stats")}?task=main"),
            static seen => UsageOf(seen).GetProperty("CpuStats").GetProperty("Percent").GetDouble() is > 3 and < 150, Patience, static seen => $"{seen}");
        var main = UsageOf(stats);
        Assert.InRange(main.GetProperty("MemoryStats").GetProperty("RSS").GetInt64(), 100_000, 50_000_000);
        Assert.Equal(main.GetRawText(), stats.GetProperty("ResourceUsage").GetRawText());
        await site.Customer.StopJobAsync("busy");

        var node = (await site.Customer.AllocationAsync(id)).GetProperty("NodeID").GetString();
        var host = await site.JsonAsync($"/v1/client/stats?node_id={node}");
        Assert.Equal(Environment.ProcessorCount, host.GetProperty("CPU").GetArrayLength());
        Assert.All(host.GetProperty("CPU").EnumerateArray(), static core => Assert.InRange(core.GetProperty("TotalPercent").GetDouble(), 0, 100));
        Assert.True(host.GetProperty("Memory").GetProperty("Total").GetInt64() > host.GetProperty("Memory").GetProperty("Available").GetInt64());
        Assert.True(host.GetProperty("AllocDirStats").GetProperty("Size").GetInt64() > 0);
        Assert.Equal((400, "No local Node and node_id not provided"), await site.GetAsync("/v1/client/stats"));
        Assert.Equal((404, "Unknown node \"node_nix\""), await site.GetAsync("/v1/client/stats?node_id=node_nix"));
    }

    [Fact]
    public async Task What_has_ended_is_collected_and_what_runs_is_not()
    {
        Assert.Equal((500, "No such allocation on client, or allocation not eligible for GC"), await site.GetAsync(Path(site.Allocation, "gc")));
        var (first, second) = (await EndedAsync("over-1"), await EndedAsync("over-2"));

        Assert.Equal((200, ""), await site.GetAsync(Path(first, "gc")));
        Assert.False(Directory.Exists(site.FolderOf(first)));
        Assert.True(Directory.Exists(site.FolderOf(second)));
        Assert.Equal(404, (await site.GetAsync($"/v1/client/fs/ls/{first}")).Status);

        var node = (await site.Customer.AllocationAsync(second)).GetProperty("NodeID").GetString();
        Assert.Equal((200, ""), await site.GetAsync($"/v1/client/gc?node_id={node}"));
        Assert.False(Directory.Exists(site.FolderOf(second)));
        Assert.True(Directory.Exists(site.AllocationFolder));
    }

    private static JsonElement UsageOf(JsonElement stats) => stats.GetProperty("Tasks").GetProperty("main").GetProperty("ResourceUsage");

    private async Task<string> EndedAsync(string job)
    {
        var id = await site.RunAsync(job, "exec sleep 1000");
        await site.Customer.StopJobAsync(job);
        await Eventually.Async(
            () => site.Customer.AllocationsAsync(job), static seen => seen.All(static a => a.State == "complete"), Patience, static seen => string.Join(", ", seen));
        return id;
    }

    private static string Path(string allocation, string operation) => $"/v1/client/allocation/{allocation}/{operation}";

    private Task<JsonElement> StateAsync(string id, string task, Func<JsonElement, bool> until) => Eventually.Async(
        async () => (await site.Customer.AllocationAsync(id)).GetProperty("TaskStates").GetProperty(task), until, Patience, seen => $"{seen}\n{site.Transcript}");
}
