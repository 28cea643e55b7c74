using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Projects;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs.Validation;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs;

/// <summary>The jobs of a project, or of all with <c>namespace=*</c>, by prefix and in pages.</summary>
internal static class ListJobs
{
    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/jobs", ProjectRequests.OnProjects("jobs:list"), HandleAsync)
            .Summary("Lists jobs: prefix, per_page and next_token narrow it.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListJobListStub)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        NomadResponses.RefuseFilter(request);
        var projects = await request.ProjectsAsync(ct);
        var index = 0L;
        foreach (var project in projects)
        {
            index = Math.Max(index, await ProjectIndex.ReadAsync(request.Tenant, project.Id, ct));
        }

        var page = await PageAsync(
            request.Tenant, projects, request.Query("prefix") ?? "", JobPageToken.Parse(request.Query("next_token")),
            NomadResponses.PerPage(request), ct);
        var allocations = await request.Service<AllocationReader>().OfJobsAsync(request.Tenant, page.Jobs, ct);
        var names = projects.ToDictionary(project => project.Id, project => project.Name);
        var stubs = page.Jobs.Select(job => JobListStub.Of(
            job,
            JobSummary.Of(job, names[job.ProjectId], allocations[(job.ProjectId, job.Job.ID!)]),
            withMeta: request.Query("meta") == "true")).ToList();
        NomadResponses.NextPage(request, page.Next);
        return NomadResponses.Ok(request, stubs, ProvisioningJson.Default.IReadOnlyListJobListStub, index);
    }

    private static async Task<JobPage> PageAsync(
        TenantScope tenant, IReadOnlyList<ProjectRecord> projects, string prefix, JobPageToken? from, int? perPage, CancellationToken ct)
    {
        var jobs = new List<JobRecord>();
        if (prefix.Length > 0 && !JobIds.CanExist(prefix))
        {
            return new JobPage(jobs, null);
        }

        foreach (var project in projects.OrderBy(project => project.Id, StringComparer.Ordinal))
        {
            if (string.CompareOrdinal(project.Id, from?.ProjectId) < 0)
            {
                continue;
            }

            var all = RowRange.Prefix(ClusterTables.JobRow(prefix));
            var range = from?.ProjectId == project.Id && string.CompareOrdinal(from.Row, all.From) > 0 ? all with { From = from.Row } : all;
            await foreach (var row in tenant.JobsOf(project.Id).ReadAllAsync(range, ClusterJson.Default.JobRecord, ct))
            {
                if (jobs.Count == perPage)
                {
                    return new JobPage(jobs, new JobPageToken(project.Id, row.Value.Job.ID!).ToString());
                }

                jobs.Add(row.Value);
            }
        }

        return new JobPage(jobs, null);
    }

    private sealed record JobPage(IReadOnlyList<JobRecord> Jobs, string? Next);
}

/// <summary>The first job of the next page: project and id, as Nomad has namespace and id.</summary>
internal sealed record JobPageToken(string ProjectId, string JobId)
{
    public string Row => ClusterTables.JobRow(JobId);

    /// <exception cref="ProblemException">400: not a token we gave.</exception>
    public static JobPageToken? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return text.Split('.', 2) is [var project, var job] && JobIds.CanExist(job)
            ? new JobPageToken(project, job)
            : throw new ProblemException(Problem.Invalid("next_token", "Expected what the last page gave in X-Nomad-NextToken."));
    }

    public override string ToString() => $"{ProjectId}.{JobId}";
}

/// <summary>Nomad's JobListStub.</summary>
internal sealed record JobListStub
{
    public required string ID { get; init; }
    public string ParentID { get; init; } = "";
    public required string Name { get; init; }
    public required string Namespace { get; init; }
    public required IReadOnlyList<string> Datacenters { get; init; }
    public required string Type { get; init; }
    public required int Priority { get; init; }
    public bool Periodic { get; init; }
    public bool ParameterizedJob { get; init; }
    public required bool Stop { get; init; }
    public required string Status { get; init; }
    public string StatusDescription { get; init; } = "";
    public required JobSummary JobSummary { get; init; }
    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }
    public required long JobModifyIndex { get; init; }
    public required long SubmitTime { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    public static JobListStub Of(JobRecord job, JobSummary summary, bool withMeta) => new()
    {
        ID = job.Job.ID!,
        ParentID = job.Job.ParentID ?? "",
        Name = job.Job.Name!,
        Periodic = job.Job.Periodic is not null,
        ParameterizedJob = job.Job.ParameterizedJob is not null && job.Job.Dispatched is not true,
        Namespace = summary.Namespace,
        Datacenters = job.Job.Datacenters!,
        Type = job.Job.Type!,
        Priority = job.Job.Priority!.Value,
        Stop = job.Job.Stop is true,
        Status = summary.Status,
        JobSummary = summary,
        CreateIndex = job.CreateIndex,
        ModifyIndex = job.ModifyIndex,
        JobModifyIndex = job.JobModifyIndex,
        SubmitTime = job.SubmittedAt.ToUnixNanoseconds(),
        Meta = withMeta ? job.Job.Meta : null,
    };
}
