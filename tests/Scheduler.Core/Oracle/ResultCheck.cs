using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.Oracle.PlanCheck;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>What a placement was given, and how a plan is explained.</summary>
internal static class ResultCheck
{
    /// <param name="staying">On the node beside it.</param>
    public static void Grant(NodeSpec node, ResourceAsk ask, Grant? grant, IReadOnlyList<AllocationState> staying, string name)
    {
        var ports = grant?.Ports ?? [];
        var taken = staying.SelectMany(static allocation => allocation.Grant?.Ports ?? []).Select(static port => (port.Network, port.Value)).ToHashSet();
        Holds(
            ports.Count == ask.Ports.Count && ports.Zip(ask.Ports).All(pair =>
                (pair.First.Label, pair.First.To, pair.First.Network) == (pair.Second.Label, pair.Second.To, pair.Second.Network)
                && (pair.Second.Static > 0 ? pair.First.Value == pair.Second.Static : pair.First.Value is >= 20_000 and <= 32_000)
                && !node.Networks.Single(network => network.Name == pair.First.Network).ReservedPorts.Contains(pair.First.Value)
                && taken.Add((pair.First.Network, pair.First.Value))),
            $"{name} got ports that are not its to have on {node.Id}");
        var devices = grant?.Devices ?? [];
        var groups = Paper.DevicesFor(node, ask, staying)!;
        var used = staying.SelectMany(static allocation => allocation.Grant?.Devices ?? [])
            .SelectMany(static device => device.Ids.Select(id => (device.Vendor, device.Type, device.Name, Id: id))).ToHashSet();
        Holds(
            devices.Count == ask.Devices.Count && devices.Zip(ask.Devices, groups).All(three =>
                three.First.Task == three.Second.Task && three.First.Ids.Count == three.Second.Count
                && (three.First.Vendor, three.First.Type, three.First.Name) == (three.Third.Vendor, three.Third.Type, three.Third.Name)
                && three.First.Ids.All(id => three.Third.Ids.Contains(id) && used.Add((three.Third.Vendor, three.Third.Type, three.Third.Name, id)))),
            $"{name} got devices that are not its to have on {node.Id}");
    }

    public static void Metrics(Paper paper, JobSpec job, string group, PlacementMetrics metrics, int missing)
    {
        Holds(metrics.Missing == missing, $"{group}: {metrics.Missing} missing, {missing} not placed");
        Holds(metrics.NodesFiltered == metrics.ConstraintFiltered.Values.Sum(), $"{group}: filtered nodes do not add up");
        Holds(metrics.NodesExhausted == metrics.DimensionExhausted.Values.Sum(), $"{group}: exhausted nodes do not add up");
        Holds(metrics.NodesFiltered >= metrics.ClassFiltered.Values.Sum(), $"{group}: filtered classes do not add up");
        Holds(metrics.NodesExhausted >= metrics.ClassExhausted.Values.Sum(), $"{group}: exhausted classes do not add up");
        Holds(metrics.NodesAvailable.Values.Sum() == paper.Nodes.Count(static node => node.IsOpen), $"{group}: available nodes do not add up");
        Holds(metrics.NodesEvaluated <= metrics.NodesInPool, $"{group}: more nodes evaluated than there are in the pools");
        Holds(
            missing == 0 || metrics.QuotaExhausted.Count > 0 || job.IsPerNode
            || metrics.NodesEvaluated == metrics.NodesFiltered + metrics.NodesExhausted, $"{group}: a node fell out without a reason");
        Holds(
            metrics.Scores.All(static scored => Math.Abs(scored.Parts.Values.Average() - scored.NormScore) < Tolerance),
            $"{group}: parts of a score do not make the score");
    }
}
