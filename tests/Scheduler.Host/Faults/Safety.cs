using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>What holds of the rows at every instant, whoever died where. Remembers what it has seen, so that nothing gets lost unnoticed.</summary>
internal sealed class Safety
{
    private readonly Dictionary<string, AssignedAllocation> _seen = [];

    /// <summary>What does not hold; empty: all is well.</summary>
    public IReadOnlyList<string> FaultsOf(ClusterRows rows)
    {
        string[] faults =
        [
            .. Places(rows), .. Names(rows), .. Ends(rows), .. Deployments(rows), .. Repeats(rows), .. Quota(rows),
        ];
        foreach (var (_, allocation) in rows.Assigned)
        {
            _seen.TryAdd(allocation.Id, allocation);
        }

        return faults;
    }

    /// <summary>Each allocation is in one document, of a node that is there and can bear it.</summary>
    private static IEnumerable<string> Places(ClusterRows rows)
    {
        foreach (var twice in rows.Assigned.GroupBy(static entry => entry.Allocation.Id).Where(static entries => entries.Count() > 1))
        {
            yield return $"{twice.Key} is on {string.Join(" and ", twice.Select(static entry => entry.NodeId))}";
        }

        foreach (var document in rows.Documents.Where(static document => document.Allocations.Count > 0))
        {
            if (!rows.Nodes.TryGetValue(document.NodeId, out var node))
            {
                yield return $"{document.NodeId} has a document and is no node";
                continue;
            }

            foreach (var excess in NodeRoom.ExcessOf(node, document))
            {
                yield return excess;
            }
        }
    }

    /// <summary>
    /// Two under one name that shall both run are one that was placed for the other, or for one that was: a plan may be
    /// cut between two documents, and canaries and what replaces a silent one run beside it for a while.
    /// </summary>
    private IEnumerable<string> Names(ClusterRows rows)
    {
        var canaries = rows.Deployments.SelectMany(static deployment => deployment.Value.Groups.Values)
            .SelectMany(static group => group.PlacedCanaries).ToHashSet();
        var running = rows.Assigned.Where(entry => entry.Allocation.DesiredStatus == DesiredStatus.Run && !rows.HasEnded(entry.Allocation.Id));
        foreach (var claimants in running.GroupBy(static entry => NameOf(entry.NodeId, entry.Allocation)))
        {
            var replaced = claimants.SelectMany(entry => Replaced(rows, entry.Allocation.PreviousAllocation)).ToHashSet();
            var free = claimants.Where(entry => !replaced.Contains(entry.Allocation.Id) && !canaries.Contains(entry.Allocation.Id)
                && !entry.Allocation.Canary).ToArray();
            if (free.Length > 1)
            {
                yield return $"{claimants.Key} is doubled: {string.Join(", ", free.Select(static entry => $"{entry.Allocation.Id} v{entry.Allocation.JobVersion} on {entry.NodeId}"))}";
            }
        }
    }

    private IEnumerable<string> Replaced(ClusterRows rows, string? id)
    {
        for (var at = id; at is not null; at = rows.Records.GetValueOrDefault(at)?.PreviousAllocation ?? _seen.GetValueOrDefault(at)?.PreviousAllocation)
        {
            yield return at;
        }
    }

    private static string NameOf(string nodeId, AssignedAllocation allocation) =>
        $"{allocation.JobId}.{allocation.Group}[{allocation.Index}]"
        + (allocation.JobType is JobTypes.System or JobTypes.SysBatch ? "@" + nodeId : "");

    /// <summary>What has left its document has ended, and is known to have.</summary>
    private IEnumerable<string> Ends(ClusterRows rows)
    {
        var assigned = rows.Assigned.Select(static entry => entry.Allocation.Id).ToHashSet();
        foreach (var id in _seen.Keys.Concat(rows.Records.Keys).Distinct().Where(id => !assigned.Contains(id) && !rows.Purged.Contains(id)))
        {
            if (!rows.HasEnded(id))
            {
                yield return $"{id} is lost: it is in no document, and its record says {rows.Records.GetValueOrDefault(id)?.ClientStatus ?? "nothing"}";
            }
        }
    }

    private static IEnumerable<string> Deployments(ClusterRows rows) => rows.Deployments
        .Where(deployment => DeploymentStatus.IsActive(deployment.Value.Status)
            && rows.Jobs.TryGetValue(deployment.Value.JobId, out var job) && deployment.Value.JobModifyIndex >= job.CreateIndex)
        .GroupBy(static deployment => deployment.Value.JobId)
        .Where(static active => active.Count() > 1)
        .Select(static active => $"{active.Key} has {active.Count()} active deployments");

    /// <summary>A batch instance that completed is not run again within its version.</summary>
    private IEnumerable<string> Repeats(ClusterRows rows) => _seen.Values
        .Where(allocation => allocation.JobType == JobTypes.Batch
            && rows.Records.GetValueOrDefault(allocation.Id)?.ClientStatus == ClientStatus.Complete
            && rows.Records[allocation.Id].DesiredStatus == DesiredStatus.Run)
        .GroupBy(allocation => $"{allocation.JobId}[{allocation.Index}] v{rows.Records[allocation.Id].JobVersion}")
        .Where(static runs => runs.Count() > 1)
        .Select(static runs => $"{runs.Key} completed {runs.Count()} times");

    private static IEnumerable<string> Quota(ClusterRows rows)
    {
        var count = rows.Assigned.Count();
        if (rows.Quota?.Allocations is { } limit && count > limit)
        {
            yield return $"{count} allocations, and the quota is {limit}";
        }
    }
}
