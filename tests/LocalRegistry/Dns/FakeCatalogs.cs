using System.Collections.Concurrent;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Catalogs that a test fills. Datacenters other than <c>dc1</c> are there once something is registered in them.</summary>
internal sealed class FakeCatalogs : ICatalogViews
{
    private readonly ConcurrentDictionary<string, CatalogState> _states = new(StringComparer.OrdinalIgnoreCase);
    private ulong _index;
    private int _waiting;

    public string LocalDatacenter => IsHeard ? "dc1" : "";

    public string NodeName => "agent-1";

    /// <summary>False: nothing is known of the local datacenter yet.</summary>
    public bool IsHeard { get; set; } = true;

    /// <summary>Lookups fail with it.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Foreign catalogs and queries come only when it completes.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Lookups that have come to the gate so far.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public ConcurrentDictionary<string, QueryAnswer> Queries { get; } = new(StringComparer.OrdinalIgnoreCase);

    public async ValueTask<CatalogView?> FindAsync(string? datacenter, CancellationToken ct)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        if (!string.IsNullOrEmpty(datacenter))
        {
            Interlocked.Increment(ref _waiting);
            await Gate.WaitAsync(ct);
        }

        var name = string.IsNullOrEmpty(datacenter) ? "dc1" : datacenter;
        var state = _states.GetValueOrDefault(name) ?? (name == "dc1" ? CatalogState.Empty : null);
        return state is null || !IsHeard ? null : new CatalogView(state, state.Index, name.ToLowerInvariant(), 0);
    }

    public async ValueTask<QueryAnswer?> ExecuteAsync(string query, string? datacenter, CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        await Gate.WaitAsync(ct);
        return Queries.GetValueOrDefault(query);
    }

    public FakeCatalogs Node(string name, string address, string datacenter = "dc1", Dictionary<string, string>? meta = null, Dictionary<string, string>? tagged = null) =>
        Change(datacenter, s => s.WithNode(new Node { Name = name, Address = address, Datacenter = datacenter, Meta = meta, TaggedAddresses = tagged }, ++_index, []));

    public FakeCatalogs Service(
        string node, string name, int port = 80, string address = "", string[]? tags = null, string status = HealthStatus.Passing, string datacenter = "dc1",
        string? id = null, ServiceWeights? weights = null, Dictionary<string, ServiceAddress>? tagged = null) => Change(datacenter, s => s
            .WithService(node, new ServiceInstance
            {
                ID = id ?? name, Name = name, Port = port, Address = address, Tags = tags ?? [], Weights = weights ?? ServiceWeights.Default, TaggedAddresses = tagged,
            }, ++_index, [])
            .WithCheck(new HealthCheck { Node = node, CheckID = "of:" + (id ?? name), Status = status, ServiceID = id ?? name }, ++_index, []));

    public FakeCatalogs NodeCheck(string node, string status) =>
        Change("dc1", s => s.WithCheck(new HealthCheck { Node = node, CheckID = "node", Status = status }, ++_index, []));

    /// <summary>The instances of a service of dc1, as a query gives them.</summary>
    public IReadOnlyList<CheckServiceNode> Instances(string service) => _states["dc1"].InstancesOf(service);

    private FakeCatalogs Change(string datacenter, Func<CatalogState, CatalogState> change)
    {
        _states[datacenter] = change(_states.GetValueOrDefault(datacenter) ?? CatalogState.Empty);
        return this;
    }
}
