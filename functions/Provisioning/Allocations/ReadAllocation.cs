using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Tenants;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Allocations;

/// <summary>One allocation with the states and events of its tasks and the end of their output.</summary>
internal static class ReadAllocation
{
    private static readonly object Key = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/allocation/{allocationId}", RouteAccess.Requires("allocations:read", ResourceAsync), HandleAsync)
            .Summary("The allocation, the states and events of its tasks, and the end of their output.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.AllocationBody)
            .Problems(StatusCodes.Status404NotFound);

    /// <summary>An allocation is of a job, whichever namespace the client names: that is what access is decided on.</summary>
    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        var view = await request.Service<AllocationReader>().FindAsync(request.Tenant, request.Route("allocationId"), ct)
            ?? throw new ProblemException(NomadErrors.NotFound("alloc"));
        request.Http.Items[Key] = view;
        return ResourceNames.Job(view.ProjectId, view.JobId);
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var view = (AllocationView)request.Http.Items[Key]!;
        var project = await request.Tenant.FindProjectAsync(view.ProjectId, ct);
        var node = await NodeRows.FindAsync(request.Tenant, view.NodeId, ct);
        var job = await JobRows.FindAsync(request.Tenant, view.ProjectId, view.JobId, ct);
        var body = AllocationBody.Of(view, project?.Name ?? view.ProjectId, NodeRows.NameOf(node), withTasks: true) with
        {
            Job = job?.Version == view.JobVersion ? job.Job : null,
            TaskResources = view.TaskGroup?.Tasks!.ToDictionary(task => task.Name!, task => task.Resources!),
            AllocatedResources = view.TaskGroup is { } group ? AllocatedResourcesBody.Of(group, view.Ports, view.Devices) : null,
            Metrics = await MetricsAsync(request.Tenant, view, ct),
        };
        return NomadResponses.Ok(request, body, ProvisioningJson.Default.AllocationBody, job?.ModifyIndex ?? 0);
    }

    /// <summary>
    /// What its evaluation says of its group, as long as that is kept. Only the first nodes chosen are explained there; of the
    /// others the document knows the score.
    /// </summary>
    private static async Task<AllocMetricBody?> MetricsAsync(TenantScope tenant, AllocationView view, CancellationToken ct)
    {
        var evaluation = await EvaluationRows.FindAsync(tenant, view.ProjectId, view.EvaluationId, ct);
        if (evaluation?.Placements?.GetValueOrDefault(view.Group) is not { } placed)
        {
            return null;
        }

        var metrics = AllocMetricBody.Of(placed);
        return view.Score is not { } score || metrics.ScoreMetaData?.Any(node => node.NodeID == view.NodeId) is true
            ? metrics
            : metrics with { ScoreMetaData = [.. metrics.ScoreMetaData ?? [], new NodeScoreBody(view.NodeId, new Dictionary<string, double>(), score)] };
    }
}
