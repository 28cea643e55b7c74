using System.Text.Json.Serialization.Metadata;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Projects;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>The job that a question is about, and where to read of it: nothing of the request that asked.</summary>
internal sealed record JobSubject(TenantScope Tenant, ProjectRecord Project, string JobId, string? Region, AllocationReader Allocations)
{
    /// <exception cref="ProblemException">404: there is no such job, or none in the region asked for.</exception>
    public async Task<JobRecord> FindAsync(CancellationToken ct) =>
        await JobRows.FindAsync(Tenant, Project.Id, JobId, ct) is { } job && (Region is null || job.Region == Region)
            ? job
            : throw new ProblemException(NomadErrors.NotFound("job"));

    /// <summary>Of a job that is not there any more, those that are still known.</summary>
    public async Task<IReadOnlyList<AllocationView>> AllocationsAsync(CancellationToken ct) =>
        await JobRows.FindAsync(Tenant, Project.Id, JobId, ct) is not { } job
            ? [.. (await Allocations.AllAsync(Tenant, ct)).Where(view => view.ProjectId == Project.Id && view.JobId == JobId && (Region is null || view.Region == Region))]
            : Region is null || job.Region == Region ? await Allocations.OfJobAsync(Tenant, job, ct)
            : [];

    public async Task<JobSummary> SummaryAsync(JobRecord job, CancellationToken ct) =>
        JobSummary.Of(job, Project.Name, await Allocations.OfJobAsync(Tenant, job, ct)) with
        {
            Children = (await ChildrenSummary.OfJobsAsync(Tenant, [job], Allocations, ct)).GetValueOrDefault((job.ProjectId, job.Job.ID!), ChildrenSummary.None),
        };
}

/// <summary>Questions about one job: whoever may ask them gets the same answer.</summary>
internal static class JobQuestions
{
    /// <param name="kinds">What changes the answer, beside the job itself.</param>
    public static async ValueTask<NomadQuestion> AskAsync<T>(
        ApiRequest request, ChangeKinds kinds, JsonTypeInfo<T> type, Func<JobSubject, CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        var subject = await SubjectAsync(request, ct);
        return new NomadQuestion(
            new ChangeTopics(kinds | ChangeKinds.Job, ChangeKeys.Job(subject.Project.Id, subject.JobId)),
            async token => NomadReading.Of(await ask(subject, token), type),
            IsSameForAll: true);
    }

    public static async ValueTask<JobSubject> SubjectAsync(ApiRequest request, CancellationToken ct) => new(
        request.Tenant, await request.ProjectAsync(ct), request.JobId(), await request.RegionAsync(ct), request.Service<AllocationReader>());
}
