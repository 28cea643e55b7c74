using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Ranking;

/// <summary>
/// How good a node is for one more allocation of a group: the mean of those rules that have something to say about it,
/// each from -1 to 1, higher is better. As Nomad documents it
/// (https://developer.hashicorp.com/nomad/docs/concepts/scheduling/placement): a rule that does not apply does not
/// dilute the others. Kept as sum and number, so that rules can be added.
/// </summary>
internal readonly record struct NodeScore(double Sum, int Rules)
{
    public double Mean => Sum / Rules;

    public NodeScore With(double score) => new(Sum + score, Rules + 1);

    /// <summary>With a rule that is silent at 0.</summary>
    public NodeScore WithUnlessZero(double score) => score == 0 ? this : With(score);
}

/// <summary>
/// Fills nodes up before it opens others (Google's "BestFit v3", as Nomad uses it): with the free shares of CPU and
/// memory after the placement, 20 - (10^cpu + 10^memory) is 18 on a node filled exactly and 0 on an empty one.
/// </summary>
internal static class BinPacking
{
    private const double Best = 18;

    /// <summary>0 to 1.</summary>
    /// <param name="spread">The other way round: the emptiest node is the best.</param>
    public static double Score(NodeUsage usage, int slot, ResourceAsk ask, in Amounts spare, bool spread)
    {
        var free = Power(usage.FreeCpuWith(slot, ask, spare)) + Power(usage.FreeMemoryWith(slot, ask, spare));
        return Math.Clamp(spread ? free - 2 : 20 - free, 0, Best) / Best;
    }

    /// <summary>10^x by way of e^x, which is several times as fast as the general power.</summary>
    private static double Power(double exponent) => Math.Exp(exponent * 2.302585092994046);
}

/// <summary>Keeps allocations of one group apart, so that one dead node takes few of them.</summary>
internal static class AntiAffinity
{
    /// <summary>-1 (all of them here, and this one too) to below 0; lower than -1 never.</summary>
    /// <param name="collisions">Allocations of the group that are on the node already; 1 or more.</param>
    /// <param name="desired">The group's count.</param>
    public static double Score(int collisions, int desired) =>
        Math.Max(-1, -(collisions + 1.0) / Math.Max(1, desired));
}

/// <summary>Away from where it failed, as long as there is another place.</summary>
internal static class ReschedulePenalty
{
    public const double Score = -1;
}
