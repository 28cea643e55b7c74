using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

internal static class JobScenarios
{
    /// <summary>2026-01-01T00:00:00Z, where the clock begins.</summary>
    private const long Midnight = 1_767_225_600;

    public static CrashScenario Placing => new(
        "placing, scaling, rescheduling",
        static async play =>
        {
            await play.Agents.EnrolAsync("node_a");
            await play.Agents.EnrolAsync("node_b");
            await play.RoundAsync();
        },
        static async play =>
        {
            await play.World.SubmitAsync("web", TestPlatform.Group(count: 3) with
            {
                Networks = [new NetworkResource { Mode = "host", DynamicPorts = [new Port { Label = "http" }, new Port { Label = "admin" }] }],
            });
            await play.World.SubmitAsync("fixed", TestPlatform.Group(count: 2) with
            {
                Networks = [new NetworkResource { Mode = "host", ReservedPorts = [new Port { Label = "dns", Value = 53 }] }],
            });
            await play.World.SubmitAsync("gpu", WithDevices(TestPlatform.Group(count: 2)));
            await play.World.SubmitAsync("agent", TestPlatform.Group(), JobTypes.System);
            await play.World.SubmitAsync("task", TestPlatform.Group(count: 2, command: "short"), JobTypes.Batch);
            await play.World.SubmitAsync("flaky", TestPlatform.Group(command: "flaky"));
            await play.RoundAsync();
            await play.World.SubmitAsync("web", TestPlatform.Group(count: 1));
        },
        [
            "agent[0] v0 on node_a", "agent[0] v0 on node_b", "fixed[0] v0", "fixed[1] v0", "flaky[0] v0", "gpu[0] v0", "gpu[1] v0",
            "task[0] v0 complete", "task[1] v0 complete", "web[0] v1",
            "job agent v0", "job fixed v0", "job flaky v0", "job gpu v0", "job task v0", "job web v1",
        ]);

    public static CrashScenario Purge => new(
        "purge, and the same name again",
        static async play =>
        {
            await play.Agents.EnrolAsync("node_a");
            await play.World.SubmitAsync("web", Rolled());
            await play.SettleAsync(["deployment of web v0 successful", "job web v0 stable", "web[0] v0", "web[1] v0"]);
        },
        static async play =>
        {
            await play.World.StopAsync("web", purge: true);
            await play.UntilAsync("the job to be gone", static rows => rows.Jobs.Count == 0);
            await play.World.SubmitAsync("web", TestPlatform.Group(command: "short"), JobTypes.Batch);
        },
        ["job web v0", "web[0] v0 complete"]);

    public static CrashScenario Periodic => new(
        "periodic launches",
        static async play =>
        {
            await play.World.FoundAsync();
            await play.Agents.EnrolAsync("node_a");
            await play.World.SubmitAsync(
                "cron", TestPlatform.Group(command: "short"), JobTypes.Batch,
                periodic: new PeriodicConfig { Enabled = true, Spec = "10,20 0 1 1 *", SpecType = "cron", ProhibitOverlap = true, TimeZone = "UTC" });
            await play.SettleAsync(["job cron v0"]);
        },
        static async play =>
        {
            await play.PassAsync(TimeSpan.FromMinutes(9));
            await play.UntilAsync("the first launch", static rows => rows.Jobs.Count == 2);
            await play.PassAsync(TimeSpan.FromMinutes(8));
        },
        [
            "job cron v0", Launch(600, "job {0} v0"), Launch(600, "{0}[0] v0 complete"), Launch(1200, "job {0} v0"), Launch(1200, "{0}[0] v0 complete"),
        ]);

    public static CrashScenario Pruning => new(
        "definitions that nobody names any more",
        static async play =>
        {
            await play.Agents.EnrolAsync("node_a");
            await play.World.SubmitAsync("web", TestPlatform.Group(command: "one"));
            await play.SettleAsync(["job web v0", "web[0] v0"]);
            await play.World.SubmitAsync("web", TestPlatform.Group(command: "two"));
            await play.SettleAsync(["job web v1", "web[0] v1"]);
        },
        static async play =>
        {
            while (await play.World.Platform.DefinitionsAsync() > 1)
            {
                await play.PassAsync(TimeSpan.FromMinutes(70));
            }

            await play.World.SubmitAsync("web", TestPlatform.Group(command: "one"));
        },
        ["job web v2", "web[0] v2"]);

    /// <summary>What nobody looked at while no host was there: failures, ends, changes, a purge, a dead node.</summary>
    public static CrashScenario AllAtOnce => new(
        "all at once",
        static async play =>
        {
            foreach (var node in (string[])["node_a", "node_b", "node_c"])
            {
                await play.Agents.EnrolAsync(node);
            }

            await play.World.SubmitAsync("web", TestPlatform.Group(count: 3));
            await play.World.SubmitAsync("task", TestPlatform.Group(count: 2), JobTypes.Batch);
            await play.World.SubmitAsync("gone", TestPlatform.Group());
            await play.SettleAsync(
                ["gone[0] v0", "job gone v0", "job task v0", "job web v0", "task[0] v0", "task[1] v0", "web[0] v0", "web[1] v0", "web[2] v0"]);
            var platform = play.World.Platform;
            var (doneOn, done) = (await platform.LiveAsync("task")).Single(static entry => entry.Allocation.Index == 0);
            await platform.ReportAsync(doneOn, done, ClientStatus.Complete);
            await play.World.SendAsync(platform.AllocationNews(done.Id));
            var (failedOn, failed) = (await platform.LiveAsync("web"))[0];
            await platform.ReportAsync(failedOn, failed, ClientStatus.Failed);
            await play.World.SendAsync(platform.AllocationNews(failed.Id));
            await play.World.SubmitAsync("task", TestPlatform.Group(count: 2), JobTypes.Batch);
            await play.World.SubmitAsync("new", TestPlatform.Group(count: 2));
            await play.World.StopAsync("gone", purge: true);
            play.Agents.Silence("node_b");
        },
        static async play =>
        {
            await play.RoundAsync();
            await play.World.SubmitAsync("web", TestPlatform.Group(count: 2, command: "other"));
            await play.RoundAsync();
        },
        [
            "job new v0", "job task v1", "job web v1", "new[0] v0", "new[1] v0", "node node_b down",
            "task[0] v0 complete", "task[0] v1", "task[1] v1", "web[0] v1", "web[1] v1",
        ]);

    private static string Launch(int seconds, string line) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, line, $"cron/periodic-{Midnight + seconds}");

    private static TaskGroup WithDevices(TaskGroup group) => group with
    {
        Tasks = [group.Tasks![0] with { Resources = group.Tasks[0].Resources! with { Devices = [new RequestedDevice { Name = TestPlatform.Device, Count = 1 }] } }],
    };

    private static TaskGroup Rolled() => TestPlatform.Group(count: 2) with
    {
        Update = new UpdateStrategy { MaxParallel = 1, Canary = 0, AutoRevert = false, AutoPromote = false, ProgressDeadline = 0 },
    };
}
