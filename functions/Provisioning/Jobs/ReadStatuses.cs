using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Discovery.Filter;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Projects;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Deployments;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Blocking;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// Jobs with their allocations and latest deployments in one answer, as Nomad's web interface lists them: a page of all with
/// GET, some by name with POST.
/// </summary>
internal static class ReadStatuses
{
    private const int MaxAsked = 1_000;

    public static void Map(IRouteTable routes)
    {
        routes.MapRead("/v1/jobs/statuses", ProjectRequests.OnProjects("jobs:list"), ProvisioningJson.Default.IReadOnlyListJobStatusBody, BindAsync)
            .Summary("Jobs with their allocations and latest deployments; children of periodic and parameterized jobs with include_children.");
        routes.Map("POST", "/v1/jobs/statuses", ProjectRequests.OnProjects("jobs:list"), OfSomeAsync)
            .Summary("The same for the jobs named, of the projects that the query is for.")
            .Accepts(ProvisioningJson.Default.JobStatusesRequest)
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListJobStatusBody);
    }

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct) =>
        await QuestionAsync(request, options, asked: null, request.Flag("include_children"), ct);

    private static async Task<IResult> OfSomeAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Default.JobStatusesRequest, null, ct);
        if (body.Jobs is not { Count: > 0 and <= MaxAsked } jobs)
        {
            throw new ProblemException(NomadErrors.BadRequest("Jobs", body.Jobs is { Count: > 0 } ? $"more than {MaxAsked} jobs in request" : "no jobs in request"));
        }

        var asked = jobs.Select(static job => (string.IsNullOrEmpty(job.Namespace) ? "default" : job.Namespace, job.ID ?? "")).ToHashSet();
        var question = await QuestionAsync(
            request, QueryOptions.Of(request.Http.Request.Query), asked, body.IncludeChildren is true || request.Flag("include_children"), ct);
        var key = $"{QueryKeys.Of(request, isSameForAll: true)}\n{string.Join('\n', asked.Order())}";
        return request.Service<AnswerIndexes>().Answer(key, await question.AskAsync(ct));
    }

    /// <param name="asked">By project name and id; null: all.</param>
    private static async ValueTask<NomadQuestion> QuestionAsync(
        ApiRequest request, QueryOptions options, HashSet<(string Namespace, string Id)>? asked, bool withChildren, CancellationToken ct)
    {
        var list = new JobList(
            request.Tenant, await request.ProjectsAsync(ct), await request.RegionAsync(ct), options,
            JobPageToken.Parse(options.NextToken), request.Service<AllocationReader>());
        var (filter, names) = (options.FilterOver(NomadJson.Default.Job), list.Projects.ToDictionary(static project => project.Id, static project => project.Name));
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Job | ChangeKinds.Allocation | ChangeKinds.Deployment),
            async token =>
            {
                var page = await list.ChosenAsync(filter, IsWanted, token);
                return NomadReading.Of(await BodiesAsync(list, page.Items, token), ProvisioningJson.Default.IReadOnlyListJobStatusBody, page.Next);
            },
            IsSameForAll: true);

        bool IsWanted(JobRecord job) => asked is null
            ? withChildren || string.IsNullOrEmpty(job.Job.ParentID)
            : asked.Contains((names[job.ProjectId], job.Job.ID!)) || asked.Contains((job.ProjectId, job.Job.ID!))
                || (withChildren && !string.IsNullOrEmpty(job.Job.ParentID) && asked.Contains((names[job.ProjectId], job.Job.ParentID)));
    }

    private static async Task<IReadOnlyList<JobStatusBody>> BodiesAsync(JobList list, IReadOnlyList<ListedJob> jobs, CancellationToken ct)
    {
        var allocations = await list.Allocations.OfJobsAsync(list.Tenant, [.. jobs.Select(static job => job.Record)], ct);
        var deployments = new Dictionary<(string ProjectId, string JobId), DeploymentRecord>();
        foreach (var projectId in jobs.Select(static job => job.Record.ProjectId).Distinct(StringComparer.Ordinal))
        {
            // Oldest first: the latest stays.
            foreach (var deployment in await DeploymentRows.ListAsync(list.Tenant, projectId, "", static _ => true, ct))
            {
                deployments[(projectId, deployment.JobId)] = deployment;
            }
        }

        return
        [
            .. jobs.Select(job => JobStatusBody.Of(
                job, allocations[(job.Record.ProjectId, job.Record.Job.ID!)], deployments.GetValueOrDefault((job.Record.ProjectId, job.Record.Job.ID!)),
                job.Record.IsParent ? job.Summary.Children.Statuses : null)),
        ];
    }
}

