using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Evaluations;

/// <summary>One evaluation: why the scheduler looked at a job and what came of it; and the allocations it placed.</summary>
internal static class ReadEvaluation
{
    public static void Map(IRouteTable routes)
    {
        routes.MapRead("/v1/evaluation/{evaluationId}", RouteAccess.Requires("evaluations:read", ResourceAsync), ProvisioningJson.Default.EvaluationBody, BindAsync)
            .Summary("The evaluation and, where something could not be placed, why.");
        routes.MapRead("/v1/evaluation/{evaluationId}/allocations", RouteAccess.Requires("evaluations:read", ResourceAsync), ProvisioningJson.Default.IReadOnlyListAllocationStubBody, BindAllocationsAsync)
            .Summary("Lists the allocations that the evaluation placed.");
    }

    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        await foreach (var project in ProjectSearch.InOrderAsync(request, ct))
        {
            if (await EvaluationRows.FindAsync(request.Tenant, project.Id, EvaluationChain.RowId(request.Route("evaluationId")), ct) is { } evaluation)
            {
                request.Found = new FoundEvaluation(project, evaluation);
                return ResourceNames.Job(project.Id, evaluation.JobId);
            }
        }

        throw new ProblemException(NomadErrors.NotFound("eval"));
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, (project, first)) = (request.Tenant, (FoundEvaluation)request.Found!);
        var (id, withRelated) = (request.Route("evaluationId"), request.Query("related") == "true");
        return ValueTask.FromResult(new NomadQuestion(
            TopicsOf(first, ChangeKinds.Evaluation),
            async token =>
            {
                var row = await EvaluationRows.FindAsync(tenant, project.Id, first.Id, token);
                var chain = row is null ? [] : EvaluationChain.BodiesOf(row, project.Name);
                var body = chain.FirstOrDefault(body => body.ID == id) ?? throw new ProblemException(NomadErrors.NotFound("eval"));
                return NomadReading.Of(
                    body with { RelatedEvals = withRelated ? [.. chain.Where(other => other.ID != id)] : null }, ProvisioningJson.Default.EvaluationBody);
            },
            IsSameForAll: true));
    }

    private static ValueTask<NomadQuestion> BindAllocationsAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, (project, evaluation)) = (request.Tenant, (FoundEvaluation)request.Found!);
        var (shape, reader) = (AllocationShape.Of(request), request.Service<AllocationReader>());
        return ValueTask.FromResult(new NomadQuestion(
            TopicsOf(evaluation, ChangeKinds.Allocation),
            async token =>
            {
                var views = (await reader.AllAsync(tenant, token))
                    .Where(view => view.ProjectId == project.Id && view.EvaluationId == evaluation.Id);
                return NomadReading.Of(
                    await shape.StubsAsync(tenant, [.. views], [project], token), ProvisioningJson.Default.IReadOnlyListAllocationStubBody);
            },
            IsSameForAll: true));
    }

    private static ChangeTopics TopicsOf(EvaluationRecord evaluation, ChangeKinds kinds) =>
        new(kinds, ChangeKeys.Job(evaluation.ProjectId, evaluation.JobId));

    private sealed record FoundEvaluation(ProjectRecord Project, EvaluationRecord Evaluation);
}
