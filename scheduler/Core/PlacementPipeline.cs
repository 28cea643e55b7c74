using System.Runtime.CompilerServices;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Selection;

namespace Saas.Scheduler.Core;

/// <summary>
/// The scheduler as a function: (cluster, jobs to look at, now) to plan. It reads no clock, does no I/O, and draws what
/// is arbitrary from ids, so that a plan can be replayed after an incident. The stages are described in
/// scheduler/README.md. It works on the cluster it is given, and leaves it as it was.
/// </summary>
public static class PlacementPipeline
{
    /// <summary>From so many on, looking at them on several cores gains more than it costs.</summary>
    private const int ManyAllocations = 10_000;

    /// <param name="evaluations">Each job at most once. All must be of the cluster's cell.</param>
    /// <param name="now">Decides which delays and deadlines are over.</param>
    public static Plan Plan(Cluster cluster, IReadOnlyList<EvaluationRequest> evaluations, DateTimeOffset now) =>
        Plan(cluster, evaluations, now, ManyAllocations);

    /// <param name="many">From so many allocations on, jobs are looked at on all cores.</param>
    internal static Plan Plan(Cluster cluster, IReadOnlyList<EvaluationRequest> evaluations, DateTimeOffset now, int many)
    {
        using var session = new PlanSession(cluster);

        // All jobs are reconciled before any is placed: what has ended or was lost makes room for every one of them.
        var reconciled = new JobWork[evaluations.Count];
        for (var i = 0; i < reconciled.Length; i++)
        {
            reconciled[i] = new JobWork(cluster, evaluations[i]);
        }

        Reconcile(session, reconciled, now, many);
        foreach (var work in reconciled)
        {
            MakeRoom(session, work.Result);
        }

        // The order sort keeps between equals is the callers': first come, first served within a priority.
        foreach (var work in reconciled.OrderByDescending(static work => work.Request.Job?.Priority ?? 0))
        {
            work.Plan = Place(session, work);
        }

        return new Plan([.. reconciled.Select(static work => work.Plan!)]);
    }

    /// <summary>
    /// Which of a job's thousand allocations are to change is looked up in memory that is in no cache, job by job: with
    /// many of them, on all cores. That changes nothing but the job's own result, so that the order does not matter. Whether
    /// an allocation may stay where it is does, as each that grows takes room: jobs in which that is asked are looked at
    /// once more, one after the other.
    /// </summary>
    private static void Reconcile(PlanSession session, JobWork[] works, DateTimeOffset now, int many)
    {
        if (works.Length > 1 && works.Sum(static work => work.Request.Allocations.Count) >= many)
        {
            Parallel.ForEach(works, work => work.TryReconcile(now));
        }

        foreach (var work in works)
        {
            if (!work.IsReconciled)
            {
                work.Reconcile(session, now);
            }
        }
    }

    /// <summary>Only what has ended gives its resources back. What is told to stop keeps them until it has, for those who follow it.</summary>
    private static void MakeRoom(PlanSession session, ReconcileResult result)
    {
        foreach (var item in result.Drop)
        {
            session.Release(item.Allocation);
        }

        foreach (var item in result.Lost)
        {
            session.Release(item.Allocation);
        }

        foreach (var item in result.Stop)
        {
            session.MarkLeaving(item.Allocation);
        }

        foreach (var item in result.InPlace)
        {
            session.MarkSpokenFor(item.Allocation);
        }

        foreach (var item in result.Disconnect)
        {
            session.MarkSpokenFor(item.Allocation);
        }
    }

