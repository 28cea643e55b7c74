using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Hosting.Hosts;
using Saas.Hosting.Routing;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Onboarding.Tests.Shared;

/// <summary>The app behind real HTTP on a SQLite store of its own, with a clock the test drives.</summary>
public sealed class OnboardingHost : IAsyncLifetime
{
    public const string OperatorKey = "operator-key-of-the-tests";

    private readonly TempDirectory _folder = new();
    private WebApplication _app = null!;

    /// <summary>Starts at a time long past, so that no test depends on the day it runs.</summary>
    public FakeTimeProvider Time { get; } = new();

    public SqliteTableStore Store { get; private set; } = null!;
    public TenantScopes Scopes { get; private set; } = null!;
    public IServiceProvider Services => _app.Services;
    public RouteTable Routes => _app.Services.GetRequiredService<RouteTable>();

    public async ValueTask InitializeAsync()
    {
        Store = new SqliteTableStore(_folder.File("store.db"));
        Scopes = new TenantScopes(Store);
        var signal = new InProcessChangeSignal(Time);
        var settings = new Dictionary<string, string?>
        {
            ["SAAS_OPERATOR_KEY_SHA256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(OperatorKey))),
        };
        _app = KestrelHost.Build(
            new OnboardingModule(),
            new PlatformServices(Store, new StoreMessageQueue(Store, signal, Time), new StoreLease(Store, Time), signal, Time),
            new HostingOptions
            {
                Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
                PumpQueues = false,
                RunTimers = false,
                Logging = static logging => logging.ClearProviders(),
            });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Store.Dispose();
        _folder.Dispose();
    }

    public Caller Anonymous() => Holding(null);

    public Caller Holding(string? credential)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = credential is null ? null : new AuthenticationHeaderValue("Bearer", credential);
        return new Caller(client);
    }

    /// <summary>A new tenant, through the front door.</summary>
    public async Task<Customer> SignUpAsync(string name = "acme", string plan = "dev")
    {
        using var anonymous = Anonymous();
        var answer = await anonymous.SendAsync(
            HttpMethod.Post, "/v1/tenants", $$"""{"name":"{{name}}","email":"ops@{{name}}.example","plan":"{{plan}}"}""");
        answer.Expect(HttpStatusCode.Created);
        var key = answer.Text("apiKey");
        return new Customer(TenantId.Parse(answer.Text("id")), answer.Text("projectId"), key, Holding(key));
    }
}

/// <summary>A tenant and its owner.</summary>
public sealed record Customer(TenantId Id, string ProjectId, string Key, Caller Owner);

/// <summary>Someone who calls, with or without a credential.</summary>
public sealed class Caller(HttpClient client) : IDisposable
{
    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json);

    public Task<Answer> PatchAsync(string path, string json) => SendAsync(HttpMethod.Patch, path, json);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? json = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await client.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Makes something and gives its id.</summary>
    public async Task<string> CreateAsync(string path, string json) =>
        (await PostAsync(path, json)).Expect(HttpStatusCode.Created).Text("id");

    /// <summary>Makes a key and gives its id and secret.</summary>
    public async Task<(string Id, string Secret)> CreateKeyAsync(string json)
    {
        var made = (await PostAsync("/v1/keys", json)).Expect(HttpStatusCode.Created);
        return (made.Json.GetProperty("key").GetProperty("id").GetString()!, made.Text("apiKey"));
    }

    public void Dispose() => client.Dispose();
}

/// <summary>What came back.</summary>
public sealed record Answer(HttpStatusCode Status, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public JsonElement[] Items => [.. Json.GetProperty("items").EnumerateArray()];

    public string Text(string member) => Json.GetProperty(member).GetString()!;

    /// <summary>The short name of the problem; empty if it is none.</summary>
    public string Problem =>
        Body.Length > 0 && Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("type", out var type)
            ? type.GetString()!.Split(':')[^1]
            : "";

    public Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"Expected {(int)status}; {(int)Status} came: {Body}");
        return this;
    }

    public Answer ExpectProblem(HttpStatusCode status, string problem)
    {
        Expect(status);
        Assert.Equal(problem, Problem);
        return this;
    }
}
