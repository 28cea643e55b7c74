using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Evaluations;

/// <summary>One evaluation: why the scheduler looked at a job and what came of it; and the allocations it placed.</summary>
internal static class ReadEvaluation
{
    private static readonly object Key = new();

    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/evaluation/{evaluationId}", RouteAccess.Requires("evaluations:read", ResourceAsync), HandleAsync)
            .Summary("The evaluation and, where something could not be placed, why.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.EvaluationBody)
            .Problems(StatusCodes.Status404NotFound);
        routes.Map("GET", "/v1/evaluation/{evaluationId}/allocations", RouteAccess.Requires("evaluations:read", ResourceAsync), AllocationsAsync)
            .Summary("Lists the allocations that the evaluation placed.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListAllocationBody)
            .Problems(StatusCodes.Status404NotFound);
    }

    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        await foreach (var project in ProjectSearch.InOrderAsync(request, ct))
        {
            if (await EvaluationRows.FindAsync(request.Tenant, project.Id, request.Route("evaluationId"), ct) is { } evaluation)
            {
                request.Http.Items[Key] = new Found(project, evaluation);
                return ResourceNames.Job(project.Id, evaluation.JobId);
            }
        }

        throw new ProblemException(NomadErrors.NotFound("eval"));
    }

    private static Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var (project, evaluation) = (Found)request.Http.Items[Key]!;
        return Task.FromResult(NomadResponses.Ok(
            request, EvaluationBody.Of(evaluation, project.Name), ProvisioningJson.Default.EvaluationBody, evaluation.JobModifyIndex));
    }

    private static async Task<IResult> AllocationsAsync(ApiRequest request, CancellationToken ct)
    {
        var (project, evaluation) = (Found)request.Http.Items[Key]!;
        var views = (await request.Service<AllocationReader>().AllAsync(request.Tenant, ct))
            .Where(view => view.ProjectId == project.Id && view.EvaluationId == evaluation.Id);
        var bodies = await AllocationShape.Of(request).BodiesAsync(request.Tenant, [.. views], [project], ct);
        return NomadResponses.Ok(request, bodies, ProvisioningJson.Default.IReadOnlyListAllocationBody, evaluation.JobModifyIndex);
    }

    private sealed record Found(ProjectRecord Project, EvaluationRecord Evaluation);
}