    private static EvaluationPlan Place(PlanSession session, JobWork work)
    {
        var request = work.Request;
        var toPlace = work.Result.Place;
        if (toPlace.Count == 0)
        {
            return new EvaluationPlan(request.Id, request.JobKey, work.Result, [], [], Nothing);
        }

        var placed = new List<Placement>(toPlace.Count);
        var preempted = new List<Preemption>();
        var metrics = new Dictionary<string, PlacementMetrics>();
        var presence = work.Presence ?? PresenceOfKept(session.Cluster, request.Job!, work.Result);
        var seed = StableHash.Of(request.Id);
        for (var from = 0; from < toPlace.Count;)
        {
            // Of one group of one version together; the reconciler gives them group by group.
            var (group, older) = (toPlace[from].Group, toPlace[from].Older);
            var entry = work.EntryOf(older ?? request.Job!, group);

            // Whom it may push away depends on what the job's priority is now, as for its other allocations.
            var version = older is null ? request.Job! : older with { Priority = request.Job!.Priority };
            var selector = new GroupSelector(session, entry, version, group, presence, seed);
            var missing = 0;
            try
            {
                for (; from < toPlace.Count && ReferenceEquals(toPlace[from].Group, group) && ReferenceEquals(toPlace[from].Older, older); from++)
                {
                    missing += selector.TryPlace(toPlace[from]) ? 0 : 1;
                }
            }
            finally
            {
                // The index outlives the plan, also one that fails.
                selector.Finish();
            }

            foreach (var (victim, index) in selector.Preempted)
            {
                preempted.Add(new Preemption(victim, placed.Count + index));
            }

            placed.AddRange(selector.Placed);
            metrics[group.Name] = GroupMetrics.Of(session.Cluster, entry, selector, missing + (metrics.GetValueOrDefault(group.Name)?.Missing ?? 0));
        }

        return new EvaluationPlan(request.Id, request.JobKey, work.Result, placed, preempted, metrics);
    }

    private static readonly Dictionary<string, PlacementMetrics> Nothing = [];

    private static JobPresence PresenceOfKept(Cluster cluster, JobSpec job, ReconcileResult result)
    {
        var presence = new JobPresence(job.Groups.Count == 1 ? job.Groups[0].Name : null, result.Ignore.Count + result.InPlace.Count);
        AddAll(result.Ignore);
        AddAll(result.InPlace);
        return presence;

        void AddAll(List<AllocationItem> items)
        {
            foreach (var item in items)
            {
                if (item.Allocation.IsLive && cluster.Nodes.SlotOf(item.Allocation) is var slot and >= 0)
                {
                    presence.Add(item.Allocation.Group, slot);
                }
            }
        }
    }

    private static readonly IEqualityComparer<(JobSpec Job, GroupSpec Group)> ByReference =
        EqualityComparer<(JobSpec Job, GroupSpec Group)>.Create(
            static (one, other) => ReferenceEquals(one.Job, other.Job) && ReferenceEquals(one.Group, other.Group),
            static pair => HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Job), RuntimeHelpers.GetHashCode(pair.Group)));

    private sealed class JobWork(Cluster cluster, EvaluationRequest request)
    {
        /// <summary>A group may be asked for in two versions that have the same name.</summary>
        private readonly Dictionary<(JobSpec Job, GroupSpec Group), CandidateIndexes.Entry> _entries = new(ByReference);

        public EvaluationRequest Request => request;
        public ReconcileResult Result { get; private set; } = new();
        public bool IsReconciled { get; private set; }

        /// <summary>Of what is kept, where something is to be placed; null: not known yet.</summary>
        public JobPresence? Presence { get; private set; }

        public EvaluationPlan? Plan { get; set; }

        /// <summary>As far as that goes without a question whose answer depends on other jobs. Changes only this.</summary>
        public void TryReconcile(DateTimeOffset now)
        {
            var asks = false;
            var result = new JobReconciler(cluster, now, (_, _) => Ask(), (_, _) => Ask()).Reconcile(request);
            if (asks)
            {
                return;
            }

            (Result, IsReconciled) = (result, true);
            Presence = result.Place.Count > 0 ? PresenceOfKept(cluster, request.Job!, result) : null;

            bool Ask()
            {
                asks = true;
                return false;
            }
        }

        public void Reconcile(PlanSession session, DateTimeOffset now)
        {
            var reconciler = new JobReconciler(
                cluster, now,
                (group, live) => cluster.Nodes.SlotOf(live) is var slot and >= 0
                    && EntryOf(request.Job!, group).Shape.Feasibility.Suits(slot)
                    && session.TryResizeDocument(slot, group.Ask.DocumentBytes - live.Ask.DocumentBytes),
                (group, node) => cluster.Nodes.SlotOf(node.Id) is var slot and >= 0
                    && EntryOf(request.Job!, group).Shape.Feasibility.Suits(slot));
            (Result, IsReconciled) = (reconciler.Reconcile(request), true);
        }

        /// <summary>Looked up once for all who ask: the reconciler for in-place updates, the selector for placements.</summary>
        public CandidateIndexes.Entry EntryOf(JobSpec job, GroupSpec group)
        {
            if (!_entries.TryGetValue((job, group), out var entry))
            {
                entry = cluster.Indexes.Of(job, group);
                _entries.Add((job, group), entry);
            }

            return entry;
        }
    }
}
