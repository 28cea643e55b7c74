using System.Text.Json.Nodes;

namespace Saas.EndToEnd.Tests.Scheduling;

/// <summary>What happens where there is no room: the reason can be read, and who is more important gets it.</summary>
[Collection("scheduling")]
public sealed class RoomTests(SchedulingSite site)
{
    private const string RunsOn = "trap 'exit 0' TERM; while :; do sleep 1; done";

    [Fact]
    public async Task A_port_that_is_taken_blocks_and_says_so_until_it_is_free()
    {
        await site.SubmitAsync("first", new JsonObject { ["Type"] = "service" }, WithPort());
        var first = await site.AllocationsAsync("first", static seen => seen is [var only] && only.Is("running"));
        var ports = (await site.GetAsync($"/v1/allocation/{first[0].Text("ID")}")).GetProperty("AllocatedResources").GetProperty("Shared").GetProperty("Ports");
        Assert.Equal(("http", 18_080), (ports[0].Text("Label"), ports[0].GetProperty("Value").GetInt32()));
        Assert.NotEqual("", ports[0].Text("HostIP"));

        var id = await site.SubmitAsync("second", new JsonObject { ["Type"] = "service" }, WithPort());
        var evaluation = await site.UntilAsync(() => site.GetAsync($"/v1/evaluation/{id}"), static seen => seen.Text("BlockedEval").Length > 0);
        Assert.Equal(("complete", "blocked"), (evaluation.Text("Status"), (await site.GetAsync($"/v1/evaluation/{evaluation.Text("BlockedEval")}")).Text("Status")));

        var metrics = evaluation.GetProperty("FailedTGAllocs").GetProperty("main");
        Assert.Equal((1, 0, 1), (metrics.GetProperty("NodesEvaluated").GetInt32(), metrics.GetProperty("NodesFiltered").GetInt32(), metrics.GetProperty("NodesExhausted").GetInt32()));
        Assert.Equal("network: port collision", Assert.Single(metrics.GetProperty("DimensionExhausted").EnumerateObject()).Name);

        await site.StopAsync("first");
        await site.AllocationsAsync("second", static seen => seen is [var only] && only.Is("running"));
        await site.StopAsync("second");
    }

    [Fact]
    public async Task Who_takes_anothers_room_starts_when_that_one_has_ended()
    {
        var notes = Path.Combine(site.NotesFolder, "order");
        var node = (await site.GetAsync("/v1/nodes"))[0].Text("ID");
        var most = (await site.GetAsync($"/v1/node/{node}")).GetProperty("NodeResources").GetProperty("Memory").GetProperty("MemoryMB").GetInt32() / 10 * 6;
        await SubmitAsync("meek", 30, $"trap 'sleep 2; echo meek ended >> {notes}; exit 0' TERM; echo meek started >> {notes}; while :; do sleep 0.2; done");
        var meek = await site.AllocationsAsync("meek", static seen => seen is [var only] && only.Is("running"));
        await site.UntilAsync(() => ReadAsync(notes), static lines => lines.Length == 1);

        await SubmitAsync("bold", 70, $"echo bold started >> {notes}; {RunsOn}");
        await site.AllocationsAsync("bold", static seen => seen is [var only] && only.Is("running"));

        Assert.Equal(["meek started", "meek ended", "bold started"], await site.UntilAsync(() => ReadAsync(notes), static lines => lines.Length == 3));
        var victim = await site.GetAsync($"/v1/allocation/{meek[0].Text("ID")}");
        Assert.Equal(("evict", "complete"), (victim.Text("DesiredStatus"), victim.Text("ClientStatus")));
        var waiting = await site.UntilAsync(
            () => site.GetAsync("/v1/job/meek/evaluations"), static seen => seen.EnumerateArray().Any(static evaluation => evaluation.Text("Status") == "blocked"));
        Assert.Contains("memory", waiting.GetRawText(), StringComparison.Ordinal);
        await site.StopAsync("meek");
        await site.StopAsync("bold");

        Task<string> SubmitAsync(string id, int priority, string script) => site.SubmitAsync(
            id,
            new JsonObject { ["Type"] = "service", ["Priority"] = priority },
            new JsonObject { ["Tasks"] = new JsonArray(SchedulingSite.Shell(script, most)) });
    }

    private static async Task<string[]> ReadAsync(string path) => File.Exists(path) ? await File.ReadAllLinesAsync(path) : [];

    private static JsonObject WithPort() => new()
    {
        ["Networks"] = new JsonArray(new JsonObject { ["ReservedPorts"] = new JsonArray(new JsonObject { ["Label"] = "http", ["Value"] = 18_080 }) }),
        ["Tasks"] = new JsonArray(SchedulingSite.Shell(RunsOn)),
    };
}
