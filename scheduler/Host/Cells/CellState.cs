using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Waiting;
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
    public CellState() => Blocked = new BlockedJobs(Cluster);

    public Dictionary<string, Document<NodeRecord>> Nodes { get; } = [];
    public Dictionary<JobKey, JobEntry> Jobs { get; } = [];
    public Dictionary<string, DocumentVersion> Documents { get; } = [];
    public GroupCatalog Groups { get; } = new();

    /// <summary>Nodes and what stands in their documents.</summary>
    public Core.Model.Cluster Cluster { get; } = new();

    /// <summary>Jobs that wait for room.</summary>
    public BlockedJobs Blocked { get; }

    public FollowUps FollowUps { get; } = new();

    /// <summary>Evaluations answered long ago, as met while loading.</summary>
    public HashSet<(string ProjectId, string Row)> OldEvaluations { get; } = [];

    /// <summary>Rows of jobs that could not be read, by project.</summary>
    public HashSet<(string ProjectId, string Row)> Unreadable { get; } = [];

    /// <summary>Jobs to look at in the next round.</summary>
    public HashSet<JobKey> Dirty { get; } = [];

    /// <summary>Nodes that have, or had, allocations which are unknown.</summary>
    public HashSet<string> WithUnknown { get; } = [];

    /// <summary>A node is new or another than it was, and <see cref="MarkWaitingForNodesDirty"/> has not been called since.</summary>
    public bool HasNodeNews { get; set; }

    /// <summary>Nodes that may have room which they had not before.</summary>
    public HashSet<string> Roomier { get; } = [];

    public JobEntry JobOf(JobKey key)
    {
        if (!Jobs.TryGetValue(key, out var job))
        {
            job = new JobEntry(key) { IsUnreadable = Unreadable.Contains((key.ProjectId, ClusterTables.JobRow(key.JobId))) };
            Jobs.Add(key, job);
        }

        return job;
    }

    /// <summary>Of the jobs that are known.</summary>
    public HashSet<string> ProjectIds() => Jobs.Keys.Select(static job => job.ProjectId).ToHashSet(StringComparer.Ordinal);

    public DocumentVersion DocumentOf(string nodeId) => Documents.GetValueOrDefault(nodeId, DocumentVersion.None);

    public void PutNode(Document<NodeRecord> row)
    {
        Nodes[row.Row] = row;
        Cluster.Put(NodeMapping.ToSpec(row.Value));
        Roomier.Add(row.Row);
    }

    public void RemoveNode(string nodeId)
    {
        if (Nodes.Remove(nodeId))
        {
            Cluster.Remove(nodeId);
        }
    }

    /// <exception cref="InvalidDataException">No version of Provisioning would have accepted it.</exception>
    public JobEntry PutJob(Document<JobRecord> row)
    {
        var job = JobOf(JobMapping.KeyOf(row.Value));
        var spec = JobMapping.ToSpec(row.Value, Groups);
        job.Older = spec.Version == job.Spec?.Version ? job.Older : null;
        (job.Row, job.Spec, job.IsUnreadable) = (row, spec, false);
        Unreadable.Remove((job.Key.ProjectId, row.Row));
        foreach (var allocation in job.Allocations.Values.Where(allocation => allocation.Assigned && allocation.Priority != spec.Priority).ToArray())
        {
            // Who has to give way to whom is another matter now.
            PutAllocation(job, allocation);
            Roomier.Add(allocation.NodeId);
        }

        return job;
    }

    /// <summary>Counts for what is placed or updated from now on. Nothing is restarted for it.</summary>
    public void SetMemoryOversubscription(bool isAllowed)
    {
        if (Groups.Oversubscribes == isAllowed)
        {
            return;
        }

        Groups.Oversubscribes = isAllowed;
        foreach (var job in Jobs.Values.Where(static job => job is { Row: not null, Spec: not null }))
        {
            if ((job.Row!.Value.Job.TaskGroups ?? []).Any(JobMapping.AsksForMoreMemory))
            {
                job.Spec = JobMapping.ToSpec(job.Row.Value, Groups);
            }

            // Read again when it is asked for.
            job.Older = null;
        }
    }

    /// <summary>As loaded: its allocations are taken over, with nothing reported of them yet.</summary>
    /// <param name="groupOf">Of an allocation, by how its document names it.</param>
    public void PutDocument(AssignmentRow row, Func<AssignmentGroup, GroupDefinition> groupOf)
    {
        var document = row.Document;
        Documents[document.NodeId] = DocumentVersion.Of(row);
        AssignmentGroup? last = null;
        GroupDefinition? group = null;
        JobEntry? job = null;
        foreach (var stored in document.Allocations)
        {
            if (!ReferenceEquals(stored.Group, last))
            {
                last = stored.Group;
                group = groupOf(last);
                job = JobOf(new JobKey(last.ProjectId, last.JobId));
            }

            PutAllocation(job!, AllocationMapping.ToState(stored, document.NodeId, group!, job!.Spec?.Priority ?? 50));
        }
    }

    public void PutReport(AllocationRecord record)
    {
        var job = JobOf(AllocationMapping.KeyOf(record));
        var known = job.Allocations.GetValueOrDefault(record.Id);
        if (known is not { Assigned: true })
        {
            PutAllocation(job, AllocationMapping.ToHistory(record));
            return;
        }

        PutAllocation(job, known.WithReport(record));
        if (record.JobVersion == known.JobVersion && record.DeploymentId == known.DeploymentId && record.Canary == known.Canary)
        {
            job.OutdatedRecords.Remove(record.Id);
        }
        else
        {
            job.OutdatedRecords.Add(record.Id);
        }
    }

    /// <summary>Its priority is the one that its job has now, whatever version it runs: as a leader finds it who loads it anew.</summary>
    public void PutAllocation(JobEntry job, AllocationState state)
    {
        if (state.Assigned && job.Spec is { } spec && spec.Priority != state.Priority)
        {
            state = state with { Priority = spec.Priority };
        }

        var before = job.Allocations.GetValueOrDefault(state.Id);
        Cluster.Replace(before, state);
        job.Allocations[state.Id] = state;
        if (state.Run == RunState.Unknown)
        {
            WithUnknown.Add(state.NodeId);
        }

        if (before is { Assigned: true } && !state.Assigned)
        {
            Roomier.Add(before.NodeId);
        }
    }

    /// <summary>With its versions: a job submitted later under the same id begins to count anew.</summary>
    public void Forget(JobKey key)
    {
        Jobs.Remove(key);
        Dirty.Remove(key);
        Blocked.Remove(key.ToString());
        Groups.Forget(key, static _ => false);
    }

    public void MarkAllDirty() => Dirty.UnionWith(Jobs.Keys);

    /// <summary>Of those that wait, the ones it could help.</summary>
    public void MarkHelpedDirty(SettingsNews news) => Dirty.UnionWith(
        news.Preempting.SelectMany(Blocked.WakeForPreemption).Concat(news.Quotas.SelectMany(Blocked.WakeForQuota)).Select(JobKey.Parse));

    /// <summary>Makes those dirty that wait and could be helped by room that came up. False: there are none.</summary>
    /// <param name="tried">Were woken already, in this round of work.</param>
    public bool WakeWaiting(TriedJobs tried)
    {
        foreach (var nodeId in Roomier.ToArray())
        {
            var woken = Blocked.Count == 0 ? [] : Blocked.WakeFor(nodeId, tried);
            if (woken.Count == 0)
            {
                // Nobody is left whom it could help, until something changes there again.
                Roomier.Remove(nodeId);
            }

            foreach (var key in woken)
            {
                Dirty.Add(JobKey.Parse(key));
            }
        }

        return Dirty.Count > 0;
    }

    public void MarkDirtyOn(string nodeId)
    {
        foreach (var allocation in Cluster.AllocationsOn(nodeId))
        {
            Dirty.Add(KeyOf(allocation));
        }
    }

    /// <summary>
    /// System jobs want something of every node there is; and what was lost with a node may wait for it, though it is in no
    /// document any more.
    /// </summary>
    public void MarkWaitingForNodesDirty()
    {
        HasNodeNews = false;
        Dirty.UnionWith(
            Jobs.Values.Where(static job => job.Spec is { Stopped: false } spec && (spec.IsPerNode || spec.Groups.Any(static group => group.StaysLost || group.StopsAfter is not null)))
                .Select(static job => job.Key));
    }

    public static JobKey KeyOf(AllocationState allocation) => allocation.Origin is GroupDefinition group
        ? new JobKey(group.Assignment.ProjectId, group.Assignment.JobId)
        : JobKey.Parse(allocation.JobKey);
}
