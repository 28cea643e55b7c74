using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Properties;

/// <summary>Whatever happens to a generated cluster, something bad never does.</summary>
public sealed class PlanProperties
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(150);

    /// <summary>A history is its seed and its length: FsCheck shrinks the length, the seed replays.</summary>
    private static readonly Arbitrary<(int Seed, int Steps)> Histories = Arb.From(
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from steps in Gen.Choose(1, 40)
        select (Seed: seed, Steps: steps),
        static history => Enumerable.Range(1, history.Steps - 1).Reverse().Select(steps => (history.Seed, Steps: steps)));

    [Fact]
    public void LiveAllocationsNeverExceedTheCountOfTheirGroup() => Check(static world =>
        world.Cluster.All.Where(static entry => entry.State.IsLive)
            .GroupBy(static entry => (entry.JobKey, entry.State.Group))
            .All(group => group.Count() <= world.CountOf(group.Key.JobKey, group.Key.Group))
        && world.Cluster.All.Where(static entry => entry.State.IsLive)
            .GroupBy(static entry => (entry.JobKey, entry.State.Group, entry.State.Index))
            .All(static name => name.Count() == 1));

    [Fact]
    public void NoNodeIsFilledBeyondItsCapacity() => Check(static world =>
    {
        var nodes = world.Cluster.Nodes.ToDictionary(static node => node.Id);
        return world.Cluster.All.Where(static entry => entry.State.Assigned).GroupBy(static entry => entry.State.NodeId)
            .Where(group => nodes.ContainsKey(group.Key))
            .All(group => NodeLedger.Excess(nodes[group.Key], group.Select(static entry => entry.State)) is null);
    });

    [Fact]
    public void StoppedJobPlacesNothingAndKeepsNothingRunning() => Check(static world =>
        world.Jobs.Where(static job => job.Stopped).All(job => world.Cluster.Live(job.Key).Count == 0)
        && world.LastPlan.Evaluations.Zip(world.Jobs).All(static pair => !pair.Second.Stopped || pair.First.Placed.Count == 0));

    [Fact]
    public void WhatWasAppliedNeedsNothingMore() => Check(static world => world.Cluster.Plan([.. world.Jobs]).IsEmpty);

    [Fact]
    public void PlacementsGoToReadyNodesThatSuit() => Check(static world =>
        world.LastPlan.Evaluations.SelectMany(static evaluation => evaluation.Placed).All(placement =>
        {
            var node = world.Cluster.Nodes.Single(node => node.Id == placement.NodeId);
            return node.Status == NodeStatus.Ready && placement.Item.Group.Constraints.All(c => c.Operand == "distinct_hosts" || c.Holds(node));
        }));

    [Fact]
    public void CompletedBatchInstancesAreNotRunAgain() => Check(static world => world.RerunOfCompleted is null);

    [Fact]
    public void NothingIsLeftBehindThatHadRoom() => Check(static world =>
    {
        return world.LastPlan.Evaluations.Zip(world.Jobs).All(pair => pair.First.Blocked.All(blocked =>
        {
            var metrics = blocked.Value;
            return metrics.NodesEvaluated == metrics.NodesFiltered + metrics.NodesExhausted
                && metrics.NodesFiltered == metrics.ConstraintFiltered.Values.Sum()
                && metrics.NodesExhausted == metrics.DimensionExhausted.Values.Sum();
        }));
    });

    [Fact]
    public void SameInputGivesTheSamePlan() => Prop.ForAll(Histories, static history =>
    {
        var (one, two) = (new RandomWorld(history.Seed), new RandomWorld(history.Seed));
        for (var i = 0; i < history.Steps; i++)
        {
            one.Step();
            two.Step();
            if (Describe(one.LastPlan) != Describe(two.LastPlan))
            {
                return false;
            }
        }

        return true;
    }).Check(Quick);

    private static void Check(Func<RandomWorld, bool> holds) => Prop.ForAll(Histories, history =>
    {
        var world = new RandomWorld(history.Seed);
        for (var i = 0; i < history.Steps; i++)
        {
            world.Step();
            if (!holds(world))
            {
                return false;
            }
        }

        return true;
    }).Check(Quick);

    private static string Describe(Plan plan) => JsonSerializer.Serialize(plan.Evaluations.Select(static evaluation => new
    {
        Placed = evaluation.Placed.Select(static p => $"{p.Item.Group.Name}[{p.Item.Index}]@{p.NodeId}={p.Score}"),
        Stop = evaluation.Reconciled.Stop.Select(static item => item.Allocation.Id + item.Reason),
        evaluation.Blocked,
        evaluation.FollowUpAt,
    }));
}
