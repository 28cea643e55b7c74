using Microsoft.Extensions.Logging;
using Saas.Discovery.Model;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.Domains;
using Saas.Registry.State;
using Saas.Storage;

namespace Saas.Registry.Queries;

/// <summary>Executes prepared queries: where they are asked, and, when nothing is found there, in other datacenters of the project.</summary>
internal sealed partial class QueryExecutor(Datacenters datacenters, DomainDirectory directory, ILogger<QueryExecutor> logger)
{
    /// <exception cref="RegistryException">404: there is no such query. 500: it is a template, and was asked by its id.</exception>
    public async Task<QueryRun> ExecuteAsync(TenantScope tenant, Domain domain, QueryAsk ask, CancellationToken ct)
    {
        var state = await ReadAsync(domain, ask, ct);
        var query = Find(state, ask.IdOrName);
        var found = Shuffled(QuerySelection.Of(state, query.Service, ask.Connect));
        var near = Nearest(state, query, ask);
        var nodes = Limited(Distances.Sort(found, static i => i.Node.Name, state, near), ask.Limit);
        var local = new QueryRun(query, nodes, domain.Datacenter, 0, state.Index);
        return nodes.Count > 0 ? local : await FailOverAsync(tenant, domain, ask, local, ct);
    }

    /// <exception cref="RegistryException">As of <see cref="ExecuteAsync"/>.</exception>
    public static PreparedQuery Find(RegistryState state, string idOrName)
    {
        if (state.Queries.Find(idOrName) is { } byId)
        {
            return byId.IsTemplate
                ? throw RegistryException.Server("prepared query templates can only be resolved up by name, not by ID")
                : byId;
        }

        try
        {
            return state.Queries.Resolve(idOrName) ?? throw RegistryException.NotFound("Query not found");
        }
        catch (TemplateException e)
        {
            throw RegistryException.Server(e.Message);
        }
    }

    private async Task<QueryRun> FailOverAsync(TenantScope tenant, Domain domain, QueryAsk ask, QueryRun local, CancellationToken ct)
    {
        var failover = local.Query.Service.Failover;
        if (failover is { NearestN: 0, Datacenters.Count: 0, Targets.Count: 0 })
        {
            return local;
        }

        var run = local;
        foreach (var datacenter in FailoverOrder.Of(failover, domain.Datacenter, await datacenters.OfAsync(tenant, ct)))
        {
            run = run with { Failovers = run.Failovers + 1 };
            try
            {
                var other = directory.Open(tenant, domain.ProjectId, datacenter);
                var found = Shuffled(QuerySelection.Of(await ReadAsync(other, ask, ct), local.Query.Service, ask.Connect));
                run = run with { Nodes = Limited(found, ask.Limit), Datacenter = datacenter.Name };
            }
            catch (StorageUnavailableException e)
            {
                // The next one may answer.
                LogPassedOver(logger, local.Query.Service.Service, datacenter.Name, e.Message);
            }

            if (run.Nodes.Count > 0)
            {
                break;
            }
        }

        return run;
    }

    private static ValueTask<RegistryState> ReadAsync(Domain domain, QueryAsk ask, CancellationToken ct) => ask.Consistency == Consistency.Stale
        ? domain.Replica.ReadStaleAsync(ask.MaxStale, ct)
        : domain.Replica.ReadAsync(ct);

    /// <summary>The node that is to be near; empty: none is.</summary>
    private static string Nearest(RegistryState state, PreparedQuery query, QueryAsk ask) => (ask.Near.Length > 0 ? ask.Near : query.Service.Near) switch
    {
        "_agent" => ask.AgentNode,
        "_ip" => ask.SourceAddress.Length == 0 ? "" : state.Catalog.Nodes.FirstOrDefault(n => n.Node.Address == ask.SourceAddress)?.Node.Name ?? "",
        var node => node,
    };

    private static CheckServiceNode[] Shuffled(IEnumerable<CheckServiceNode> instances)
    {
        var all = instances.ToArray();
        Random.Shared.Shuffle(all);
        return all;
    }

    private static IReadOnlyList<CheckServiceNode> Limited(IEnumerable<CheckServiceNode> instances, int limit) =>
        [.. limit > 0 ? instances.Take(limit) : instances];

    [LoggerMessage(1, LogLevel.Warning, "Service {Service} could not be looked up in datacenter {Datacenter}: {Reason}")]
    private static partial void LogPassedOver(ILogger logger, string service, string datacenter, string reason);
}
