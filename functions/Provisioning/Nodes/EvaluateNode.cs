using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Identity.Tenants;
using Saas.Provisioning.Allocations;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes;

/// <summary>Has all jobs looked at that have something on a node, and those that want something on every node.</summary>
internal static class EvaluateNode
{
    public static void Map(IRouteTable routes) =>
        NodeUpdates.Map(routes, "evaluate", "nodes:evaluate", HandleAsync, static route => route
            .Summary("Evaluates the jobs of a node, and the system jobs of its region."));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var node = await NodeRequests.FindAsync(request, ct);
        return node is null
            ? NodeUpdates.Answer(request, NodeOutcome.NotFound)
            : NodeUpdates.Answer(request, NodeOutcome.To(node), await request.Service<NodeEvaluations>().CreateAsync(request.Tenant, node, ct));
    }
}

internal sealed class NodeEvaluations(AllocationReader allocations, JobLedger ledger, ClusterEvents events)
{
    /// <summary>One for each job; what has no need of it is looked at for nothing.</summary>
    /// <returns>Ids of evaluations.</returns>
    public async Task<IReadOnlyList<string>> CreateAsync(TenantScope tenant, NodeRecord node, CancellationToken ct)
    {
        var jobs = (await allocations.OfNodeAsync(tenant, node, ct))
            .Where(static view => view.DesiredStatus == DesiredStatus.Run && !ClientStatus.IsTerminal(view.ClientStatus))
            .Select(static view => (view.ProjectId, view.JobId)).ToHashSet();
        foreach (var project in await tenant.ProjectsAsync(ct))
        {
            var range = RowRange.Prefix(ClusterTables.JobRowPrefix);
            await foreach (var row in tenant.JobsOf(project.Id).ReadAllAsync(range, ClusterJson.Default.JobRecord, ct))
            {
                if (row.Value.Region == node.Region && row.Value.Job is { Type: JobTypes.System or JobTypes.SysBatch, Stop: not true })
                {
                    jobs.Add((project.Id, row.Value.Job.ID!));
                }
            }
        }

        var created = new List<string>();
        foreach (var (projectId, jobId) in jobs.Order())
        {
            var committed = await ledger.EvaluateAsync(
                tenant, projectId, jobId, static (_, _) => ValueTask.FromResult<PlannedEvaluation?>(new(EvaluationTriggers.NodeUpdate)), ct);
            if (committed?.Evaluation is { } evaluation)
            {
                created.Add(evaluation.Id);
                await events.SendAsync(tenant, committed.Record.Region, InboxKinds.Job, projectId, jobId);
            }
        }

        return created;
    }
}
