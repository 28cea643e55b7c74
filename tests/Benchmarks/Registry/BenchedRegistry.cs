using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Benchmarks.Http;
using Saas.Contracts;
using Saas.Discovery.Model;
using Saas.Hosting.Hosts;
using Saas.Hosting.Limits;
using Saas.Identity.Tenants;
using Saas.Registry;
using Saas.Registry.Domains;
using Saas.Registry.Log;
using Saas.Registry.State;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;

namespace Saas.Benchmarks.Registry;

/// <summary>The registry as it is shipped, over the SQLite store, with a thousand services of ten instances in it.</summary>
internal sealed class BenchedRegistry : IAsyncDisposable
{
    public const int Services = 1_000;
    public const int InstancesEach = 10;

    private const int Nodes = 100;

    private static readonly Rate Unlimited = new(100_000_000, 100_000_000);

    private readonly SqliteTableStore _store;
    private readonly WebApplication _app;
    private Replica? _replica;

    private BenchedRegistry(string folder, TimeProvider time)
    {
        _store = new SqliteTableStore(Path.Combine(folder, "registry.db"));
        var signal = new InProcessChangeSignal(time);
        var platform = new PlatformServices(_store, new StoreMessageQueue(_store, signal, time), new StoreLease(_store, time), signal, time);
        _app = KestrelHost.Build(new RegistryModule(), platform, new HostingOptions
        {
            // Ours pays for being listened to, as in production; the empty one has no log at all.
            Logging = static logging => logging.AddProvider(new DiscardedLog()),
            Limits = new RateLimits { Plans = new Dictionary<string, Rate> { ["dev"] = Unlimited, ["prod"] = Unlimited }, Address = Unlimited },
            Configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?> { ["SAAS_AUDIT_SPOOL"] = Path.Combine(folder, "audit") }).Build(),
        });
    }

    public Uri Address => new(_app.Urls.First());

    public string Token { get; private set; } = "";

    /// <summary>How many answers were worked out so far.</summary>
    public long Evaluations => _replica!.Answers.Evaluations;

    public static async Task<BenchedRegistry> StartAsync(string folder, TimeProvider time, CancellationToken ct)
    {
        var registry = new BenchedRegistry(folder, time);
        await registry._app.StartAsync(ct);
        var founded = await registry._app.Services.GetRequiredService<TenantFounding>().FoundAsync("bench", "bench@acme.example", "prod", ct);
        registry.Token = founded.ApiKey;
        var tenant = registry._app.Services.GetRequiredService<TenantScopes>().For(TenantId.Parse(founded.Tenant.Id));
        var domain = await registry._app.Services.GetRequiredService<DomainDirectory>().FindAsync(tenant, "", "", ct);
        registry._replica = domain.Replica;
        for (var part = 0; part < Services; part += Nodes)
        {
            var first = part;
            await domain.Replica.ExecuteAsync(draft => Fill(draft, first));
        }

        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _store.Dispose();
    }

    private static bool Fill(Draft draft, int first)
    {
        for (var service = first; service < first + Nodes; service++)
        {
            for (var instance = 0; instance < InstancesEach; instance++)
            {
                Register(draft, $"node-{(service + (instance * InstancesEach)) % Nodes}", $"service-{service}");
            }
        }

        return true;
    }

    private static void Register(Draft draft, string node, string service)
    {
        draft.PutNode(new Node { Name = node, Address = "10.0.0.1" });
        draft.PutService(node, new ServiceInstance { ID = service, Name = service, Address = "10.0.0.1", Port = 8080, Tags = ["prod", "v1"] });
        draft.PutCheck(new HealthCheck
        {
            Node = node,
            CheckID = "service:" + service,
            Name = "alive",
            Status = HealthStatus.Passing,
            ServiceID = service,
            Type = "http",
            Output = "HTTP GET http://10.0.0.1:8080/health: 200 OK",
        });
    }
}
