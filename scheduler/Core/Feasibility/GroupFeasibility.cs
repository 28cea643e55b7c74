using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>
/// Which nodes suit a group, were they empty. Each computed class is judged once, at its first node; what is left per
/// node are the constraints on what is unique to a node. Not safe for concurrent use.
/// </summary>
internal sealed class GroupFeasibility
{
    private readonly NodeTable _nodes;
    private readonly JobSpec _job;
    private readonly GroupSpec _group;
    private readonly NodeCheck[] _perClass;
    private readonly NodeCheck[] _perNode;
    private ClassVerdict?[] _verdicts = [];

    public GroupFeasibility(NodeTable nodes, JobSpec job, GroupSpec group)
    {
        (_nodes, _job, _group) = (nodes, job, group);

        // Drivers first: one look-up, and what most often tells kinds of nodes apart.
        NodeCheck[] checks =
        [
            .. group.DataClass is { } dataClass ? [new ResidencyCheck(dataClass)] : Array.Empty<NodeCheck>(),
            .. group.Drivers.Select(static driver => new DriverCheck(driver)),
            .. group.Volumes.Select(static volume => new VolumeCheck(volume)),
            .. job.Constraints.Concat(group.Constraints).Select(static constraint => new ConstraintCheck(constraint)),
            .. group.Ask.Ports.Select(static port => port.Network).Distinct(StringComparer.Ordinal).Select(static network => new NetworkCheck(network)),
            .. group.Ask.Devices.Select(static device => new DeviceCheck(device)),
        ];
        _perClass = [.. checks.Where(static check => !check.DiffersWithinClass)];
        _perNode = [.. checks.Where(static check => check.DiffersWithinClass)];
        DistinctForJob = job.Constraints.Any(static constraint => constraint.IsDistinctHosts);
        DistinctForGroup = group.Constraints.Any(static constraint => constraint.IsDistinctHosts);
    }

    /// <summary>No two allocations of the job on one node.</summary>
    public bool DistinctForJob { get; }

    /// <summary>No two allocations of the group on one node.</summary>
    public bool DistinctForGroup { get; }

    /// <summary>Whether the node is of a datacenter and a pool the job may use, and satisfies all checks.</summary>
    public bool Suits(int slot) => _nodes.SpecOf(slot) is not null && VerdictOf(slot) is { InReach: true } && Reject(slot) is null;

    /// <summary>Whether the node's pool is the job's own, or one it may burst into.</summary>
    public bool IsInPools(int slot) => VerdictOf(slot).Tier >= 0;

    /// <summary>Of a datacenter and a pool the job may use.</summary>
    public bool IsInReach(int slot) => VerdictOf(slot).InReach;

    /// <summary>0: the job's own pool; then one more for each pool it may burst into.</summary>
    public int TierOf(int slot) => VerdictOf(slot).Tier;

    /// <summary>Null: the node suits. Else the reason users read.</summary>
    public string? Reject(int slot)
    {
        if (VerdictOf(slot).Rejection is { } rejection)
        {
            return rejection;
        }

        foreach (var check in _perNode)
        {
            if (check.Reject(_nodes.SpecOf(slot)!) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private ClassVerdict VerdictOf(int slot)
    {
        var number = _nodes.ClassOf[slot];
        if (number >= _verdicts.Length)
        {
            Array.Resize(ref _verdicts, Math.Max(number + 1, _nodes.Classes.All.Count));
        }

        return _verdicts[number] ??= Judge(_nodes.Classes.All[number]);
    }

    private ClassVerdict Judge(NodeSpec representative)
    {
        var tier = TierOf(representative.Pool);
        return new(
            tier,
            tier >= 0 && _job.Datacenters.Any(pattern => Glob.Matches(pattern, representative.Datacenter)),
            _perClass.Select(check => check.Reject(representative)).FirstOrDefault(static reason => reason is not null));
    }

    private int TierOf(string pool)
    {
        if (_job.NodePool == NodePools.All || _job.NodePool == pool)
        {
            return 0;
        }

        // What must stay where it is does not burst, whatever the job asks for.
        if (_group.DataClass is null)
        {
            for (var i = 0; i < _group.BurstPools.Count; i++)
            {
                if (_group.BurstPools[i] == pool)
                {
                    return i + 1;
                }
            }
        }

        return -1;
    }

    private sealed record ClassVerdict(int Tier, bool InReach, string? Rejection);
}
