using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Cluster.Jobs;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Discovery.Filter;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Projects;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs;

/// <summary>The jobs of a project, or of all with <c>namespace=*</c>, by prefix and in pages.</summary>
internal static class ListJobs
{
    public static void Map(IRouteTable routes) =>
        routes.MapRead("/v1/jobs", ProjectRequests.OnProjects("jobs:list"), ProvisioningJson.Default.IReadOnlyListJobListStub, BindAsync)
            .Summary("Lists jobs: prefix, filter, per_page, next_token and reverse narrow and order it; meta=true adds meta data.");

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var list = new JobList(
            request.Tenant, await request.ProjectsAsync(ct), await request.RegionAsync(ct), options,
            JobPageToken.Parse(options.NextToken), request.Service<AllocationReader>());
        var (filter, withMeta) = (options.FilterOver(NomadJson.Default.Job), QueryOptions.IsSet(request.Http.Request.Query, "meta"));
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Job | ChangeKinds.Allocation),
            async token =>
            {
                var page = options.HasFilter || options.Reverse ? await list.ChosenAsync(filter, token) : await list.PageAsync(token);
                return NomadReading.Of(
                    [.. page.Items.Select(job => JobListStub.Of(job.Record, job.Summary, withMeta))],
                    ProvisioningJson.Default.IReadOnlyListJobListStub, page.Next);
            },
            IsSameForAll: true);
    }
}

/// <summary>A job as lists know it.</summary>
internal sealed record ListedJob(JobRecord Record, JobSummary Summary);

/// <summary>Jobs of some projects, by project and id.</summary>
/// <param name="Region">Null: of all.</param>
internal sealed record JobList(
    TenantScope Tenant, IReadOnlyList<ProjectRecord> Projects, string? Region, QueryOptions Options, JobPageToken? From, AllocationReader Allocations)
{
    /// <summary>As the page is stored: nothing is read of jobs that are not on it.</summary>
    public async Task<NomadPage<ListedJob>> PageAsync(CancellationToken ct)
    {
        var records = new List<JobRecord>();
        string? next = null;
        await foreach (var record in ReadAsync(From, ct))
        {
            if (records.Count == Options.PerPage)
            {
                next = TokenOf(record);
                break;
            }

            records.Add(record);
        }

        return new NomadPage<ListedJob>(await WithSummariesAsync(records, ct), next);
    }

    /// <summary>A filter is over the job as it is shown, and its status comes from its allocations: all are looked at.</summary>
    public Task<NomadPage<ListedJob>> ChosenAsync(FilterExpression<Job> filter, CancellationToken ct) => ChosenAsync(filter, static _ => true, ct);

    /// <param name="isWanted">Asked first: what it does not want costs nothing more.</param>
    public async Task<NomadPage<ListedJob>> ChosenAsync(FilterExpression<Job> filter, Func<JobRecord, bool> isWanted, CancellationToken ct)
    {
        var records = new List<JobRecord>();
        await foreach (var record in ReadAsync(null, ct))
        {
            if (isWanted(record))
            {
                records.Add(record);
            }
        }

        var all = (await WithSummariesAsync(records, ct)).Where(job => filter.Matches(ReadJob.Show(job.Record, job.Summary)));
        return NomadPages.Of(all, static job => TokenOf(job.Record), Options, FilterExpression<ListedJob>.Everything);
    }

    private static string TokenOf(JobRecord record) => new JobPageToken(record.ProjectId, record.Job.ID!).ToString();

    private async Task<IReadOnlyList<ListedJob>> WithSummariesAsync(List<JobRecord> records, CancellationToken ct)
    {
        var allocations = await Allocations.OfJobsAsync(Tenant, records, ct);
        var names = Projects.ToDictionary(project => project.Id, project => project.Name);
        var children = await ChildrenSummary.OfJobsAsync(Tenant, records, Allocations, ct);
        return
        [
            .. records.Select(job => new ListedJob(job, JobSummary.Of(job, names[job.ProjectId], allocations[(job.ProjectId, job.Job.ID!)]) with
            {
                Children = children.GetValueOrDefault((job.ProjectId, job.Job.ID!), ChildrenSummary.None),
            })),
        ];
    }

    private async IAsyncEnumerable<JobRecord> ReadAsync(JobPageToken? from, [EnumeratorCancellation] CancellationToken ct)
    {
        if (Options.Prefix.Length > 0 && !JobIds.CanExist(Options.Prefix))
        {
            yield break;
        }

        var all = RowRange.Prefix(ClusterTables.JobRow(Options.Prefix));
        foreach (var project in Projects.OrderBy(project => project.Id, StringComparer.Ordinal))
        {
            if (string.CompareOrdinal(project.Id, from?.ProjectId) < 0)
            {
                continue;
            }

            var range = from?.ProjectId == project.Id && string.CompareOrdinal(from.Row, all.From) > 0 ? all with { From = from.Row } : all;
            await foreach (var row in Tenant.JobsOf(project.Id).ReadAllAsync(range, ClusterJson.Default.JobRecord, ct))
            {
                if (Region is null || row.Value.Region == Region)
                {
                    yield return row.Value;
                }
            }
        }
    }
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
    public required string NodePool { get; init; }

    /// <summary>Nomad's; always null here.</summary>
    public JsonElement? Multiregion { get; init; }
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

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
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
        NodePool = job.Job.NodePool ?? "default",
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
