using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Scheduling;

namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>The life of a service job, as its file and the commands of <c>nomad job</c> make it.</summary>
[Collection("jobs")]
public sealed class ServiceJobTests(JobsSite site)
{
    private static readonly TimeSpan WhileNothingHappens = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_service_is_planned_updated_by_a_canary_promoted_reverted_scaled_stopped_and_purged()
    {
        await PlanAndRegisterAsync();
        await UpdateByCanaryAsync();
        await RevertAsync();
        await ScaleAsync();

        await site.DeleteAsync("/v1/job/web");
        await site.AllocationsAsync("web", static seen => Array.TrueForAll(seen, static allocation => allocation.Is("complete")));
        Assert.Equal("dead", (await site.GetAsync("/v1/job/web")).Text("Status"));
        await site.PurgeAsync("web");
        Assert.Equal((404, "job not found"), await site.RefusedAsync(HttpMethod.Get, "/v1/job/web"));
    }

    [Fact]
    public async Task A_version_that_fails_goes_back_to_the_last_one_that_was_well()
    {
        await site.RegisterAsync(await site.ParseAsync("service.nomad.hcl", "shop", "canary=0"));
        await site.DeploymentAsync("shop", 0, "successful");

        await site.RegisterAsync(await site.ParseAsync("service.nomad.hcl", "shop", "canary=0", "script=exit 7", "colour=red"));
        await site.DeploymentAsync("shop", 2, "successful");

        var deployments = (await site.GetAsync("/v1/job/shop/deployments")).EnumerateArray().OrderBy(static deployment => deployment.Version()).ToArray();
        Assert.Equal(["successful", "failed", "successful"], deployments.Select(static deployment => deployment.Text("Status")));
        Assert.Equal("Failed due to unhealthy allocations - rolling back to job version 0", deployments[1].Text("StatusDescription"));
        Assert.Equal("green", await ColourAsync("shop"));
        await site.PurgeAsync("shop");
    }

    [Fact]
    public async Task A_canary_that_fails_leaves_what_runs_alone()
    {
        await site.RegisterAsync(await site.ParseAsync("service.nomad.hcl", "mine"));
        await site.DeploymentAsync("mine", 0, "successful");
        var before = (await site.AllocationsAsync("mine", static seen => seen.Running().Length == 2)).Select(static allocation => allocation.Text("ID")).Order();

        await site.RegisterAsync(await site.ParseAsync("service.nomad.hcl", "mine", "script=exit 7", "colour=red"));
        await site.UntilAsync(
            () => site.GetAsync("/v1/job/mine/deployments"),
            static seen => seen.EnumerateArray().Any(static deployment => deployment.Version() == 1 && deployment.Text("Status") == "failed"));

        await site.UntilAsync(() => ColourAsync("mine"), static colour => colour == "green");
        var after = await site.AllocationsAsync("mine", static seen => seen.Running().Length == 2);
        Assert.Equal(before, after.Running().Select(static allocation => allocation.Text("ID")).Order());
        await site.PurgeAsync("mine");
    }

    private async Task PlanAndRegisterAsync()
    {
        var job = await site.ParseAsync("service.nomad.hcl", "web");
        var plan = await site.PlanAsync(job);
        Assert.Equal("Added", plan.GetProperty("Diff").Text("Type"));
        Assert.Equal(2, Count(plan, "Place"));
        Assert.Equal(0, plan.GetProperty("JobModifyIndex").GetInt64());

        await site.RegisterAsync(job, plan);
        var deployment = await site.DeploymentAsync("web", 0, "successful");
        Assert.Equal("Deployment completed successfully", deployment.Text("StatusDescription"));
        var nodes = (await site.AllocationsAsync("web", static seen => seen.Running().Length == 2)).Select(static allocation => allocation.Text("NodeName"));
        Assert.Equal(["north", "south"], nodes.Order());

        var again = await site.RefusedAsync(
            HttpMethod.Put, "/v1/jobs", new JsonObject { ["Job"] = job.DeepClone(), ["EnforceIndex"] = true, ["JobModifyIndex"] = 0 });
        Assert.Equal((500, "Enforcing job modify index 0: job already exists"), again);
    }

