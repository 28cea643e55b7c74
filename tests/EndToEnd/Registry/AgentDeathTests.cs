using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Registry;

/// <summary>What becomes of a machine's services when its agent dies, and when the platform does.</summary>
[Collection("machine")]
public sealed class AgentDeathTests(RegistrySite site) : IClassFixture<RegistrySite>
{
    [Fact]
    public async Task A_dead_agents_services_leave_discovery_and_a_platform_that_is_away_is_bridged()
    {
        using var http = new HttpClient { BaseAddress = site.AgentApi };
        using var registered = await http.PutAsJsonAsync("/v1/agent/service/register", new JsonObject { ["Name"] = "db", ["Port"] = 5432 });
        Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync());
        await PassingAsync(1);

        // The agent dies: after its TTL of five seconds its services are critical.
        await site.Agent.KillAsync();
        await PassingAsync(0);
        var service = await site.GetAsync("/v1/health/service/db");
        Assert.Equal(1, service.GetArrayLength());

        // It comes back, with what was registered with it.
        site.Agent.Restart();
        await PassingAsync(1);

        await InViewAsync(http);

        // The platform is away: the agent goes on with its last view, and all is as before when it is back.
        await site.Platform.KillAndRestartAsync(async () =>
        {
            await InViewAsync(http);

            // Also one that is started meanwhile: the view is on disk.
            await Eventually.Async(
                () => File.ReadAllTextAsync(site.ViewFile),
                seen => seen.Contains("5432", StringComparison.Ordinal) && !seen.Contains("critical", StringComparison.Ordinal),
                TimeSpan.FromSeconds(20),
                seen => seen);
            await site.Agent.KillAndRestartAsync();
            await InViewAsync(http);
        });
        await PassingAsync(1);

        using var gone = await http.PutAsync("/v1/agent/service/deregister/db", null);
        Assert.True(gone.IsSuccessStatusCode);
        await Eventually.Async(
            async () => (await site.GetAsync("/v1/catalog/service/db")).GetArrayLength(), seen => seen == 0, TimeSpan.FromSeconds(30), seen => $"{seen} are left");
    }

    private async Task InViewAsync(HttpClient http)
    {
        var view = await Eventually.Async(
            () => AskAsync(http, "/v1/health/service/db?passing"),
            seen => seen.Contains("5432", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20),
            seen => $"{seen} {site.Transcript}");
        Assert.Contains(RegistrySite.NodeName, view, StringComparison.Ordinal);
    }

    /// <summary>The answer, or what kept it away.</summary>
    private static async Task<string> AskAsync(HttpClient http, string path)
    {
        try
        {
            return await http.GetStringAsync(path);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private Task PassingAsync(int expected) => Eventually.Async(
        () => site.PassingAsync("db"),
        seen => seen.Count == expected,
        TimeSpan.FromSeconds(40),
        seen => $"{seen.Count} instances of db pass, not {expected}. {site.Transcript}");
}
