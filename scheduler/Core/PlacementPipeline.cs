using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Selection;

namespace Saas.Scheduler.Core;

/// <summary>
/// The scheduler as a function: (cluster, jobs to look at, now) to plan. It reads no clock, does no I/O, and draws its
/// random choices from the evaluations' ids, so that a plan can be replayed after an incident. The stages are described
/// in scheduler/README.md. Safe for concurrent use.
/// </summary>
public static class PlacementPipeline
{
    /// <param name="evaluations">Each job at most once. All must be of the snapshot's cell.</param>
    /// <param name="now">Decides which reschedule delays are over.</param>
    public static Plan Plan(
        ClusterSnapshot snapshot, IReadOnlyList<EvaluationRequest> evaluations, DateTimeOffset now)
    {
        var usage = snapshot.Usage.Copy();

        // All jobs are reconciled before any is placed: what has ended or was lost makes room for every one of them.
        var reconciled = evaluations.Select(evaluation => Reconcile(snapshot.Nodes, usage, evaluation, now)).ToArray();
        foreach (var work in reconciled)
        {
            Release(snapshot.Nodes, usage, work.Result.Drop);
            Release(snapshot.Nodes, usage, work.Result.Lost);
        }

        // The order sort keeps between equals is the callers': first come, first served within a priority.
        var plans = new Dictionary<string, EvaluationPlan>(evaluations.Count);
        foreach (var work in reconciled.OrderByDescending(static work => work.Request.Job?.Priority ?? 0))
        {
            plans.Add(work.Request.Id, Place(snapshot.Nodes, usage, work));
        }

        return new Plan([.. evaluations.Select(evaluation => plans[evaluation.Id])]);
    }

    private static JobWork Reconcile(NodeTable nodes, NodeUsage usage, EvaluationRequest request, DateTimeOffset now)
    {
        var feasibility = new Dictionary<string, GroupFeasibility>();
        var work = new JobWork(request, feasibility);
        var reconciler = new JobReconciler(
            nodes, now,
            (group, live) => work.FeasibilityOf(nodes, group).Suits(live.NodeId)
                && usage.TryResizeDocument(nodes.IndexOf(live.NodeId), group.Ask.DocumentBytes - live.Ask.DocumentBytes));
        return work with { Result = reconciler.Reconcile(request.Job, request.Allocations) };
    }

    /// <summary>Only what has ended gives its resources back. What is told to stop keeps them until it has.</summary>
    private static void Release(NodeTable nodes, NodeUsage usage, List<AllocationItem> items)
    {
        foreach (var item in items)
        {
            if (nodes.IndexOf(item.Allocation.NodeId) is var node and >= 0)
            {
                usage.Remove(node, item.Allocation.Ask);
            }
        }
    }

    private static EvaluationPlan Place(NodeTable nodes, NodeUsage usage, JobWork work)
    {
        if (work.Result.Place.Count == 0)
        {
            return new EvaluationPlan(
                work.Request.Id, work.Request.JobKey, work.Result, [], new Dictionary<string, PlacementMetrics>());
        }

        var placed = new List<Placement>(work.Result.Place.Count);
        var blocked = new Dictionary<string, PlacementMetrics>();
        var presence = PresenceOfKept(nodes, work.Result);
        var seed = StableHash.Of(work.Request.Id);
        foreach (var items in work.Result.Place.GroupBy(static item => item.Group.Name))
        {
            var group = items.First().Group;
            var feasibility = work.FeasibilityOf(nodes, group);
            var selector = new GroupSelector(nodes, usage, feasibility, group, presence, seed);
            var missing = 0;
            foreach (var item in items)
            {
                if (selector.Next(item) is { } chosen)
                {
                    placed.Add(new Placement(item, nodes[chosen.Node].Id, chosen.Score));
                }
                else
                {
                    missing++;
                }
            }

            if (missing > 0)
            {
                blocked.Add(group.Name, FailureMetrics.Of(nodes, usage, feasibility, group, presence, missing));
            }
        }

        return new EvaluationPlan(work.Request.Id, work.Request.JobKey, work.Result, placed, blocked);
    }

    private static JobPresence PresenceOfKept(NodeTable nodes, ReconcileResult result)
    {
        var presence = new JobPresence(nodes.Count);
        foreach (var item in result.Ignore.Concat(result.InPlace))
        {
            if (item.Allocation.IsLive && nodes.IndexOf(item.Allocation.NodeId) is var node and >= 0)
            {
                presence.Add(item.Allocation.Group, node);
            }
        }

        return presence;
    }

    private sealed record JobWork(EvaluationRequest Request, Dictionary<string, GroupFeasibility> Feasibility)
    {
        public ReconcileResult Result { get; init; } = new();

        /// <summary>Made once for both who ask: the reconciler for in-place updates, the selector for placements.</summary>
        public GroupFeasibility FeasibilityOf(NodeTable nodes, GroupSpec group)
        {
            if (!Feasibility.TryGetValue(group.Name, out var feasibility))
            {
                feasibility = new GroupFeasibility(nodes, Request.Job!, group);
                Feasibility.Add(group.Name, feasibility);
            }

            return feasibility;
        }
    }
}
