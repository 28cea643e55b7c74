using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Hosts;
using Saas.Hosting.Limits;
using Saas.Hosting.Routing;
using Saas.Identity;
using Saas.Identity.Agents;
using Saas.Identity.Credentials;
using Saas.Identity.Keys;
using Saas.Identity.Projects;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Provisioning.Tests.Shared;

/// <summary>The app behind real HTTP, with real identities, on a store in memory.</summary>
public sealed class ProvisioningHost : IAsyncDisposable
{
    private static readonly Rate Unlimited = new(1_000_000, 1_000_000);

    private readonly WebApplication _app;

    private ProvisioningHost(TimeProvider time, Dictionary<string, string?>? settings)
    {
        Time = time;
        Signal = new InProcessChangeSignal(time);
        Queue = new StoreMessageQueue(Store, Signal, time);
        _app = KestrelHost.Build(
            new ProvisioningModule(),
            new PlatformServices(Store, Queue, new StoreLease(Store, time), Signal, time),
            new HostingOptions
            {
                RunTimers = false,
                PumpQueues = false,
                Limits = new RateLimits { PublicRoute = Unlimited, FailedCredentials = Unlimited, Plans = new Dictionary<string, Rate> { ["dev"] = Unlimited } },
                Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
                Logging = static logging => logging.ClearProviders(),
            });
    }

    public TimeProvider Time { get; }
    public CountingStore Store { get; } = new();
    public InProcessChangeSignal Signal { get; }
    public StoreMessageQueue Queue { get; }

    public RouteTable Routes => _app.Services.GetRequiredService<RouteTable>();

    public static async Task<ProvisioningHost> StartAsync(TimeProvider? time = null, Dictionary<string, string?>? settings = null)
    {
        var host = new ProvisioningHost(time ?? TimeProvider.System, settings);
        await host._app.StartAsync();
        return host;
    }

    internal T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Asks for errors as problem documents; <see cref="PeerClient"/> gets them as Nomad's clients do.</summary>
    public HttpClient Client(string? credential = null)
    {
        var client = PeerClient(credential);
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, application/problem+json");
        return client;
    }

    public HttpClient PeerClient(string? credential = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = credential is null ? null : new AuthenticationHeaderValue("Bearer", credential);
        return client;
    }

    /// <summary>A new tenant, its owner's client, and a site in <paramref name="region"/> (none where null).</summary>
    public async Task<Customer> SignUpAsync(string name, string? region = "eu", string plan = Plans.Dev)
    {
        var founded = await Service<TenantFounding>().FoundAsync(name, $"ops@{name}.example", plan, CancellationToken.None);
        var customer = new Customer(this, TenantId.Parse(founded.Tenant.Id), founded.Project.Id, Client(founded.ApiKey));
        return region is null ? customer : customer with { SiteId = (await AddSiteAsync(customer, "plant", region)).Id };
    }

    public async Task<SiteRecord> AddSiteAsync(Customer customer, string name, string region)
    {
        var site = new SiteRecord
        {
            Id = EntityId.New(IdPrefixes.Site, Time),
            Name = name,
            Region = region,
            Labels = new Dictionary<string, string> { ["country"] = "de" },
            CreatedAt = Time.GetUtcNow(),
        };
        await InsertAsync(customer, IdentityTable.Site(site.Id), TablePartition.Bytes(site, IdentityJson.Default.SiteRecord));
        return site;
    }

    public async Task<ProjectRecord> AddProjectAsync(Customer customer, string name)
    {
        var project = new ProjectRecord { Id = EntityId.New(IdPrefixes.Project, Time), Name = name, CreatedAt = Time.GetUtcNow() };
        await InsertAsync(customer, IdentityTable.Project(project.Id), TablePartition.Bytes(project, IdentityJson.Default.ProjectRecord));
        await InsertAsync(
            customer, IdentityTable.ProjectName(name), TablePartition.Bytes(new NameRecord(project.Id), IdentityJson.Default.NameRecord));
        return project;
    }

    /// <summary>A client with a key of the role, confined to a project where one is given.</summary>
    public async Task<HttpClient> KeyAsync(Customer customer, string role, string? projectId = null, Func<ApiKeyRecord, ApiKeyRecord>? change = null)
    {
        var id = EntityId.New(IdPrefixes.Key, Time);
        var secret = CredentialText.Mint(CredentialKind.ApiKey, customer.Tenant, id);
        var key = new ApiKeyRecord
        {
            Id = id,
            Name = role,
            Hash = CredentialText.Hash(secret),
            Role = role,
            ProjectId = projectId,
            CreatedAt = Time.GetUtcNow(),
        };
        await InsertAsync(
            customer, IdentityTable.Key(id), TablePartition.Bytes(change?.Invoke(key) ?? key, IdentityJson.Default.ApiKeyRecord));
        return Client(secret);
    }

