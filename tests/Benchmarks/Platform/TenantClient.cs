using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Local.Platform;

namespace Saas.Benchmarks.Platform;

/// <summary>A tenant with one site, as its owner drives the platform over HTTP.</summary>
internal sealed class TenantClient : IDisposable
{
    private readonly HttpClient _onboarding;
    private readonly HttpClient _provisioning;

    private TenantClient(HttpClient onboarding, HttpClient provisioning) =>
        (_onboarding, _provisioning) = (onboarding, provisioning);

    public static async Task<TenantClient> SignUpAsync(LocalPlatform platform, CancellationToken ct)
    {
        var onboarding = new HttpClient { BaseAddress = platform.Apps["onboarding"] };
        var signedUp = await PostAsync(
            onboarding, "/v1/tenants", """{"name":"bench","email":"ops@bench.example","plan":"prod"}""", ct);
        var provisioning = new HttpClient { BaseAddress = platform.Apps["provisioning"] };
        foreach (var client in new[] { onboarding, provisioning })
        {
            client.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Bearer", signedUp.GetProperty("apiKey").GetString());
        }

        return new TenantClient(onboarding, provisioning);
    }

    /// <summary>A new site, and a token that enrols one machine there.</summary>
    public async Task<string> CreateEnrolmentTokenAsync(CancellationToken ct)
    {
        var site = await PostAsync(_onboarding, "/v1/sites", """{"name":"here","region":"eu"}""", ct);
        var token = await PostAsync(_onboarding, $"/v1/sites/{site.GetProperty("id").GetString()}/enrolment-tokens", "{}", ct);
        return token.GetProperty("token").GetString()!;
    }

    public async Task SubmitAsync(string jobId, CancellationToken ct)
    {
        var job = new Job
        {
            ID = jobId,
            Type = JobTypes.Service,
            TaskGroups =
            [
                new TaskGroup
                {
                    Name = "group",
                    Tasks =
                    [
                        new JobTask
                        {
                            Name = "task",
                            Driver = DriverNames.Exec,
                            Config = new Dictionary<string, JsonElement> { ["command"] = JsonElement.Parse("\"/bin/true\"") },
                            Resources = new Resources { CPU = 100, MemoryMB = 64 },
                        },
                    ],
                },
            ],
        };
        var body = new JsonObject { ["Job"] = JsonSerializer.SerializeToNode(job, NomadJson.Default.Job) };
        using var response = await _provisioning.PutAsync(new Uri("/v1/jobs", UriKind.Relative), Json(body.ToJsonString()), ct);
        await ReadAsync(response, ct);
    }

    public async Task StopAsync(string jobId, CancellationToken ct)
    {
        using var response = await _provisioning.DeleteAsync(new Uri("/v1/job/" + jobId, UriKind.Relative), ct);
        await ReadAsync(response, ct);
    }

    public async Task<JsonElement> NodesAsync(CancellationToken ct)
    {
        using var response = await _provisioning.GetAsync(new Uri("/v1/nodes", UriKind.Relative), ct);
        return await ReadAsync(response, ct);
    }

    public void Dispose()
    {
        _onboarding.Dispose();
        _provisioning.Dispose();
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, string body, CancellationToken ct)
    {
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), Json(body), ct);
        return await ReadAsync(response, ct);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode
            ? JsonElement.Parse(text)
            : throw new InvalidOperationException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {text}");
    }

    private static StringContent Json(string text) => new(text, MediaTypeHeaderValue.Parse("application/json"));
}
