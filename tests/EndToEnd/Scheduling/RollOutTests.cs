using System.Text.Json.Nodes;
using Saas.Cluster;

namespace Saas.EndToEnd.Tests.Scheduling;

/// <summary>A new version replaces the old one by one, as far as the agent finds them well; one that is not well goes back.</summary>
[Collection("scheduling")]
public sealed class RollOutTests(SchedulingSite site)
{
    private const string RunsOn = "trap 'exit 0' TERM; while :; do sleep 1; done";

    [Fact]
    public async Task A_version_that_is_well_becomes_stable_and_one_that_fails_gives_way_to_it()
    {
        await SubmitAsync(RunsOn, "one");
        await SucceedsAsync(version: 0);

        await SubmitAsync(RunsOn, "two");
        var allocations = await SucceedsAsync(version: 1);
        Assert.Equal(2, allocations.Count(static allocation => allocation.ShallRun() && allocation.GetProperty("JobVersion").GetInt64() == 1));

        await SubmitAsync("exit 7", "three");
        await SucceedsAsync(version: 3);

        var deployments = await site.DeploymentsAsync("web");
        Assert.Equal(
            [
                (0, DeploymentStatus.Successful), (1, DeploymentStatus.Successful), (2, DeploymentStatus.Failed), (3, DeploymentStatus.Successful),
            ],
            deployments.Select(static deployment => ((int)deployment.JobVersion, deployment.Status)));
        Assert.Contains("unhealthy", deployments[2].StatusDescription, StringComparison.Ordinal);
        var job = await site.GetAsync("/v1/job/web");
        Assert.Equal("two", job.GetProperty("TaskGroups")[0].GetProperty("Tasks")[0].GetProperty("Env").GetProperty("COLOUR").GetString());
        Assert.Contains(
            deployments[2].Id,
            (await site.GetAsync("/v1/job/web/evaluations")).EnumerateArray().Select(static evaluation => evaluation.Text("DeploymentID")));
        await site.StopAsync("web");
    }

    private Task SubmitAsync(string script, string colour)
    {
        var task = SchedulingSite.Shell(script);
        task["Env"] = new JsonObject { ["COLOUR"] = colour };
        return site.SubmitAsync(
            "web",
            new JsonObject { ["Type"] = "service" },
            new JsonObject
            {
                ["Count"] = 2,
                ["Tasks"] = new JsonArray(task),
                ["RestartPolicy"] = new JsonObject { ["Attempts"] = 0, ["Mode"] = "fail" },
                ["Update"] = new JsonObject
                {
                    ["MaxParallel"] = 1,
                    ["AutoRevert"] = true,
                    ["HealthCheck"] = "task_states",
                    ["MinHealthyTime"] = 1_000_000_000,
                    ["HealthyDeadline"] = 30_000_000_000,
                    ["ProgressDeadline"] = 0, // the first that is not well is the end of it
                },
            });
    }

    /// <summary>Both of the version run and are well, and the job has it as a version to go back to.</summary>
    private async Task<System.Text.Json.JsonElement[]> SucceedsAsync(int version)
    {
        await site.UntilAsync(
            () => site.GetAsync("/v1/job/web"),
            job => job.GetProperty("Version").GetInt64() == version && job.GetProperty("Stable").GetBoolean());
        return await site.AllocationsAsync(
            "web",
            seen => seen.Where(static allocation => allocation.ShallRun() && !allocation.Is("failed")).ToArray() is { Length: 2 } live
                && Array.TrueForAll(live, allocation => allocation.Is("running") && allocation.IsHealthy() && allocation.GetProperty("JobVersion").GetInt64() == version));
    }
}