/// <summary>Nomad's JobStatusesRequest.</summary>
internal sealed record JobStatusesRequest
{
    public IReadOnlyList<NamedJob>? Jobs { get; init; }
    public bool? IncludeChildren { get; init; }
}

internal sealed record NamedJob
{
    public string? ID { get; init; }

    /// <summary>Default <c>default</c>.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Nomad's JobStatusesJob.</summary>
internal sealed record JobStatusBody
{
    public required string ID { get; init; }
    public required string Namespace { get; init; }
    public required string Name { get; init; }
    public required string Type { get; init; }
    public required string NodePool { get; init; }
    public required IReadOnlyList<string> Datacenters { get; init; }
    public required int Priority { get; init; }
    public required long Version { get; init; }
    public required long SubmitTime { get; init; }
    public required long ModifyIndex { get; init; }
    public required IReadOnlyList<JobStatusAllocBody> Allocs { get; init; }

    /// <summary>Of all groups; a system job's is counted by its allocations.</summary>
    public required int GroupCountSum { get; init; }

    /// <summary>Null where it can have none.</summary>
    public required IReadOnlyList<string>? ChildStatuses { get; init; }

    public required string ParentID { get; init; }
    public required JobStatusDeploymentBody? LatestDeployment { get; init; }
    public required bool Stop { get; init; }
    public bool IsPack { get; init; }
    public required string Status { get; init; }

    public static JobStatusBody Of(
        ListedJob job, IEnumerable<AllocationView> allocations, DeploymentRecord? latest, IReadOnlyList<string>? childStatuses)
    {
        var (record, allocs) = (job.Record, allocations.Select(JobStatusAllocBody.Of).ToList());
        return new JobStatusBody
        {
            ID = record.Job.ID!,
            Namespace = job.Summary.Namespace,
            Name = record.Job.Name!,
            Type = record.Job.Type!,
            NodePool = record.Job.NodePool ?? "default",
            Datacenters = record.Job.Datacenters!,
            Priority = record.Job.Priority!.Value,
            Version = record.Version,
            SubmitTime = record.SubmittedAt.ToUnixNanoseconds(),
            ModifyIndex = record.ModifyIndex,
            Allocs = allocs,
            GroupCountSum = record.Job.Type is JobTypes.System or JobTypes.SysBatch ? allocs.Count : record.Job.TaskGroups!.Sum(static group => group.Count ?? 0),
            ChildStatuses = childStatuses,
            ParentID = record.Job.ParentID ?? "",
            LatestDeployment = latest is null || latest.JobModifyIndex < record.CreateIndex ? null : JobStatusDeploymentBody.Of(latest),
            Stop = record.Job.Stop is true,
            Status = job.Summary.Status,
        };
    }
}

/// <summary>Nomad's JobStatusesAlloc.</summary>
internal sealed record JobStatusAllocBody(
    string ID, string Group, string ClientStatus, string NodeID, JobStatusHealthBody DeploymentStatus, long JobVersion, string FollowupEvalID, bool HasPausedTask)
{
    public static JobStatusAllocBody Of(AllocationView view) => new(
        view.Id, view.Group, view.ClientStatus, view.NodeId, new JobStatusHealthBody(view.Canary, view.Healthy), view.JobVersion, "", HasPausedTask: false);
}

internal sealed record JobStatusHealthBody(bool Canary, bool? Healthy);

/// <summary>Nomad's JobStatusesLatestDeployment.</summary>
internal sealed record JobStatusDeploymentBody(
    string ID, bool IsActive, long JobVersion, string Status, string StatusDescription, bool AllAutoPromote, bool RequiresPromotion)
{
    public static JobStatusDeploymentBody Of(DeploymentRecord deployment)
    {
        var canaries = deployment.Groups.Values.Where(static group => group.DesiredCanaries > 0).ToList();
        return new JobStatusDeploymentBody(
            deployment.Id, DeploymentStatus.IsActive(deployment.Status), deployment.JobVersion, deployment.Status, deployment.StatusDescription,
            canaries.Count > 0 && canaries.TrueForAll(static group => group.AutoPromote), canaries.Exists(static group => !group.Promoted));
    }
}
