using Microsoft.AspNetCore.Http;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Evaluations;

/// <summary>Evaluations of a project or of a job, oldest first.</summary>
internal static class ListEvaluations
{
    public static void Map(IRouteTable routes)
    {
        Map(routes, "/v1/evaluations", ProjectRequests.OnProjects("evaluations:list"), OfProjectsAsync, "Lists evaluations: prefix narrows it.");
        Map(routes, "/v1/job/{jobId}/evaluations", ProjectRequests.OnJob("evaluations:list"), OfJobAsync, "Lists a job's evaluations.");
        Map(routes, "/v1/jobs/{jobId}/evaluations", ProjectRequests.OnJob("evaluations:list"), OfJobAsync, "Lists a job's evaluations.");
    }

    private static void Map(IRouteTable routes, string pattern, RouteAccess access, RouteHandler handler, string summary) =>
        routes.Map("GET", pattern, access, handler)
            .Summary(summary)
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListEvaluationBody)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> OfProjectsAsync(ApiRequest request, CancellationToken ct)
    {
        NomadResponses.RefuseFilter(request);
        var prefix = request.Query("prefix") ?? "";
        var bodies = new List<EvaluationBody>();
        var index = 0L;
        foreach (var project in await request.ProjectsAsync(ct))
        {
            index = Math.Max(index, await ProjectIndex.ReadAsync(request.Tenant, project.Id, ct));
            var found = await EvaluationRows.ListAsync(
                request.Tenant, project.Id, evaluation => evaluation.Id.StartsWith(prefix, StringComparison.Ordinal), ct);
            bodies.AddRange(found.Select(evaluation => EvaluationBody.Of(evaluation, project.Name)));
        }

        return NomadResponses.Ok(request, bodies, ProvisioningJson.Default.IReadOnlyListEvaluationBody, index);
    }

    private static async Task<IResult> OfJobAsync(ApiRequest request, CancellationToken ct)
    {
        var project = await request.ProjectAsync(ct);
        var jobId = request.JobId();
        if (await JobRows.FindAsync(request.Tenant, project.Id, jobId, ct) is not { } job)
        {
            return NomadErrors.NotFound("job");
        }

        var found = await EvaluationRows.ListAsync(request.Tenant, project.Id, evaluation => evaluation.JobId == jobId, ct);
        return NomadResponses.Ok(
            request, [.. found.Select(evaluation => EvaluationBody.Of(evaluation, project.Name))],
            ProvisioningJson.Default.IReadOnlyListEvaluationBody, job.ModifyIndex);
    }
}