    private async Task UpdateByCanaryAsync()
    {
        var job = await site.ParseAsync("service.nomad.hcl", "web", "colour=blue");
        var plan = await site.PlanAsync(job);
        Assert.Equal("Edited", plan.GetProperty("Diff").Text("Type"));
        Assert.Equal((1, 2, 0), (Count(plan, "Canary"), Count(plan, "Ignore"), Count(plan, "DestructiveUpdate")));
        await site.RegisterAsync(job, plan);

        var seen = await site.AllocationsAsync("web", static seen => seen.Running() is { Length: 3 } all && all.Any(static one => one.Version() == 1 && one.IsHealthy()));
        await Task.Delay(WhileNothingHappens);
        var still = await site.AllocationsAsync("web", static _ => true);
        Assert.Equal(Names(seen), Names(still));
        Assert.Equal([0, 0, 1], still.Running().Select(static allocation => allocation.Version()).Order());
        var deployment = await site.DeploymentAsync("web", 1, "running");
        Assert.Equal("Deployment is running but requires manual promotion", deployment.Text("StatusDescription"));
        var group = deployment.GetProperty("TaskGroups").GetProperty("main");
        Assert.Equal((1, 1, false), (group.GetProperty("DesiredCanaries").GetInt32(), group.GetProperty("PlacedCanaries").GetArrayLength(), group.GetProperty("Promoted").GetBoolean()));

        await PromoteAsync(deployment, 1);
        await site.AllocationsAsync("web", static seen => seen.Running() is { Length: 2 } all && Array.TrueForAll(all, static one => one.Version() == 1));
    }

    private async Task RevertAsync()
    {
        await site.PostAsync("/v1/job/web/revert", new JsonObject { ["JobID"] = "web", ["JobVersion"] = 0, ["EnforcePriorVersion"] = 1 });
        var deployment = await site.UntilAsync(
            () => site.GetAsync("/v1/job/web/deployment"),
            static seen => seen.Version() == 2 && seen.GetProperty("TaskGroups").GetProperty("main").GetProperty("HealthyAllocs").GetInt32() == 1);
        await PromoteAsync(deployment, 2);
        Assert.Equal("green", await ColourAsync("web"));
        var versions = (await site.GetAsync("/v1/job/web/versions?diffs=true")).GetProperty("Versions").EnumerateArray();
        Assert.Equal([2, 1, 0], versions.Select(static version => version.GetProperty("Version").GetInt32()));
    }

    private async Task ScaleAsync()
    {
        await site.PostAsync("/v1/job/web/scale", new JsonObject { ["Count"] = 3, ["Target"] = new JsonObject { ["Group"] = "main" }, ["Message"] = "more" });
        await site.AllocationsAsync("web", static seen => seen.Running().Length == 3);
        var status = (await site.GetAsync("/v1/job/web/scale")).GetProperty("TaskGroups").GetProperty("main");
        Assert.Equal((3, 3, "more"), (status.GetProperty("Desired").GetInt32(), status.GetProperty("Running").GetInt32(), status.GetProperty("Events")[0].Text("Message")));
    }

    private async Task PromoteAsync(JsonElement deployment, int version)
    {
        var id = deployment.Text("ID");
        await site.PostAsync($"/v1/deployment/promote/{id}", new JsonObject { ["DeploymentID"] = id, ["All"] = true });
        await site.DeploymentAsync("web", version, "successful");
    }

    private async Task<string> ColourAsync(string id) =>
        (await site.GetAsync($"/v1/job/{id}")).GetProperty("TaskGroups")[0].GetProperty("Tasks")[0].GetProperty("Env").Text("COLOUR");

    private static int Count(JsonElement plan, string what) =>
        plan.GetProperty("Annotations").GetProperty("DesiredTGUpdates").GetProperty("main").GetProperty(what).GetInt32();

    private static IEnumerable<string> Names(JsonElement[] allocations) => allocations.Running().Select(static allocation => allocation.Text("ID")).Order();
}
