using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>A tenant that does everything over HTTP.</summary>
internal sealed class Customer : IDisposable
{
    private readonly IPlatform _platform;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private Customer(IPlatform platform) => _platform = platform;

    public string TenantId { get; private set; } = "";
    public string ApiKey { get; private set; } = "";
    public string ProjectId { get; private set; } = "";
    public string SiteId { get; private set; } = "";

    public static async Task<Customer> SignUpAsync(IPlatform platform, string name = "acme")
    {
        var customer = new Customer(platform);
        var tenant = await customer.OkAsync(HttpMethod.Post, "onboarding", "/v1/tenants", new JsonObject { ["name"] = name, ["email"] = $"ops@{name}.example", ["plan"] = "dev" });
        customer.TenantId = tenant.GetProperty("id").GetString()!;
        customer.ApiKey = tenant.GetProperty("apiKey").GetString()!;
        var project = await customer.OkAsync(HttpMethod.Post, "onboarding", "/v1/projects", new JsonObject { ["name"] = "web" });
        customer.ProjectId = project.GetProperty("id").GetString()!;
        var site = await customer.OkAsync(HttpMethod.Post, "onboarding", "/v1/sites", new JsonObject { ["name"] = "here", ["region"] = "local" });
        customer.SiteId = site.GetProperty("id").GetString()!;
        return customer;
    }

    public async Task<string> EnrolmentTokenAsync()
    {
        var token = await OkAsync(HttpMethod.Post, "onboarding", $"/v1/sites/{SiteId}/enrolment-tokens", []);
        return token.GetProperty("token").GetString()!;
    }

    /// <summary>Starts an agent on this machine, enrolled here, with its data in <paramref name="data"/>.</summary>
    public async Task<AgentUnderTest> StartAgentAsync(DirectoryInfo data, params string[] options) =>
        AgentUnderTest.Start(_platform.Apps["provisioning"], data, await EnrolmentTokenAsync(), options);

    /// <summary>Submits a job with one group; PUT is idempotent, so a lost answer is simply asked again.</summary>
    public Task<HttpResponseMessage> SubmitAsync(string jobId, string driver, JsonObject config, int count = 1, JsonObject? resources = null)
    {
        var task = new JsonObject { ["Name"] = "main", ["Driver"] = driver, ["Config"] = config, ["Resources"] = resources ?? new JsonObject { ["CPU"] = 20, ["MemoryMB"] = 10 } };
        return SendAsync(HttpMethod.Put, "provisioning", $"/v1/jobs?namespace={ProjectId}", new JsonObject
        {
            ["Job"] = new JsonObject
            {
                ["ID"] = jobId,
                ["Type"] = "service",
                ["TaskGroups"] = new JsonArray(new JsonObject { ["Name"] = "group", ["Count"] = count, ["Tasks"] = new JsonArray(task) }),
            },
        });
    }

    /// <summary>Id, state and output tail of the job's allocations.</summary>
    public async Task<IReadOnlyList<(string Id, string State)>> AllocationsAsync(string jobId) =>
        [.. (await OkAsync(HttpMethod.Get, "provisioning", $"/v1/job/{jobId}/allocations?namespace={ProjectId}", null))
            .EnumerateArray().Select(a => (a.GetProperty("ID").GetString()!, a.GetProperty("ClientStatus").GetString()!))];

    public Task<JsonElement> AllocationAsync(string id) =>
        OkAsync(HttpMethod.Get, "provisioning", $"/v1/allocation/{id}?namespace={ProjectId}", null);

    public Task StopJobAsync(string jobId) =>
        OkAsync(HttpMethod.Delete, "provisioning", $"/v1/job/{jobId}?namespace={ProjectId}", null);

    public Task<JsonElement> UsageAsync() => OkAsync(HttpMethod.Get, "billing", "/v1/usage", null);

    public async Task<JsonElement> OkAsync(HttpMethod method, string app, string path, JsonObject? body, string? vaultNamespace = null)
    {
        using var response = await SendAsync(method, app, path, body, vaultNamespace);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path} answered {(int)response.StatusCode}: {text}\n{_platform.Transcript}");
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return document.RootElement.Clone();
    }

    /// <param name="vaultNamespace">The project, in the header by which Vault's clients name it.</param>
    /// <param name="accept">The media type asked for; null: none.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string app, string path, JsonObject? body, string? vaultNamespace = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_platform.Apps[app], path)) { Version = HttpVersion.Version11 };
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (ApiKey.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        }

        if (vaultNamespace is not null)
        {
            request.Headers.Add("X-Vault-Namespace", vaultNamespace);
        }

        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();
}
