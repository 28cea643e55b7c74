using Saas.Cluster;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

internal static class RoomScenarios
{
    public static CrashScenario Preemption => new(
        "preemption, and room later",
        static async play =>
        {
            await play.World.SetAsync(new SchedulerSettings { PreemptForService = true });
            await play.Agents.EnrolAsync("node_a", memoryMb: 1000);
            await play.World.SubmitAsync("low", TestPlatform.Group(memoryMb: 500), priority: 20);
            await play.World.SubmitAsync("lower", TestPlatform.Group(memoryMb: 500), priority: 10);
            await play.SettleAsync(["job low v0", "job lower v0", "low[0] v0", "lower[0] v0"]);
        },
        static async play =>
        {
            await play.World.SubmitAsync("high", TestPlatform.Group(memoryMb: 900), priority: 80);
            await play.UntilAsync("both to have made room", static rows =>
                rows.Assigned.Count() == 1 && rows.Evaluations.Count(static evaluation => evaluation.Status == EvaluationStatus.Blocked) == 2);
            await play.Agents.EnrolAsync("node_b", memoryMb: 1000);
        },
        ["job high v0", "job low v0", "job lower v0", "high[0] v0", "low[0] v0", "lower[0] v0"]);

    public static CrashScenario Quota => new(
        "a quota, and a larger one",
        static async play =>
        {
            await play.Agents.EnrolAsync("node_a");
            await play.World.SetQuotaAsync(allocations: 2);
            await play.RoundAsync();
        },
        static async play =>
        {
            await play.World.SubmitAsync("web", TestPlatform.Group(count: 3));
            await play.UntilAsync("the quota to be used up", static rows => rows.Assigned.Count() == 2
                && rows.Evaluations.Any(static evaluation => evaluation.Status == EvaluationStatus.Blocked));
            await play.World.SetQuotaAsync(allocations: 3);
        },
        ["job web v0", "web[0] v0", "web[1] v0", "web[2] v0"]);
}
