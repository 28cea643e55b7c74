using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Tenants;
using Saas.Provisioning.Nomad;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes.Pools;

/// <summary>Forgets what was said of a pool that no node and no job is in.</summary>
internal static class DeleteNodePool
{
    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/node/pool/{pool}", ReadNodePools.OnPool("nodepools:delete"), HandleAsync)
            .Summary("Deletes a node pool that no node and no running job is in.")
            .Produces(StatusCodes.Status200OK)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var name = request.Route("pool");
        if (NodePoolRows.IsBuiltIn(name))
        {
            return Refused($"deleting node pool \"{name}\" is not allowed");
        }

        if (await NodePoolRows.FindAsync(request.Tenant, name, ct) is null)
        {
            return Problem.NotFound("node pool") with { Peer = new PeerError(StatusCodes.Status404NotFound, $"node pool {name} not found") };
        }

        var faults = await request.Service<DeleteNodePoolHandler>().HandleAsync(request.Tenant, name, ct);
        if (faults.Count > 0)
        {
            return Refused(NomadErrors.TextOf([.. faults.Select(static fault => new FieldError("", fault))]));
        }

        NomadAnswer.SetHeaders(request.Http.Response.Headers, NodeFacts.CreateIndex);
        return Results.Ok();

        static Problem Refused(string text) => Problem.Conflict("node-pool-in-use", text).AsRefusal();
    }
}

internal sealed class DeleteNodePoolHandler(ClusterEvents events)
{
    /// <returns>What is still in it; nothing: it is deleted.</returns>
    public async Task<IReadOnlyList<string>> HandleAsync(TenantScope tenant, string name, CancellationToken ct)
    {
        var faults = new List<string>();
        if (await RegionsOfJobsAsync(tenant, name, ct) is { Count: > 0 } ofJobs)
        {
            faults.Add($"node pool \"{name}\" has non-terminal jobs in regions: [{string.Join(' ', ofJobs)}]");
        }

        var ofNodes = (await NodeRows.ListAsync(tenant, ct)).Where(node => NodePoolRows.Has(name, node)).Select(static node => node.Region).Distinct().Order().ToArray();
        if (ofNodes.Length > 0)
        {
            faults.Add($"node pool \"{name}\" has nodes in regions: [{string.Join(' ', ofNodes)}]");
        }

        if (faults.Count == 0)
        {
            await tenant.NodePoolsOf().WriteAsync(TableWrite.Delete(name), ct);
            events.Raise(tenant, ChangeKinds.Settings, null);
        }

        return faults;
    }

    private static async Task<IReadOnlyCollection<string>> RegionsOfJobsAsync(TenantScope tenant, string name, CancellationToken ct)
    {
        var regions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var project in await tenant.ProjectsAsync(ct))
        {
            var range = RowRange.Prefix(ClusterTables.JobRowPrefix);
            await foreach (var row in tenant.JobsOf(project.Id).ReadAllAsync(range, ClusterJson.Default.JobRecord, ct))
            {
                if (row.Value.Job.NodePool == name && row.Value.Job.Stop is not true)
                {
                    regions.Add(row.Value.Region);
                }
            }
        }

        return regions;
    }
}
