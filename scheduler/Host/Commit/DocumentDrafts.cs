using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Mapping;

namespace Saas.Scheduler.Host.Commit;

/// <summary>A plan, turned over: from what changes by job to what each node's document becomes.</summary>
internal sealed class DocumentDrafts(CellState state, TimeProvider time)
{
    private readonly Dictionary<string, DocumentDraft> _drafts = [];
    private readonly DateTimeOffset _now = time.GetUtcNow();

    public IReadOnlyCollection<DocumentDraft> All => _drafts.Values;

    public void Add(JobEntry job, EvaluationPlan plan)
    {
        foreach (var item in plan.Reconciled.Stop)
        {
            DraftOf(item).Replace(
                job.Key,
                assigned => assigned with { DesiredStatus = DesiredStatus.Stop, DesiredDescription = item.Reason },
                item.Allocation with { Stopping = true });
        }

        foreach (var item in plan.Reconciled.InPlace)
        {
            UpdateInPlace(job, item);
        }

        foreach (var item in plan.Reconciled.Lost)
        {
            DraftOf(item).Remove(job.Key, item.Allocation with { Assigned = false, Run = RunState.Lost, EndedAt = _now });
        }

        foreach (var item in plan.Reconciled.Drop)
        {
            DraftOf(item).Remove(job.Key, item.Allocation with { Assigned = false });
        }

        foreach (var placement in plan.Placed)
        {
            Place(job, plan.EvaluationId, placement);
        }
    }

    private void UpdateInPlace(JobEntry job, AllocationItem item)
    {
        var definition = DefinitionOf(job, item.Allocation.Group);
        var version = job.Spec!.Version;
        job.OutdatedRecords.Add(item.Allocation.Id);
        DraftOf(item).Replace(
            job.Key,
            assigned => assigned with { JobVersion = version, TaskGroup = definition.Group },
            item.Allocation with { JobVersion = version, Ask = definition.Ask });
    }

    private void Place(JobEntry job, string evaluationId, in Placement placement)
    {
        var item = placement.Item;
        var definition = DefinitionOf(job, item.Group.Name);
        var assigned = new AssignedAllocation
        {
            Id = EntityId.New("alloc", time),
            ProjectId = job.Key.ProjectId,
            JobId = job.Key.JobId,
            JobVersion = job.Spec!.Version,
            JobType = job.Row!.Value.Job.Type ?? JobTypes.Service,
            Group = item.Group.Name,
            Index = item.Index,
            DesiredStatus = DesiredStatus.Run,
            DesiredDescription = item.Reason,
            EvaluationId = evaluationId,
            CreatedAt = _now,
            PreviousAllocation = item.Previous?.Id,
            TaskGroup = definition.Group,
        };
        DraftOf(placement.NodeId).Append(
            job.Key, assigned, AllocationMapping.ToState(assigned, placement.NodeId, definition));
    }

    private GroupDefinition DefinitionOf(JobEntry job, string groupName) => state.Groups.Of(
        new JobVersionKey(job.Key, job.Spec!.Version),
        job.Row!.Value.Job.TaskGroups!.First(group => group.Name == groupName));

    private DocumentDraft DraftOf(in AllocationItem item) => DraftOf(item.Allocation.NodeId);

    private DocumentDraft DraftOf(string nodeId)
    {
        if (!_drafts.TryGetValue(nodeId, out var draft))
        {
            draft = new DocumentDraft(state.DocumentOf(nodeId));
            _drafts.Add(nodeId, draft);
        }

        return draft;
    }
}

/// <summary>What one document becomes, and what is then known of the allocations that changed.</summary>
internal sealed class DocumentDraft(NodeDocument before)
{
    private readonly Dictionary<string, Func<AssignedAllocation, AssignedAllocation?>> _changes = [];
    private readonly List<AssignedAllocation> _added = [];

    public NodeDocument Before => before;

    public List<(JobKey Job, AllocationState State)> After { get; } = [];

    public void Replace(JobKey job, Func<AssignedAllocation, AssignedAllocation> change, AllocationState after)
    {
        _changes[after.Id] = change;
        After.Add((job, after));
    }

    public void Remove(JobKey job, AllocationState after)
    {
        _changes[after.Id] = static _ => null;
        After.Add((job, after));
    }

    public void Append(JobKey job, AssignedAllocation assigned, AllocationState after)
    {
        _added.Add(assigned);
        After.Add((job, after));
    }

    public NodeAssignment ToAssignment(long epoch) => new()
    {
        NodeId = before.NodeId,
        Index = before.Index + 1,
        Epoch = epoch,
        Allocations =
        [
            .. before.Allocations
                .Select(assigned => _changes.TryGetValue(assigned.Id, out var change) ? change(assigned) : assigned)
                .OfType<AssignedAllocation>(),
            .. _added,
        ],
    };
}
