using System.Globalization;
using System.Text;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// What decides where a group may go and how good a node is for it, as long as none of the job's own allocations are on
/// it. Groups of one shape, of whatever job, share what is derived from it.
/// </summary>
internal sealed class PlacementShape
{
    private readonly Cluster _cluster;

    public PlacementShape(Cluster cluster, JobSpec job, GroupSpec group)
    {
        (_cluster, Ask) = (cluster, group.Ask);
        Feasibility = new GroupFeasibility(cluster.Nodes, job, group);
        Affinity = new NodeAffinity(cluster.Nodes, job, group);
        SpreadTargets = [.. job.Spreads.Concat(group.Spreads).Select(static spread => Target.Parse(spread.Attribute))];
        Properties =
        [
            .. job.Constraints.Where(static constraint => constraint.DistinctProperty is not null).Select(static constraint => new PropertyLimit(constraint, IsOfJob: true)),
            .. group.Constraints.Where(static constraint => constraint.DistinctProperty is not null).Select(static constraint => new PropertyLimit(constraint, IsOfJob: false)),
        ];
        Cheapest = group.Cheapest;
        LikesDevices = Ask.Devices.Any(static device => device.Affinities.Count > 0);
        Bursts = group.BurstPools.Count > 0 && group.DataClass is null;
    }

    public ResourceAsk Ask { get; }
    public GroupFeasibility Feasibility { get; }
    public NodeAffinity Affinity { get; }

    /// <summary>
    /// What is spread over, those of the job before those of the group. How (weights, targets) is not of the shape: jobs
    /// that differ in it share one.
    /// </summary>
    public IReadOnlyList<Target> SpreadTargets { get; }

    /// <summary>Those of the job before those of the group.</summary>
    public IReadOnlyList<PropertyLimit> Properties { get; }

    public bool Cheapest { get; }

    /// <summary>Nodes differ by more than their score: price, pool, or values that are counted.</summary>
    public bool IsPartitioned => Cheapest || Bursts || SpreadTargets.Count + Properties.Count > 0;

    private bool Bursts { get; }

    /// <summary>
    /// Whether some devices are liked better than others. Then the rule is asked on every node, also where its answer is 0
    /// (as Nomad does): whether it applies may not depend on which devices are free just now.
    /// </summary>
    public bool LikesDevices { get; }

    /// <summary>The key of the shape: equal for groups that may share it.</summary>
    public static string KeyOf(JobSpec job, GroupSpec group)
    {
        var key = new StringBuilder(256);
        var ask = group.Ask;
        key.Append(CultureInfo.InvariantCulture, $"{ask.CpuMhz},{ask.Cores},{ask.MemoryMb},{ask.DiskMb},{ask.DocumentBytes}|");
        foreach (var port in ask.Ports)
        {
            key.Append(port.Static).Append('@');
            Append(key, port.Network);
        }

        foreach (var device in ask.Devices)
        {
            Append(key, device.Name);
            key.Append('*').Append(device.Count).Append('|');
            AppendAll(key, device.Constraints);
            AppendAll(key, device.Affinities);
        }

        key.Append('|');
        Append(key, job.NodePool);
        AppendAll(key, job.Datacenters);
        AppendAll(key, group.Drivers);
        AppendAll(key, job.Constraints);
        AppendAll(key, group.Constraints);
        AppendAll(key, job.Affinities);
        AppendAll(key, group.Affinities);
        foreach (var spread in job.Spreads.Concat(group.Spreads))
        {
            Append(key, spread.Attribute);
        }

        key.Append('|');

        foreach (var volume in group.Volumes)
        {
            Append(key, volume.Source);
            key.Append(volume.ReadOnly ? 'r' : 'w');
        }

        key.Append('|');
        Append(key, group.DataClass ?? "");
        AppendAll(key, group.BurstPools);
        return key.Append(group.Cheapest ? 'c' : '-').ToString();
    }

    /// <summary>Open, in reach, suitable, and with room.</summary>
    public bool Admits(int slot) =>
        _cluster.Nodes.Open[slot] && Feasibility.IsInReach(slot) && Feasibility.Reject(slot) is null
        && _cluster.Usage.Lacks(slot, Ask) == ResourceDimension.None
        && _cluster.Grants.Lacks(slot, Ask) == ResourceDimension.None;

    /// <summary>By the rules that do not depend on the job's other allocations.</summary>
    public NodeScore Score(int slot, in Spare spare) => Score(slot, spare.Amounts, spare.Grants);

    /// <summary>With nothing to spare.</summary>
    public NodeScore Score(int slot) => Score(slot, default, []);

    private NodeScore Score(int slot, in Amounts spare, IReadOnlyList<Grant> spared)
    {
        var score = new NodeScore(BinPacking.Score(_cluster.Usage, slot, Ask, spare, _cluster.Settings.Spread), 1);
        if (LikesDevices)
        {
            score = score.With(_cluster.Grants.DeviceAffinity(slot, Ask, spared));
        }

        return Affinity.IsEmpty ? score : score.WithUnlessZero(Affinity.Score(slot));
    }

    /// <summary>What the allocation would cost in an hour: the node's price, by the larger share of it that is taken.</summary>
    public long CostOf(int slot)
    {
        var nodes = _cluster.Nodes;
        var amounts = _cluster.Usage.AmountsOf(slot, Ask);
        var share = Math.Max(Share(amounts.CpuMhz, nodes.CpuMhz[slot]), Share(amounts.MemoryMb, nodes.MemoryMb[slot]));
        return (long)Math.Round(nodes.SpecOf(slot)!.PricePerHourMicros * share);
    }

    private static double Share(long asked, int total) => total > 0 ? Math.Min(1, (double)asked / total) : 1;

    private static void AppendAll(StringBuilder key, IReadOnlyList<string> texts)
    {
        foreach (var text in texts)
        {
            Append(key, text);
        }

        key.Append('|');
    }

    private static void AppendAll(StringBuilder key, IReadOnlyList<NodeConstraint> constraints)
    {
        foreach (var constraint in constraints)
        {
            Append(key, constraint.Left);
            Append(key, constraint.Operand);
            Append(key, constraint.Right);
        }

        key.Append('|');
    }

    private static void AppendAll(StringBuilder key, IReadOnlyList<Affinity> affinities)
    {
        foreach (var affinity in affinities)
        {
            Append(key, affinity.Constraint.Left);
            Append(key, affinity.Constraint.Operand);
            Append(key, affinity.Constraint.Right);
            key.Append(affinity.Weight).Append(';');
        }

        key.Append('|');
    }

    /// <summary>With its length, so that no two sequences of texts make one key.</summary>
    private static void Append(StringBuilder key, string text) => key.Append(text.Length).Append(':').Append(text);
}

/// <summary>distinct_property: at most <see cref="Max"/> allocations on nodes with one value.</summary>
/// <param name="IsOfJob">All of the job's allocations count, not only the group's.</param>
internal sealed record PropertyLimit(NodeConstraint Constraint, bool IsOfJob)
{
    public Target Target => Constraint.DistinctProperty!;
    public int Max => Constraint.MaxPerValue;
}
