using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Billing.Metering;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Hosting.Hosts;
using Saas.Hosting.Routing;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Credentials;
using Saas.Identity.Keys;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Billing.Tests.Shared;

/// <summary>The app behind real HTTP, with real identities, on a store in memory.</summary>
public sealed class BillingHost : IAsyncDisposable
{
    private readonly ITableStore _store = new InMemoryTableStore();
    private readonly TimeProvider _time;
    private readonly WebApplication _app;

    private BillingHost(TimeProvider time, bool pumpQueues)
    {
        _time = time;
        var signal = new InProcessChangeSignal(time);
        Queue = new StoreMessageQueue(_store, signal, time);
        _app = KestrelHost.Build(
            new BillingModule(),
            new PlatformServices(_store, Queue, new StoreLease(_store, time), signal, time),
            new HostingOptions
            {
                PumpQueues = pumpQueues,
                RunTimers = false,
                Logging = static logging => logging.ClearProviders(),
            });
    }

    public StoreMessageQueue Queue { get; }

    public RouteTable Routes => _app.Services.GetRequiredService<RouteTable>();

    public static async Task<BillingHost> StartAsync(TimeProvider time, bool pumpQueues = false)
    {
        var host = new BillingHost(time, pumpQueues);
        await host._app.StartAsync();
        return host;
    }

    /// <summary>A new tenant with its first project, and a client that holds its owner key.</summary>
    public async Task<Customer> SignUpAsync(string name)
    {
        var founding = new TenantFounding(new TenantScopes(_store), _time);
        var founded = await founding.FoundAsync(name, $"ops@{name}.example", Plans.Dev, CancellationToken.None);
        return new Customer(TenantId.Parse(founded.Tenant.Id), founded.Project.Id, Client(founded.ApiKey));
    }

    /// <summary>A client whose key sees one project only.</summary>
    public async Task<HttpClient> ScopedClientAsync(Customer customer, string projectId)
    {
        var id = EntityId.New(IdPrefixes.Key, _time);
        var key = CredentialText.Mint(CredentialKind.ApiKey, customer.Tenant, id);
        var record = new ApiKeyRecord
        {
            Id = id,
            Name = "one project",
            Hash = CredentialText.Hash(key),
            Role = BuiltInPolicies.Developer,
            ProjectId = projectId,
            CreatedAt = _time.GetUtcNow(),
        };
        await new TenantScopes(_store).For(customer.Tenant).IdentityRows().WriteAsync(
            TableWrite.Insert(IdentityTable.Key(id), TablePartition.Bytes(record, IdentityJson.Default.ApiKeyRecord)),
            CancellationToken.None);
        return Client(key);
    }

    public HttpClient Client(string? key = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>As the pump would, and without waiting for it.</summary>
    public Task DeliverAsync(Customer customer, params UsageItem[] items) =>
        _app.Services.GetRequiredService<UsageIngest>().HandleAsync(Message(customer, items), CancellationToken.None);

    public static ReadOnlyMemory<byte> Message(Customer customer, params UsageItem[] items) =>
        JsonSerializer.SerializeToUtf8Bytes(new UsageMessage(customer.Tenant.Value, items), ClusterJson.Default.UsageMessage);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

public sealed record Customer(TenantId Tenant, string ProjectId, HttpClient Client)
{
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
