using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Hosting.Hosts;
using Saas.Hosting.Limits;
using Saas.Hosting.Routing;
using Saas.Identity;
using Saas.Identity.Credentials;
using Saas.Identity.Keys;
using Saas.Identity.Projects;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Registry.Tests.Shared;

/// <summary>
/// The app behind real HTTP, with real identities and a store in memory unless another is given. Two hosts over one store
/// are two instances of the app.
/// </summary>
public sealed class RegistryHost : IAsyncDisposable
{
    private static readonly Rate Unlimited = new(1_000_000, 1_000_000);

    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private RegistryHost(ITableStore store, TimeProvider time, TempDirectory? folder, Action<ILoggingBuilder>? logging, Uri? address)
    {
        (Store, Time) = (store, time);
        (_ownsFolder, Folder) = (folder is null, folder ?? new TempDirectory());
        Signal = new InProcessChangeSignal(time);
        Queue = new StoreMessageQueue(store, Signal, time);
        _app = KestrelHost.Build(
            new RegistryModule(),
            new PlatformServices(store, Queue, new StoreLease(store, time), Signal, time),
            new HostingOptions
            {
                Url = address?.ToString() ?? "http://127.0.0.1:0",
                RunTimers = false,
                PumpQueues = false,
                Limits = new RateLimits
                {
                    Address = Unlimited,
                    PublicRoute = Unlimited,
                    FleetRoute = Unlimited,
                    FailedCredentials = Unlimited,
                    Plans = new Dictionary<string, Rate> { ["dev"] = Unlimited },
                },
                Configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["SAAS_AUDIT_SPOOL"] = Path.Combine(Folder.Path, "audit"),
                }).Build(),
                Logging = logging ?? (static builder => builder.ClearProviders()),
            });
    }

    public ITableStore Store { get; }
    public TimeProvider Time { get; }
    public TempDirectory Folder { get; }
    public InProcessChangeSignal Signal { get; }
    public StoreMessageQueue Queue { get; }
    public Uri Address => new(_app.Urls.First());

    public RouteTable Routes => _app.Services.GetRequiredService<RouteTable>();

    public static async Task<RegistryHost> StartAsync(
        ITableStore? store = null, TimeProvider? time = null, TempDirectory? folder = null, Action<ILoggingBuilder>? logging = null, Uri? address = null)
    {
        var host = new RegistryHost(store ?? new InMemoryTableStore(), time ?? TimeProvider.System, folder, logging, address);
        await host._app.StartAsync();
        return host;
    }

    internal T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A client as Consul's are: its token in <c>X-Consul-Token</c>.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Add("X-Consul-Token", token);
        }

        return client;
    }

    /// <summary>A new tenant and its owner.</summary>
    public async Task<Customer> SignUpAsync(string name = "acme")
    {
        var founded = await Service<TenantFounding>().FoundAsync(name, $"ops@{name}.example", "dev", CancellationToken.None);
        return new Customer(this, TenantId.Parse(founded.Tenant.Id), founded.Project.Id, founded.ApiKey);
    }

    public async Task<ProjectRecord> AddProjectAsync(Customer customer, string name)
    {
        var project = new ProjectRecord { Id = EntityId.New(IdPrefixes.Project, Time), Name = name, CreatedAt = Time.GetUtcNow() };
        await InsertAsync(customer, IdentityTable.Project(project.Id), TablePartition.Bytes(project, IdentityJson.Default.ProjectRecord));
        await InsertAsync(
            customer, IdentityTable.ProjectName(name), TablePartition.Bytes(new NameRecord(project.Id), IdentityJson.Default.NameRecord));
        return project;
    }

    /// <summary>A site, which is a datacenter; the oldest is the primary one.</summary>
    public async Task<SiteRecord> AddSiteAsync(Customer customer, string name)
    {
        var site = new SiteRecord { Id = EntityId.New(IdPrefixes.Site, Time), Name = name, Region = "local", CreatedAt = Time.GetUtcNow() };
        await InsertAsync(customer, IdentityTable.Site(site.Id), TablePartition.Bytes(site, IdentityJson.Default.SiteRecord));
        return site;
    }

    /// <summary>An API key of the role, confined to a project where one is given.</summary>
    public async Task<string> KeyAsync(Customer customer, string? role, string? projectId = null, Func<ApiKeyRecord, ApiKeyRecord>? change = null)
    {
        var id = EntityId.New(IdPrefixes.Key, Time);
        var secret = CredentialText.Mint(CredentialKind.ApiKey, customer.Tenant, id);
        var key = new ApiKeyRecord
        {
            Id = id,
            Name = role ?? "key",
            Hash = CredentialText.Hash(secret),
            Role = role,
            ProjectId = projectId,
            CreatedAt = Time.GetUtcNow(),
        };
        await InsertAsync(
            customer, IdentityTable.Key(id), TablePartition.Bytes(change?.Invoke(key) ?? key, IdentityJson.Default.ApiKeyRecord));
        return secret;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder)
        {
            Folder.Dispose();
        }
    }

    private async Task InsertAsync(Customer customer, string row, ReadOnlyMemory<byte> value)
    {
        var written = await customer.Scope.IdentityRows().WriteAsync(TableWrite.Insert(row, value), CancellationToken.None);
        Assert.True(written.IsDone, $"{row} was not inserted: {written.Outcome}");
        Signal.Raise(IdentityTopics.Of(customer.Tenant));
    }
}

/// <summary>A tenant as a test sees it.</summary>
public sealed record Customer(RegistryHost Host, TenantId Tenant, string ProjectId, string Token)
{
    private HttpClient? _client;

    /// <summary>The owner's, in project <c>default</c>.</summary>
    public HttpClient Client => _client ??= Host.Client(Token);

    public TenantScope Scope => Host.Service<TenantScopes>().For(Tenant);
}
