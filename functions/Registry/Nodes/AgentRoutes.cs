using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Discovery.Sync;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Registry.Consul;
using Saas.Registry.Domains;

namespace Saas.Registry.Nodes;

/// <summary>
/// The agents' channel to the registry. An agent acts on its own node only, which its credential names, in the datacenter
/// of its node's site; it may read every datacenter of its tenant.
/// </summary>
internal static class AgentRoutes
{
    private const string Action = Authorizer.AgentActions + "registry";

    public static void Map(IRouteTable routes)
    {
        SyncNode.Map(routes);
        AgentFeed.Map(routes);
        routes.Map("GET", SyncProtocol.DatacentersPath, Own, async (request, ct) =>
            {
                var all = await request.Service<Datacenters>().OfAsync(request.Tenant, ct);
                return ConsulResult.Of(all.Select(d => d.Name).ToList(), SyncJson.Default.IReadOnlyListString);
            })
            .Summary("The tenant's datacenters.")
            .Unmetered();
    }

    /// <summary>Only an agent holds an action of this kind, and only on its own node.</summary>
    public static RouteAccess Own { get; } = RouteAccess.Requires(Action, request => ResourceNames.Node(request.Principal.Id));

    /// <summary>A route on the domain that <c>ns</c> and <c>dc</c> name; the agent's own datacenter where none is named.</summary>
    public static IRoute MapAgent(this IRouteTable routes, string method, string path, ConsulHandler handler) =>
        routes.Map(method, path, Own, async (request, ct) =>
        {
            try
            {
                var datacenter = request.Query("dc") is { Length: > 0 } named ? named : await OwnDatacenterAsync(request, ct);
                var domain = await request.Service<DomainDirectory>().FindAsync(request.Tenant, request.Query("ns") ?? "", datacenter, ct);
                return await handler(new ConsulRequest(request, domain), ct);
            }
            catch (RegistryException e)
            {
                return new ConsulError(e.Status, e.Message);
            }
        }).Unmetered();

    private static async ValueTask<string> OwnDatacenterAsync(ApiRequest request, CancellationToken ct)
    {
        var node = await request.Tenant.NodesOf().GetAsync(request.Principal.Id, ClusterJson.Default.NodeRecord, ct);
        if (node is not { Value.Revoked: false })
        {
            throw new ProblemException(Problem.NotFound("node"));
        }

        var all = await request.Service<Datacenters>().OfAsync(request.Tenant, ct);
        return all.FirstOrDefault(d => d.SiteId == node.Value.SiteId)?.Name ?? throw RegistryException.Server("No path to datacenter");
    }
}
