using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Deployments;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nodes;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Events;

/// <summary>A tenant's rows as they were last seen, and what is other now. Of each thing only a few bytes are kept. Not safe for concurrent use.</summary>
internal sealed class ClusterLook(TenantScope tenant, AllocationReader allocations)
{
    public const ChangeKinds Kinds =
        ChangeKinds.Job | ChangeKinds.Evaluation | ChangeKinds.Allocation | ChangeKinds.Deployment | ChangeKinds.Node;

    private readonly SeenRows<string> _jobs = new();
    private readonly SeenRows<string> _evaluations = new();
    private readonly SeenRows<string> _deployments = new();
    private readonly SeenRows<NodeSeen> _nodes = new();
    private readonly SeenRows<AllocationSeen> _allocations = new();

    /// <summary>To be done when all kinds have been looked at.</summary>
    private readonly List<Action> _kept = [];

    /// <summary>Of these kinds. The first look at a kind finds nothing new.</summary>
    public async Task<IReadOnlyList<ClusterEvent>> EventsAsync(ChangeKinds kinds, CancellationToken ct)
    {
        _kept.Clear();
        var events = new List<ClusterEvent>();
        var projects = await tenant.ProjectsAsync(ct);
        if (kinds.HasFlag(ChangeKinds.Node))
        {
            await AddNodesAsync(events, ct);
        }

        if (kinds.HasFlag(ChangeKinds.Job))
        {
            await AddJobsAsync(events, projects, ct);
        }

        if (kinds.HasFlag(ChangeKinds.Evaluation))
        {
            await AddEvaluationsAsync(events, projects, ct);
        }

        if (kinds.HasFlag(ChangeKinds.Deployment))
        {
            await AddDeploymentsAsync(events, projects, ct);
        }

        if (kinds.HasFlag(ChangeKinds.Allocation))
        {
            await AddAllocationsAsync(events, projects, ct);
        }

        _kept.ForEach(static keep => keep());
        return events;
    }

    private async Task AddJobsAsync(List<ClusterEvent> events, IReadOnlyList<ProjectRecord> projects, CancellationToken ct)
    {
        var changed = new List<JobRecord>();
        var names = projects.ToDictionary(static project => project.Id, static project => project.Name);
        var pass = _jobs.Begin();
        _kept.Add(pass.Keep);
        foreach (var project in projects)
        {
            await foreach (var row in tenant.JobsOf(project.Id).ReadAllAsync(RowRange.Prefix(ClusterTables.JobRowPrefix), ClusterJson.Default.JobRecord, ct))
            {
                if (pass.IsNews($"{project.Id}|{row.Value.Job.ID}", row.ETag, out _))
                {
                    changed.Add(row.Value);
                }
            }
        }

        var views = changed.Count == 0 ? null : await allocations.OfJobsAsync(tenant, changed, ct);
        foreach (var job in changed)
        {
            var (id, name) = (job.Job.ID!, names[job.ProjectId]);
            var shown = ReadJob.Show(job, JobSummary.Of(job, name, views![(job.ProjectId, id)]));
            events.Add(ClusterEvent.Of(
                EventTopic.Job, job.Job.Stop is true ? "JobDeregistered" : "JobRegistered", job.ProjectId, name, id, [job.Job.ParentID ?? ""],
                new JobEventBody(shown, null), ProvisioningJson.Default.JobEventBody));
        }

        foreach (var key in pass.Gone())
        {
            var (projectId, id) = (key[..key.IndexOf('|', StringComparison.Ordinal)], key[(key.IndexOf('|', StringComparison.Ordinal) + 1)..]);
            var name = names.GetValueOrDefault(projectId, projectId);
            events.Add(ClusterEvent.Of(
                EventTopic.Job, "JobDeregistered", projectId, name, id, [],
                new JobEventBody(new Contracts.Jobs.Job { ID = id, Namespace = name, Stop = true }, true), ProvisioningJson.Default.JobEventBody));
        }
    }

    private async Task AddEvaluationsAsync(List<ClusterEvent> events, IReadOnlyList<ProjectRecord> projects, CancellationToken ct)
    {
        var pass = _evaluations.Begin();
        _kept.Add(pass.Keep);
        foreach (var project in projects)
        {
            var range = RowRange.Prefix(ClusterTables.EvaluationRowPrefix);
            await foreach (var row in tenant.JobsOf(project.Id).ReadAllAsync(range, ClusterJson.Default.EvaluationRecord, ct))
            {
                if (pass.IsNews(row.Value.Id, row.ETag, out _))
                {
                    events.AddRange(EvaluationChain.BodiesOf(row.Value, project.Name).Select(body => ClusterEvent.Of(
                        EventTopic.Evaluation, "EvaluationUpdated", project.Id, project.Name, body.ID, [body.JobID, body.DeploymentID],
                        new EvaluationEventBody(body), ProvisioningJson.Default.EvaluationEventBody)));
                }
            }
        }
    }

