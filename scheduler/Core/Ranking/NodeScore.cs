using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Ranking;

/// <summary>
/// How good a node is for one more allocation of a group: the mean of those rules that have something to say about it,
/// each from -1 to 1, higher is better. As Nomad documents it
/// (https://developer.hashicorp.com/nomad/docs/concepts/scheduling/placement): a rule that does not apply does not
/// dilute the others.
/// </summary>
internal static class NodeScore
{
    /// <param name="collisions">Allocations of the group that are on the node already.</param>
    /// <param name="desired">The group's count.</param>
    /// <param name="penalised">The replaced allocation has failed on this node.</param>
    public static double Of(
        NodeUsage usage, int node, in ResourceAsk ask, int collisions, int desired, bool penalised)
    {
        var sum = BinPacking.Score(usage, node, ask);
        var rules = 1;
        if (collisions > 0)
        {
            sum += AntiAffinity.Score(collisions, desired);
            rules++;
        }

        if (penalised)
        {
            sum += ReschedulePenalty.Score;
            rules++;
        }

        return sum / rules;
    }
}

/// <summary>
/// Fills nodes up before it opens others (Google's "BestFit v3", as Nomad uses it): with the free shares of CPU and
/// memory after the placement, 20 - (10^cpu + 10^memory) is 18 on a node filled exactly and 0 on an empty one.
/// </summary>
internal static class BinPacking
{
    private const double Best = 18;

    /// <summary>0 to 1.</summary>
    public static double Score(NodeUsage usage, int node, in ResourceAsk ask)
    {
        var fit = 20 - (Power(usage.FreeCpuWith(node, ask)) + Power(usage.FreeMemoryWith(node, ask)));
        return Math.Clamp(fit, 0, Best) / Best;
    }

    /// <summary>10^x by way of e^x, which is several times as fast as the general power.</summary>
    private static double Power(double exponent) => Math.Exp(exponent * 2.302585092994046);
}

/// <summary>Keeps allocations of one group apart, so that one dead node takes few of them.</summary>
internal static class AntiAffinity
{
    /// <summary>-1 (all of them here, and this one too) to below 0; lower than -1 never.</summary>
    public static double Score(int collisions, int desired) =>
        Math.Max(-1, -(collisions + 1.0) / Math.Max(1, desired));
}

/// <summary>Away from where it failed, as long as there is another place.</summary>
internal static class ReschedulePenalty
{
    public const double Score = -1;
}
