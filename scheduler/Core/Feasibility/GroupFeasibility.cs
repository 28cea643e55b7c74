using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>
/// Which nodes suit a group, were they empty. Each computed class is judged once, at its first node; what is left per
/// node are the constraints on what is unique to a node. Not safe for concurrent use.
/// </summary>
public sealed class GroupFeasibility
{
    private readonly NodeTable _nodes;
    private readonly JobSpec _job;
    private readonly NodeCheck[] _perClass;
    private readonly NodeCheck[] _perNode;
    private readonly ClassVerdict?[] _verdicts;

    public GroupFeasibility(NodeTable nodes, JobSpec job, GroupSpec group)
    {
        (_nodes, _job) = (nodes, job);
        _verdicts = new ClassVerdict?[nodes.Classes.Count];

        // Drivers first: one look-up, and what most often tells kinds of nodes apart.
        NodeCheck[] checks =
        [
            .. group.Drivers.Select(static driver => new DriverCheck(driver)),
            .. job.Constraints.Concat(group.Constraints).Select(static constraint => new ConstraintCheck(constraint)),
        ];
        _perClass = [.. checks.Where(static check => !check.DiffersWithinClass)];
        _perNode = [.. checks.Where(static check => check.DiffersWithinClass)];
        DistinctForJob = job.Constraints.Any(static constraint => constraint.IsDistinctHosts);
        DistinctForGroup = group.Constraints.Any(static constraint => constraint.IsDistinctHosts);
    }

    /// <summary>No two allocations of the job on one node.</summary>
    internal bool DistinctForJob { get; }

    /// <summary>No two allocations of the group on one node.</summary>
    internal bool DistinctForGroup { get; }

    /// <summary>Whether the node is of a datacenter the job may use, and satisfies driver and constraint checks.</summary>
    public bool Suits(string nodeId) =>
        _nodes.IndexOf(nodeId) is var node and >= 0 && IsInDatacenters(node) && Reject(node) is null;

    internal bool IsInDatacenters(int node) => VerdictOf(node).InDatacenters;

    /// <summary>Null: the node suits. Else the reason users read.</summary>
    internal string? Reject(int node)
    {
        if (VerdictOf(node).Rejection is { } rejection)
        {
            return rejection;
        }

        foreach (var check in _perNode)
        {
            if (check.Reject(_nodes[node]) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private ClassVerdict VerdictOf(int node)
    {
        ref var verdict = ref _verdicts[_nodes.ClassOf[node]];
        return verdict ??= Judge(_nodes.Classes[_nodes.ClassOf[node]]);
    }

    private ClassVerdict Judge(NodeSpec representative) => new(
        _job.Datacenters.Any(pattern => Glob.Matches(pattern, representative.Datacenter)),
        _perClass.Select(check => check.Reject(representative)).FirstOrDefault(static reason => reason is not null));

    private sealed record ClassVerdict(bool InDatacenters, string? Rejection);
}
