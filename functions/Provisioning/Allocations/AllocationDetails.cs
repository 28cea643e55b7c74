using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Jobs.Versions;
using Saas.Storage;

namespace Saas.Provisioning.Allocations;

/// <summary>
/// Allocations in full: with the job at their version and, where it is asked for, why they are where they are. Each job and
/// version is read once.
/// </summary>
internal sealed class AllocationDetails(TenantScope tenant, AllocationNames names)
{
    private static readonly AllocationShape InFull = new(WithTasks: true, WithResources: true);

    private readonly Dictionary<(string ProjectId, string JobId, long Version), JobRecord?> _jobs = [];

    /// <param name="withMetrics">False: nothing is said of how its node was found.</param>
    public async Task<AllocationBody> BodyAsync(AllocationView view, bool withMetrics, CancellationToken ct)
    {
        var stub = InFull.StubOf(view, names);
        return new AllocationBody
        {
            ID = stub.ID,
            Namespace = stub.Namespace,
            EvalID = stub.EvalID,
            Name = stub.Name,
            NodeID = stub.NodeID,
            NodeName = stub.NodeName,
            JobID = stub.JobID,
            Job = JobOf(view, await FindJobAsync(view, ct), stub.Namespace),
            JobType = stub.JobType,
            JobVersion = stub.JobVersion,
            TaskGroup = stub.TaskGroup,
            Resources = CombinedResourcesBody.Of(view.TaskGroup),
            TaskResources = view.TaskGroup?.Tasks!.ToDictionary(static task => task.Name!, static task => task.Resources!),
            AllocatedResources = stub.AllocatedResources,
            Metrics = (withMetrics ? await MetricsAsync(view, ct) : null) ?? AllocMetricBody.Nothing,
            DesiredStatus = stub.DesiredStatus,
            DesiredDescription = stub.DesiredDescription,
            DesiredTransition = stub.DesiredTransition,
            ClientStatus = stub.ClientStatus,
            ClientDescription = stub.ClientDescription,
            TaskStates = stub.TaskStates,
            DeploymentID = stub.DeploymentID,
            DeploymentStatus = stub.DeploymentStatus,
            PreviousAllocation = stub.PreviousAllocation,
            NextAllocation = stub.NextAllocation,
            CreateIndex = stub.CreateIndex,
            ModifyIndex = stub.ModifyIndex,
            AllocModifyIndex = stub.ModifyIndex,
            CreateTime = stub.CreateTime,
            ModifyTime = stub.ModifyTime,
        };
    }

    private async ValueTask<JobRecord?> FindJobAsync(AllocationView view, CancellationToken ct)
    {
        var key = (view.ProjectId, view.JobId, view.JobVersion);
        if (!_jobs.TryGetValue(key, out var job))
        {
            job = await JobVersions.FindAsync(tenant.JobsOf(view.ProjectId), view.JobId, view.JobVersion, ct);
            _jobs.Add(key, job);
        }

        return job;
    }

    /// <summary>Clients look its group up in it without asking whether it is there.</summary>
    private static Job JobOf(AllocationView view, JobRecord? job, string projectName)
    {
        if (job is not null)
        {
            return job.Job with
            {
                Namespace = projectName,
                Version = job.Version,
                Stable = job.Stable,
                VersionTag = JobVersionTags.Show(job.Tag),
                SubmitTime = job.SubmittedAt.ToUnixNanoseconds(),
                CreateIndex = job.CreateIndex,
                ModifyIndex = job.ModifyIndex,
                JobModifyIndex = job.JobModifyIndex,
            };
        }

        var group = view.TaskGroup ?? new TaskGroup { Name = view.Group, Tasks = [.. view.Tasks.Keys.Select(static name => new JobTask { Name = name })] };
        return new Job
        {
            ID = view.JobId,
            Name = view.JobId,
            Namespace = projectName,
            Region = view.Region,
            Type = view.JobType,
            Version = view.JobVersion,
            TaskGroups = [group],
        };
    }

    /// <summary>
    /// What its evaluation says of its group, as long as that is kept. Only the first nodes chosen are explained there; of the
    /// others the document knows the score.
    /// </summary>
    private async Task<AllocMetricBody?> MetricsAsync(AllocationView view, CancellationToken ct)
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