    public async Task<string> EnrolmentTokenAsync(Customer customer, TimeSpan? lifetime = null)
    {
        var issued = await Service<EnrolmentTokens>().IssueAsync(
            customer.Scope, customer.SiteId!, lifetime ?? TimeSpan.FromHours(1), CancellationToken.None);
        return issued.Value!.Token;
    }

    /// <summary>A machine that has enrolled, has an access token, and has sent its fingerprint.</summary>
    public async Task<TestAgent> AgentAsync(Customer customer)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var client = Client();
        var enrolled = await client.CallAsync<EnrolResponse>(
            "POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(await EnrolmentTokenAsync(customer), key), AgentJson.Default.EnrolResponse);
        var claims = TestAgent.Claims(enrolled, Time);
        var token = await client.CallAsync<TokenResponse>(
            "POST", AgentProtocol.TokenPath, TestAgent.Assertion(key, claims), AgentJson.Default.TokenResponse);
        var agent = new TestAgent(customer, enrolled, key, Client(token.AccessToken));
        await agent.Client.CallAsync<NodeResponse>("PUT", AgentProtocol.NodePath, TestAgent.Fingerprint(), AgentJson.Default.NodeResponse);
        return agent;
    }

    /// <summary>What waits in the scheduler's inbox; it is taken out.</summary>
    public async Task<IReadOnlyList<InboxMessage>> TakeInboxAsync()
    {
        var messages = new List<InboxMessage>();
        while (await Queue.ReceiveAsync(ClusterQueues.SchedulerInbox, 100, TimeSpan.FromMinutes(1), TimeSpan.Zero, CancellationToken.None) is { Count: > 0 } lot)
        {
            foreach (var message in lot)
            {
                messages.Add(System.Text.Json.JsonSerializer.Deserialize(message.Body.Span, ClusterJson.Default.InboxMessage)!);
                await Queue.CompleteAsync(message, CancellationToken.None);
            }
        }

        return messages;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task InsertAsync(Customer customer, string row, ReadOnlyMemory<byte> value) =>
        Assert.True((await customer.Scope.IdentityRows().WriteAsync(TableWrite.Insert(row, value), CancellationToken.None)).IsDone);
}

/// <summary>A tenant, as a test uses it.</summary>
public sealed record Customer(ProvisioningHost Host, TenantId Tenant, string ProjectId, HttpClient Client)
{
    public string? SiteId { get; init; }

    /// <summary>The owner's client as one of Nomad's: errors are text.</summary>
    public HttpClient Peer { get; } = Host.PeerClient(Client.DefaultRequestHeaders.Authorization!.Parameter);

    public TenantScope Scope => new TenantScopes(Host.Store).For(Tenant);
}

/// <summary>
/// Counts what it is asked: bad input must leave no trace, and waiting must cost nothing. What Hosting writes of every
/// request (audit, metering) is not counted.
/// </summary>
public sealed class CountingStore : InMemoryTableStore
{
    private static readonly string[] Tables =
    [
        ClusterTables.Jobs, ClusterTables.Nodes, ClusterTables.Heartbeats, ClusterTables.Assignments, ClusterTables.Allocations, IdentityTable.Name,
    ];

    private long _reads;
    private long _writes;

    public long Reads => Interlocked.Read(ref _reads);

    public long Writes => Interlocked.Read(ref _writes);

    public override ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct)
    {
        Interlocked.Increment(ref _reads);
        return base.GetAsync(table, partition, row, ct);
    }

    public override ValueTask<BatchResult> WriteBatchAsync(string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        if ((Tables.Contains(table) && !IsLastUse(writes)) || partition.EndsWith(ClusterQueues.SchedulerInbox, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _writes);
        }

        return base.WriteBatchAsync(table, partition, writes, ct);
    }

    /// <summary>Identity notes when a key was last used, some time after its first request.</summary>
    private static bool IsLastUse(IReadOnlyList<TableWrite> writes) =>
        writes is [{ Kind: TableWriteKind.Replace } only] && only.Row.StartsWith("key|", StringComparison.Ordinal);
}
