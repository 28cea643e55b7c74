using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Registry;

/// <summary>Jobs declare services: their allocations register and deregister by themselves.</summary>
[Collection("machine")]
public sealed class JobServicesTests(RegistrySite site) : IClassFixture<RegistrySite>
{
    [Fact]
    public async Task A_jobs_instances_are_in_the_registry_while_they_run()
    {
        await SubmitAsync(2);
        var ns = site.Customer.ProjectId;
        await Eventually.Async(
            () => site.PassingAsync("sleepy", ns), seen => seen.Count == 2, TimeSpan.FromSeconds(60), seen => $"{seen.Count} instances. {site.Transcript}");

        await SubmitAsync(1);
        await Eventually.Async(
            () => site.PassingAsync("sleepy", ns), seen => seen.Count == 1, TimeSpan.FromSeconds(60), seen => $"{seen.Count} instances. {site.Transcript}");

        await site.Customer.StopJobAsync("sleepy");
        await Eventually.Async(
            async () => (await site.GetAsync($"/v1/catalog/service/sleepy?ns={ns}")).GetArrayLength(),
            seen => seen == 0,
            TimeSpan.FromSeconds(60),
            seen => $"{seen} instances are left. {site.Transcript}");
    }

    private async Task SubmitAsync(int count)
    {
        var task = new JsonObject
        {
            ["Name"] = "main",
            ["Driver"] = "exec",
            ["Config"] = Workload.Sleeper($"sleepy-{site.Customer.TenantId}"),
            ["Resources"] = new JsonObject { ["CPU"] = 20, ["MemoryMB"] = 10 },
            ["Services"] = new JsonArray(new JsonObject { ["Name"] = "sleepy", ["PortLabel"] = "9000", ["Tags"] = new JsonArray("v1") }),
        };
        await site.Customer.OkAsync(HttpMethod.Put, "provisioning", $"/v1/jobs?namespace={site.Customer.ProjectId}", new JsonObject
        {
            ["Job"] = new JsonObject
            {
                ["ID"] = "sleepy",
                ["Type"] = "service",
                ["TaskGroups"] = new JsonArray(new JsonObject { ["Name"] = "group", ["Count"] = count, ["Tasks"] = new JsonArray(task) }),
            },
        });
    }
}
