using Saas.Cluster;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

internal static class NodeScenarios
{
    private const long Minute = 60_000_000_000;

    private static readonly string[] Running = ["job web v0", "web[0] v0", "web[1] v0"];

    public static CrashScenario Down => new(
        "a node dies",
        static play => PrepareAsync(play, Apart()),
        static async play =>
        {
            play.Agents.Silence("node_b");
            await play.UntilAsync("the node to be down", static rows => rows.Nodes["node_b"].Status == NodeStatus.Down);
        },
        [.. Running, "node node_b down"]);

    public static CrashScenario Disconnect => new(
        "a node is cut off and comes back",
        static play => PrepareAsync(play, Apart() with
        {
            Disconnect = new DisconnectStrategy { LostAfter = 10 * Minute, Replace = true, Reconcile = ReconcileOptions.BestScore },
        }),
        static async play =>
        {
            play.Agents.Silence("node_b");
            await play.UntilAsync("another in its place", static rows =>
                rows.Nodes["node_b"].Status == NodeStatus.Disconnected && rows.Assigned.Count() == 3
                && rows.Records.Values.Count(static record => record.UnknownSince is not null) == 1);
            play.Agents.Unsilence("node_b");
        },
        Running);

    public static CrashScenario Drain => new(
        "a node is drained",
        static play => PrepareAsync(play, Apart() with { Migrate = new MigrateStrategy { MaxParallel = 1 } }),
        static play => play.World.DrainAsync("node_b"),
        [.. Running, "node node_b ready ineligible"]);

    /// <summary>On two nodes, so that one is on node_b.</summary>
    private static TaskGroup Apart() =>
        TestPlatform.Group(count: 2) with { Constraints = [new Constraint { Operand = "distinct_hosts" }] };

    private static async Task PrepareAsync(Play play, TaskGroup web)
    {
        await play.Agents.EnrolAsync("node_a");
        await play.Agents.EnrolAsync("node_b");
        await play.World.SubmitAsync("web", web);
        await play.SettleAsync(Running);
        await play.Agents.EnrolAsync("node_c");
        await play.RoundAsync();
    }
}
