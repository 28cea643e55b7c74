using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Access;
using Saas.Identity.Agents;
using Saas.Identity.Keys;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Identity.Tests.Shared;

/// <summary>Identity over a store in memory and a clock that stands still, composed as Hosting composes it.</summary>
public sealed class IdentityBench
{
    private readonly ServiceProvider _services;

    public IdentityBench(ITableStore? store = null)
    {
        Store = store ?? new CountingTableStore();
        Signal = new InProcessChangeSignal(Time);
        Scopes = new TenantScopes(Store);
        _services = Compose(Signal);
    }

    public FakeTimeProvider Time { get; } = new();
    public ITableStore Store { get; }
    public InProcessChangeSignal Signal { get; }
    public TenantScopes Scopes { get; }

    public Authorizer Authorizer => _services.GetRequiredService<Authorizer>();
    public ICredentialAuthenticator Authenticator => _services.GetRequiredService<ICredentialAuthenticator>();
    public TenantLedger Ledger => _services.GetRequiredService<TenantLedger>();
    public TenantQuotas Quotas => _services.GetRequiredService<TenantQuotas>();
    public TenantRemoval Removal => _services.GetRequiredService<TenantRemoval>();
    public EnrolmentTokens Tokens => _services.GetRequiredService<EnrolmentTokens>();
    public AgentEnrolment Enrolment => _services.GetRequiredService<AgentEnrolment>();
    public AgentCredentials Credentials => _services.GetRequiredService<AgentCredentials>();

    /// <summary>What another process has: the same store, but signals of its own.</summary>
    public ServiceProvider AnotherProcess() => Compose(new InProcessChangeSignal(Time));

    public async Task<(TenantScope Scope, FoundedTenant Founded)> FoundAsync(string plan = Plans.Dev)
    {
        var founded = await _services.GetRequiredService<TenantFounding>().FoundAsync("acme", "ops@acme.example", plan, CancellationToken.None);
        return (Scopes.For(TenantId.Parse(founded.Tenant.Id)), founded);
    }

    public async Task<string> AddKeyAsync(TenantScope scope, Func<ApiKeyRecord, ApiKeyRecord> describe)
    {
        var key = ApiKeys.Mint(scope.Tenant, "test", Time, describe);
        await scope.IdentityRows().WriteAsync(
            TableWrite.Insert(IdentityTable.Key(key.Record.Id), TablePartition.Bytes(key.Record, IdentityJson.Default.ApiKeyRecord)),
            CancellationToken.None);
        return key.Secret;
    }

    public async Task<SiteRecord> AddSiteAsync(TenantScope scope, string name = "berlin")
    {
        var site = new SiteRecord { Id = EntityId.New(IdPrefixes.Site, Time), Name = name, Region = "eu", CreatedAt = Time.GetUtcNow() };
        await scope.IdentityRows().WriteAsync(
            TableWrite.Insert(IdentityTable.Site(site.Id), TablePartition.Bytes(site, IdentityJson.Default.SiteRecord)), CancellationToken.None);
        return site;
    }

    public async Task<string> AddTokenAsync(TenantScope scope, SiteRecord site)
    {
        var issued = await Tokens.IssueAsync(scope, site.Id, TimeSpan.FromHours(1), CancellationToken.None);
        return issued.Value!.Token;
    }

    public static EnrolRequest Request(string token, ECDsa key) =>
        new(token, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "host-1", AgentProtocol.Version);

    private ServiceProvider Compose(IChangeSignal signal) => new ServiceCollection()
        .AddSingleton(Scopes)
        .AddSingleton(signal)
        .AddSingleton<TimeProvider>(Time)
        .AddLogging(logging => logging.ClearProviders())
        .AddIdentity()
        .BuildServiceProvider();
}

/// <summary>Counts reads, and can be told to fail.</summary>
public sealed class CountingTableStore : InMemoryTableStore
{
    private int _reads;

    public int Reads => _reads;

    public bool FailsWrites { get; set; }

    public override ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct)
    {
        Interlocked.Increment(ref _reads);
        return base.GetAsync(table, partition, row, ct);
    }

    public override ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
        FailsWrites
            ? throw new StorageUnavailableException("The store was told to fail.")
            : base.WriteBatchAsync(table, partition, writes, ct);
}
