using Saas.Contracts;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Mapping;

namespace Saas.Scheduler.Host.Commit;

/// <summary>A plan, turned over: from what changes by job to what changes in each node's document.</summary>
internal sealed class DocumentDrafts(CellState state, TimeProvider time)
{
    private readonly Dictionary<string, DocumentDraft> _drafts = [];
    private readonly DateTimeOffset _now = time.GetUtcNow();

    public IReadOnlyCollection<DocumentDraft> All => _drafts.Values;

    public void Add(JobEntry job, EvaluationPlan plan)
    {
        foreach (var item in plan.Reconciled.Stop)
        {
            Change(job, item.Allocation, item.Allocation with { Stopping = true, Why = item.Reason });
        }

        foreach (var item in plan.Reconciled.InPlace)
        {
            UpdateInPlace(job, item);
        }

        foreach (var item in plan.Reconciled.Lost)
        {
            Change(job, item.Allocation, item.Allocation with { Assigned = false, Run = RunState.Lost, EndedAt = _now });
        }

        foreach (var item in plan.Reconciled.Drop)
        {
            Change(job, item.Allocation, item.Allocation with { Assigned = false });
        }

        foreach (var placement in plan.Placed)
        {
            Place(job, plan.EvaluationId, placement);
        }

        foreach (var preemption in plan.Preempted)
        {
            var victim = preemption.Victim;
            var why = $"makes room for {plan.JobKey}, whose priority is {job.Spec!.Priority}";
            Change(state.JobOf(CellState.KeyOf(victim)), victim, victim with { Stopping = true, Evicted = true, Why = why });
        }
    }

    private void UpdateInPlace(JobEntry job, in Core.Reconcile.AllocationItem item)
    {
        var (before, spec) = (item.Allocation, job.Spec!);
        var definition = DefinitionOf(spec, before.Group);
        var deploymentId = item.InDeployment ? job.Deployment!.Value.Id : before.DeploymentId;
        job.OutdatedRecords.Add(before.Id);
        Change(job, before, before with
        {
            JobVersion = spec.Version,
            Definition = definition.Definition,
            Ask = definition.Ask,
            Priority = spec.Priority,
            Origin = definition,
            DeploymentId = deploymentId,
            Healthy = deploymentId == before.DeploymentId ? before.Healthy : null,
            Canary = false,
        });
    }

    private void Place(JobEntry job, string evaluationId, in Placement placement)
    {
        var item = placement.Item;
        var spec = item.Older ?? job.Spec!;
        var definition = DefinitionOf(spec, item.Group.Name);
        var allocation = new AllocationState
        {
            Id = EntityId.New("alloc", time),
            JobKey = definition.JobKey,
            ProjectId = definition.Assignment.ProjectId,
            Group = definition.Assignment.Group,
            Index = item.Index,
            NodeId = placement.NodeId,
            JobVersion = spec.Version,
            Definition = definition.Definition,
            Ask = definition.Ask,
            Priority = spec.Priority,
            IsPerNode = spec.IsPerNode,
            Assigned = true,
            Run = RunState.Pending,
            CreatedAt = _now,
            PreviousId = item.Previous?.Id,
            EvaluationId = evaluationId,
            Why = item.Reason,
            DeploymentId = item.InDeployment ? job.Deployment!.Value.Id : null,
            Canary = item.Canary,
            Grant = placement.Grant,
            Follows = placement.Follows,
            Score = (float)placement.Score,
            Origin = definition,
        };
        DraftOf(placement.NodeId).Added.Add((job, allocation));
    }

    private void Change(JobEntry job, AllocationState before, AllocationState after) =>
        DraftOf(before.NodeId).Changed[before.Id] = (job, after);

    private GroupDefinition DefinitionOf(JobSpec spec, string group)
    {
        var key = new JobVersionKey(JobKey.Parse(spec.Key), spec.Version);
        return state.Groups.Find(key, group)
            ?? throw new InvalidOperationException($"Group {group} of {spec.Key}, version {spec.Version}, is not known.");
    }

    private DocumentDraft DraftOf(string nodeId)
    {
        if (!_drafts.TryGetValue(nodeId, out var draft))
        {
            draft = new DocumentDraft(nodeId);
            _drafts.Add(nodeId, draft);
        }

        return draft;
    }
}

/// <summary>What changes in one document.</summary>
internal sealed class DocumentDraft(string nodeId)
{
    public string NodeId => nodeId;

    /// <summary>By id. What is not assigned any more leaves the document.</summary>
    public Dictionary<string, (JobEntry Job, AllocationState After)> Changed { get; } = [];

    public List<(JobEntry Job, AllocationState After)> Added { get; } = [];

    /// <summary>The allocations of the document as it becomes.</summary>
    /// <param name="present">As it is.</param>
    public IEnumerable<AllocationState> After(IReadOnlyList<AllocationState> present)
    {
        foreach (var allocation in present)
        {
            if (!Changed.TryGetValue(allocation.Id, out var change))
            {
                yield return allocation;
            }
            else if (change.After.Assigned)
            {
                yield return change.After;
            }
        }

        foreach (var (_, added) in Added)
        {
            yield return added;
        }
    }
}
