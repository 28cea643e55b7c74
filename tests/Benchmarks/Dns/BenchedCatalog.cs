using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.View;

namespace Saas.Benchmarks.Dns;

/// <summary>A site of 200 nodes with 400 services of 5 instances each.</summary>
internal sealed class BenchedCatalog : ICatalogViews
{
    private const int Nodes = 200;
    private const int Services = 400;
    public const int Instances = 5;

    private readonly CatalogView _view = new(Build(), 1, "dc1", 0);

    public string LocalDatacenter => "dc1";

    public string NodeName => "node-0";

    public ValueTask<CatalogView?> FindAsync(string? datacenter, CancellationToken ct) => new(_view);

    public ValueTask<QueryAnswer?> ExecuteAsync(string query, string? datacenter, CancellationToken ct) => new((QueryAnswer?)null);

    private static CatalogState Build()
    {
        var state = CatalogState.Empty;
        for (var i = 0; i < Nodes; i++)
        {
            state = state.WithNode(new Node { Name = $"node-{i}", Address = $"10.0.{i / 250}.{(i % 250) + 1}" }, 1, []);
            state = state.WithCheck(new HealthCheck { Node = $"node-{i}", CheckID = HealthStatus.AgentAlive, Status = HealthStatus.Passing }, 1, []);
        }

        for (var i = 0; i < Services * Instances; i++)
        {
            var node = $"node-{((i * 7) + (i / Services * 31)) % Nodes}";
            var (id, name) = ($"service-{i}", $"service-{i % Services}");
            state = state.WithService(node, new ServiceInstance { ID = id, Name = name, Port = 1024 + i, Tags = ["prod", $"v{i % 3}"] }, 1, []);
            state = state.WithCheck(new HealthCheck { Node = node, CheckID = "of:" + id, ServiceID = id, Status = HealthStatus.Passing }, 1, []);
        }

        return state;
    }
}
