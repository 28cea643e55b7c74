using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

internal static class RollOutScenarios
{
    private const long Minute = 60_000_000_000;

    private static readonly string[] RolledOut =
    [
        "deployment of web v1 successful", "job web v1 stable", "web[0] v1", "web[1] v1", "web[2] v1",
    ];

    public static CrashScenario Rolling => new(
        "rolling update", play => PrepareAsync(play, Web("one")), static play => play.World.SubmitAsync("web", Web("two")), RolledOut);

    public static CrashScenario Canary => new(
        "canary, promoted by a user",
        play => PrepareAsync(play, Web("one", canary: 1)),
        static async play =>
        {
            await play.World.SubmitAsync("web", Web("two", canary: 1));
            await play.UntilAsync("the canary to be well", static rows =>
                rows.LatestDeploymentOf("web") is { Value: { JobVersion: 1 } deployment }
                && deployment.Groups["web"] is { PlacedCanaries.Count: 1, Healthy: 1 });
            await play.World.PromoteAsync("web");
        },
        RolledOut);

    public static CrashScenario AutoRevert => new(
        "auto-revert",
        play => PrepareAsync(play, Web("one")),
        static play => play.World.SubmitAsync("web", Web("broken")),
        ["deployment of web v2 successful", "job web v2 stable", "web[0] v2", "web[1] v2", "web[2] v2"]);

    private static TaskGroup Web(string command, int canary = 0) => TestPlatform.Group(count: 3, command: command) with
    {
        Update = new UpdateStrategy
        {
            MaxParallel = 1,
            Canary = canary,
            AutoRevert = true,
            AutoPromote = false,
            HealthCheck = HealthChecks.TaskStates,
            MinHealthyTime = Minute / 6,
            HealthyDeadline = 5 * Minute,
            ProgressDeadline = 0, // one that is unhealthy fails it
        },
    };

    private static async Task PrepareAsync(Play play, TaskGroup web)
    {
        await play.Agents.EnrolAsync("node_a");
        await play.Agents.EnrolAsync("node_b");
        await play.World.SubmitAsync("web", web);
        await play.SettleAsync(
            ["deployment of web v0 successful", "job web v0 stable", "web[0] v0", "web[1] v0", "web[2] v0"]);
    }
}