    private async Task AddDeploymentsAsync(List<ClusterEvent> events, IReadOnlyList<ProjectRecord> projects, CancellationToken ct)
    {
        var pass = _deployments.Begin();
        _kept.Add(pass.Keep);
        foreach (var project in projects)
        {
            var range = RowRange.Prefix(ClusterTables.DeploymentRowPrefix);
            await foreach (var row in tenant.JobsOf(project.Id).ReadAllAsync(range, ClusterJson.Default.DeploymentRecord, ct))
            {
                if (pass.IsNews(row.Value.Id, row.ETag, out _))
                {
                    events.Add(ClusterEvent.Of(
                        EventTopic.Deployment, "DeploymentStatusUpdate", project.Id, project.Name, row.Value.Id, [row.Value.JobId],
                        new DeploymentEventBody(DeploymentBody.Of(row.Value, project.Name)), ProvisioningJson.Default.DeploymentEventBody));
                }
            }
        }
    }

    private async Task AddNodesAsync(List<ClusterEvent> events, CancellationToken ct)
    {
        var pass = _nodes.Begin();
        _kept.Add(pass.Keep);
        await foreach (var row in tenant.NodesOf().ReadAllAsync(RowRange.All, ClusterJson.Default.NodeRecord, ct))
        {
            var seen = new NodeSeen(row.ETag, row.Value.Drain is not null, NodeFacts.IsEligible(row.Value), row.Value.Revoked);
            if (pass.IsNews(row.Row, seen, out var before))
            {
                events.Add(ClusterEvent.Of(
                    EventTopic.Node, TypeOf(seen, before), null, "", row.Row, [], new NodeEventStreamBody(NodeBody.Of(row.Value)),
                    ProvisioningJson.Default.NodeEventStreamBody));
            }
        }
    }

    private static string TypeOf(NodeSeen now, NodeSeen? before) =>
        before is null ? "NodeRegistration"
        : now.IsRevoked ? "NodeDeregistration"
        : now.Drains != before.Drains ? "NodeDrain"
        : now.IsEligible != before.IsEligible ? "NodeEligibility"
        : "NodeStreamEvent";

    private async Task AddAllocationsAsync(List<ClusterEvent> events, IReadOnlyList<ProjectRecord> projects, CancellationToken ct)
    {
        var changed = new List<(AllocationView View, string Type)>();
        var all = await allocations.AllAsync(tenant, ct);
        var pass = _allocations.Begin();
        _kept.Add(pass.Keep);
        foreach (var view in all)
        {
            var seen = AllocationSeen.Of(view);
            if (pass.IsNews(view.Id, seen, out var before))
            {
                changed.Add((view, before is null || before.Desired != seen.Desired ? "PlanResult"
                    : before.Moves != seen.Moves ? "AllocationUpdateDesiredStatus" : "AllocationUpdated"));
            }
        }

        if (changed.Count == 0)
        {
            return;
        }

        var (names, shape) = (await AllocationNames.OfAsync(tenant, all, projects, ct), new AllocationShape(WithTasks: true, WithResources: true));
        foreach (var (view, type) in changed.Where(entry => names.Knows(entry.View)))
        {
            events.Add(ClusterEvent.Of(
                EventTopic.Allocation, type, view.ProjectId, names.ProjectOf(view), view.Id, [view.JobId, view.DeploymentId ?? ""],
                new AllocationEventBody(shape.StubOf(view, names)), ProvisioningJson.Default.AllocationEventBody));
        }
    }

    private sealed record NodeSeen(string ETag, bool Drains, bool IsEligible, bool IsRevoked);

    /// <param name="Told">What its agent and users say, by a hash.</param>
    private sealed record AllocationSeen(string Desired, bool Moves, int Told)
    {
        public static AllocationSeen Of(AllocationView view) => new(
            view.DesiredStatus, view.MoveAskedAt is not null,
            HashCode.Combine(view.ClientStatus, view.ModifiedAt, view.JobVersion, view.DeploymentId, view.Healthy, view.Canary, view.NodeId));
    }
}

internal sealed record JobEventBody(
    Contracts.Jobs.Job Job,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] bool? Deleted);

internal sealed record EvaluationEventBody(EvaluationBody Evaluation);

internal sealed record DeploymentEventBody(DeploymentBody Deployment);

/// <summary>As in Nomad, without the job.</summary>
internal sealed record AllocationEventBody(AllocationStubBody Allocation);

internal sealed record NodeEventStreamBody(NodeBody Node);
