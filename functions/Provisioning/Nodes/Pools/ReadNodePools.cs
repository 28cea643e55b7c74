using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Discovery.Filter;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;

namespace Saas.Provisioning.Nodes.Pools;

/// <summary>Node pools, their nodes and their jobs.</summary>
internal static class ReadNodePools
{
    public static void Map(IRouteTable routes)
    {
        routes.MapRead("/v1/node/pools", RouteAccess.Requires("nodepools:list", ResourceNames.NodePool("*")), ProvisioningJson.Default.IReadOnlyListNodePoolBody, BindListAsync)
            .Summary("Lists node pools: prefix, filter, per_page, next_token and reverse narrow and order it.");
        routes.MapRead("/v1/node/pool/{pool}", OnPool("nodepools:read"), ProvisioningJson.Default.NodePoolBody, BindAsync)
            .Summary("The node pool.");
        routes.MapRead("/v1/node/pool/{pool}/nodes", RouteAccess.Requires("nodes:list", ResourceNames.Node("*")), ProvisioningJson.Default.IReadOnlyListNodeStubBody, BindNodesAsync)
            .Summary("Lists the nodes of a pool; all of them are in the pool all.");
        routes.MapRead("/v1/node/pool/{pool}/jobs", ProjectRequests.OnProjects("jobs:list"), ProvisioningJson.Default.IReadOnlyListJobListStub, BindJobsAsync)
            .Summary("Lists a project's jobs that are to run in the pool.");
    }

    public static RouteAccess OnPool(string action) => RouteAccess.Requires(action, static request => ResourceNames.NodePool(request.Route("pool")));

    private static ValueTask<NomadQuestion> BindListAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, filter) = (request.Tenant, options.FilterOver(ProvisioningJson.Default.NodePoolBody));
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Node | ChangeKinds.Settings),
            async token =>
            {
                var pools = (await NodePoolRows.ListAsync(tenant, token))
                    .Where(pool => pool.Name.StartsWith(options.Prefix, StringComparison.Ordinal)).Select(NodePoolBody.Of);
                var page = NomadPages.Of(pools, static pool => pool.Name, options, filter);
                return NomadReading.Of(page.Items, ProvisioningJson.Default.IReadOnlyListNodePoolBody, page.Next);
            },
            IsSameForAll: true));
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, name) = (request.Tenant, request.Route("pool"));
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Node | ChangeKinds.Settings),
            async token => await NodePoolRows.FindAsync(tenant, name, token) is { } pool
                ? NomadReading.Of(NodePoolBody.Of(pool), ProvisioningJson.Default.NodePoolBody)
                : throw new ProblemException(NomadErrors.NotFound("node pool")),
            IsSameForAll: true));
    }

    private static async ValueTask<NomadQuestion> BindNodesAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        RefusePrefix(options);
        var name = request.Route("pool");
        return NodeList.Of(request, options, await request.RegionAsync(ct), node => NodePoolRows.Has(name, node));
    }

    private static async ValueTask<NomadQuestion> BindJobsAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        RefusePrefix(options);
        var name = request.Route("pool");
        var list = new JobList(
            request.Tenant, await request.ProjectsAsync(ct), await request.RegionAsync(ct), options,
            JobPageToken.Parse(options.NextToken), request.Service<AllocationReader>());
        var (filter, withMeta) = (options.FilterOver(Saas.Contracts.NomadJson.Default.Job), QueryOptions.IsSet(request.Http.Request.Query, "meta"));
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Job | ChangeKinds.Allocation),
            async token =>
            {
                var page = await list.ChosenAsync(filter, record => (record.Job.NodePool ?? NodePools.Default) == name, token);
                return NomadReading.Of(
                    [.. page.Items.Select(job => JobListStub.Of(job.Record, job.Summary, withMeta))],
                    ProvisioningJson.Default.IReadOnlyListJobListStub, page.Next);
            },
            IsSameForAll: true);
    }

    /// <summary>Of the pools, or of what is in them? Nomad does not say either.</summary>
    private static void RefusePrefix(QueryOptions options)
    {
        if (options.Prefix.Length > 0)
        {
            throw new ProblemException(NomadErrors.BadRequest("prefix", "prefix argument not allowed"));
        }
    }
}
