using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Identity.Projects;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;
using Saas.Storage;

namespace Saas.Provisioning.Evaluations;

/// <summary>Evaluations of a project or of a job, oldest first, and how many there are.</summary>
internal static class ListEvaluations
{
    public static void Map(IRouteTable routes)
    {
        routes.MapRead("/v1/evaluations", ProjectRequests.OnProjects("evaluations:list"), ProvisioningJson.Default.IReadOnlyListEvaluationBody, BindAsync)
            .Summary("Lists evaluations: job, status, prefix, filter, per_page, next_token and reverse narrow and order it.");
        routes.MapRead("/v1/evaluations/count", ProjectRequests.OnProjects("evaluations:list"), ProvisioningJson.Default.EvaluationCountBody, BindCountAsync)
            .Summary("Counts evaluations: prefix and filter narrow it.");
        foreach (var root in (string[])["/v1/job", "/v1/jobs"])
        {
            routes.MapRead(root + "/{jobId}/evaluations", ProjectRequests.OnJob("evaluations:list"), ProvisioningJson.Default.IReadOnlyListEvaluationBody, BindOfJobAsync)
                .Summary("Lists a job's evaluations, also those of one that is not there any more.");
        }
    }

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, projects) = (request.Tenant, await request.ProjectsAsync(ct));
        var (job, status) = (request.Query("job") is { Length: > 0 } id ? id : null, request.Query("status") is { Length: > 0 } text ? text : null);
        var filter = options.FilterOver(ProvisioningJson.Default.EvaluationBody);
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Evaluation),
            async token =>
            {
                var all = await BodiesAsync(
                    tenant, projects, evaluation => job is null || evaluation.JobId == job,
                    body => body.ID.StartsWith(options.Prefix, StringComparison.Ordinal) && (status is null || body.Status == status), token);
                var page = NomadPages.Of(all, static body => body.ID, options, filter);
                return NomadReading.Of(page.Items, ProvisioningJson.Default.IReadOnlyListEvaluationBody, page.Next);
            },
            IsSameForAll: true);
    }

    private static async ValueTask<NomadQuestion> BindCountAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, projects) = (request.Tenant, await request.ProjectsAsync(ct));
        var filter = options.FilterOver(ProvisioningJson.Default.EvaluationBody);
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Evaluation),
            async token =>
            {
                var all = await BodiesAsync(tenant, projects, static _ => true, body => body.ID.StartsWith(options.Prefix, StringComparison.Ordinal), token);
                return NomadReading.Of(new EvaluationCountBody(all.Count(filter.Matches)), ProvisioningJson.Default.EvaluationCountBody);
            },
            IsSameForAll: true);
    }

    private static ValueTask<NomadQuestion> BindOfJobAsync(ApiRequest request, QueryOptions options, CancellationToken ct) => JobQuestions.AskAsync(
        request, ChangeKinds.Evaluation, ProvisioningJson.Default.IReadOnlyListEvaluationBody,
        static (subject, token) => BodiesAsync(subject.Tenant, [subject.Project], evaluation => evaluation.JobId == subject.JobId, static _ => true, token),
        ct);

    /// <summary>By id, and so by time; blocked ones first.</summary>
    /// <param name="isOfRow">Whether to look at a row at all.</param>
    private static async Task<IReadOnlyList<EvaluationBody>> BodiesAsync(
        TenantScope tenant, IReadOnlyList<ProjectRecord> projects, Func<EvaluationRecord, bool> isOfRow, Func<EvaluationBody, bool> isWanted, CancellationToken ct)
    {
        var bodies = new List<EvaluationBody>();
        foreach (var project in projects)
        {
            var found = await EvaluationRows.ListAsync(tenant, project.Id, isOfRow, ct);
            bodies.AddRange(found.SelectMany(evaluation => EvaluationChain.BodiesOf(evaluation, project.Name)).Where(isWanted));
        }

        bodies.Sort(static (left, right) => string.CompareOrdinal(left.ID, right.ID));
        return bodies;
    }
}

internal sealed record EvaluationCountBody(int Count);
