using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Commit;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// A cell in memory: rows as last read or written, and what planning derives from them. It never runs ahead of the
/// store: changes are put here after they are durable. Owned by one cell's loop; not safe for concurrent use.
/// </summary>
internal sealed class CellState
{
    private readonly Dictionary<string, NodeSpec> _specs = [];
    private ClusterSnapshot? _snapshot;

    public Dictionary<string, Document<NodeRecord>> Nodes { get; } = [];
    public Dictionary<JobKey, JobEntry> Jobs { get; } = [];
    public Dictionary<string, NodeDocument> Documents { get; } = [];
    public GroupCatalog Groups { get; } = new();

    /// <summary>Evaluations answered long ago, as met while loading.</summary>
    public List<(string ProjectId, string Row)> OldEvaluations { get; } = [];

    /// <summary>Jobs to look at in the next round.</summary>
    public HashSet<JobKey> Dirty { get; } = [];

    /// <summary>The columns are kept up to date allocation by allocation, and made anew only when a node changes.</summary>
    public ClusterSnapshot Snapshot() => _snapshot ??= BuildSnapshot();

    public JobEntry JobOf(JobKey key)
    {
        if (!Jobs.TryGetValue(key, out var job))
        {
            job = new JobEntry(key);
            Jobs.Add(key, job);
        }

        return job;
    }

    public NodeDocument DocumentOf(string nodeId) => Documents.GetValueOrDefault(nodeId) ?? NodeDocument.Empty(nodeId);

    public void PutNode(Document<NodeRecord> row)
    {
        Nodes[row.Row] = row;
        _specs[row.Row] = NodeMapping.ToSpec(row.Value);
        _snapshot = null;
    }

    public void RemoveNode(string nodeId)
    {
        if (Nodes.Remove(nodeId))
        {
            _specs.Remove(nodeId);
            _snapshot = null;
        }
    }

    public void PutJob(Document<JobRecord> row)
    {
        var job = JobOf(JobMapping.KeyOf(row.Value));
        (job.Row, job.Spec, job.IsUnreadable) = (row, JobMapping.ToSpec(row.Value, Groups), false);
    }

    /// <summary>As loaded: its allocations are taken over, with nothing reported of them yet.</summary>
    public void PutDocument(NodeDocument document)
    {
        Documents[document.NodeId] = document;
        foreach (var assigned in document.Allocations)
        {
            var key = AllocationMapping.KeyOf(assigned);
            PutAllocation(key, AllocationMapping.ToState(assigned, document.NodeId, DefinitionOf(assigned)));
        }
    }

    public void PutReport(AllocationRecord record)
    {
        var job = JobOf(AllocationMapping.KeyOf(record));
        var known = job.Allocations.GetValueOrDefault(record.Id);
        if (known is not { Assigned: true })
        {
            PutAllocation(job.Key, AllocationMapping.ToHistory(record));
            return;
        }

        PutAllocation(job.Key, known.WithReport(record));
        if (record.JobVersion == known.JobVersion)
        {
            job.OutdatedRecords.Remove(record.Id);
        }
        else
        {
            job.OutdatedRecords.Add(record.Id);
        }
    }

    public void PutAllocation(JobKey key, AllocationState state)
    {
        var allocations = JobOf(key).Allocations;
        if (_snapshot is { } snapshot)
        {
            if (allocations.TryGetValue(state.Id, out var before) && before.Assigned)
            {
                Reserve(snapshot, before, static (usage, node, ask) => usage.Remove(node, ask));
            }

            if (state.Assigned)
            {
                Reserve(snapshot, state, static (usage, node, ask) => usage.Add(node, ask));
            }
        }

        allocations[state.Id] = state;
    }

    /// <summary>With its versions: a job submitted later under the same id begins to count anew.</summary>
    public void Forget(JobKey key)
    {
        Jobs.Remove(key);
        Dirty.Remove(key);
        Groups.Forget(key);
    }

    public GroupDefinition DefinitionOf(AssignedAllocation assigned) => Groups.Of(
        new JobVersionKey(AllocationMapping.KeyOf(assigned), assigned.JobVersion), assigned.TaskGroup);

    public void MarkAllDirty() => Dirty.UnionWith(Jobs.Keys);

    /// <summary>Room may have come up: whoever waits for it is looked at again.</summary>
    public void MarkBlockedDirty() => Dirty.UnionWith(Jobs.Values.Where(static job => job.IsBlocked).Select(static job => job.Key));

    public void MarkDirtyOn(string nodeId) => Dirty.UnionWith(DocumentOf(nodeId).Allocations.Select(AllocationMapping.KeyOf));

    private ClusterSnapshot BuildSnapshot()
    {
        var table = new NodeTable(_specs.Values);
        var snapshot = new ClusterSnapshot(table, new NodeUsage(table));
        foreach (var state in Jobs.Values.SelectMany(static job => job.Allocations.Values).Where(static state => state.Assigned))
        {
            Reserve(snapshot, state, static (usage, node, ask) => usage.Add(node, ask));
        }

        return snapshot;
    }

    private static void Reserve(ClusterSnapshot snapshot, AllocationState state, Action<NodeUsage, int, ResourceAsk> change)
    {
        if (snapshot.Nodes.IndexOf(state.NodeId) is var node and >= 0)
        {
            change(snapshot.Usage, node, state.Ask);
        }
    }
}
