using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;
using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// Chooses a node for one allocation of a group after the other: free room first, then room that is being left, then,
/// where the job may, room that others have to leave. Quotas stand before all of it.
/// </summary>
internal sealed class GroupSelector
{
    /// <summary>So many choices of a group are explained with the parts of their scores.</summary>
    private const int Explained = 5;

    private readonly PlanSession _session;
    private readonly GroupContext _context;
    private readonly FreeRoom? _free;
    private readonly OccupiedRoom _occupied;
    private readonly ulong _seed;
    private bool _nothingLeaves;
    private bool _nobodyGivesWay;

    /// <param name="seed">Of the evaluation.</param>
    public GroupSelector(PlanSession session, CandidateIndexes.Entry entry, JobSpec job, GroupSpec group, JobPresence presence, ulong seed)
    {
        (_session, _seed) = (session, seed);
        _context = new GroupContext(session.Cluster, entry.Shape, job, group, presence);
        _occupied = new OccupiedRoom(session, _context);

        // Of per-node jobs each allocation has its node already; there is nothing to choose from.
        _free = job.IsPerNode ? null : new FreeRoom(_context, entry.Index);
        _nobodyGivesWay = !session.Cluster.Settings.MayPreempt(job.Kind);
    }

    public List<Placement> Placed { get; } = [];

    /// <summary>Those who have to give way, and by which of <see cref="Placed"/>.</summary>
    public List<(AllocationState Victim, int For)> Preempted { get; } = [];

    public List<ScoredNode> Scores { get; } = [];

    /// <summary>What the project's quota has too little left of; null: it was never in the way.</summary>
    public string? QuotaExhausted { get; private set; }

    public bool HasDistinctNeighbour(int slot) => !_context.IsDistinct(slot);

    public PropertyLimit? UsedUp(PartitionKey key) => _context.UsedUp(key);

    /// <summary>False: no node has room for it.</summary>
    public bool TryPlace(PlaceItem item)
    {
        if (_session.Cluster.Quotas.Lacks(_context.Job.ProjectId, _context.Group.Ask) is { } exhausted)
        {
            QuotaExhausted = exhausted;
            return false;
        }

        if (item.NodeId is not null)
        {
            return TryPlaceAt(item, _session.Cluster.Nodes.SlotOf(item.NodeId));
        }

        var penalised = item.PenaltyNodes is { Count: > 0 } nodes ? nodes.Select(_session.Cluster.Nodes.SlotOf).ToHashSet() : null;
        if (_free!.Take(penalised) is { } choice)
        {
            Place(item, choice, Spare.None, [], penalised);
            _free.Return(choice.Candidate.Slot);
            return true;
        }

        return TryPlaceInOccupied(item, penalised, only: null);
    }

    public void Finish() => _free?.Finish();

    private bool TryPlaceAt(PlaceItem item, int slot)
    {
        if (slot < 0 || _context.KeyOf(slot) is not { } key)
        {
            return false;
        }

        if (_context.Shape.Admits(slot))
        {
            Place(item, _context.ChoiceOf(slot, key, Spare.None, penalised: false), Spare.None, [], penalised: null);
            return true;
        }

        return TryPlaceInOccupied(item, penalised: null, slot);
    }

    private bool TryPlaceInOccupied(PlaceItem item, HashSet<int>? penalised, int? only)
    {
        // The same question for the same group gets the same answer: nothing becomes free while it is placed.
        var found = _nothingLeaves ? null : _occupied.FindLeaving(penalised, only);
        _nothingLeaves = found is null && only is null;
        if (found is null && !_nobodyGivesWay)
        {
            found = _occupied.FindPreemption(penalised, only);
            _nobodyGivesWay = found is null && only is null;
        }

        if (found is null)
        {
            return false;
        }

        var followed = _occupied.FollowedBy(found);
        foreach (var victim in found.Victims)
        {
            _session.MarkLeaving(victim);
            Preempted.Add((victim, Placed.Count));
            _nothingLeaves = false;
        }

        Place(item, found.Choice, found.Spare, followed, penalised);
        return true;
    }

    private void Place(
        PlaceItem item, in Choice choice, in Spare spare, IReadOnlyList<AllocationState> followed, HashSet<int>? penalised)
    {
        var cluster = _session.Cluster;
        var (slot, ask) = (choice.Candidate.Slot, _context.Group.Ask);
        if (Scores.Count < Explained)
        {
            Scores.Add(Explain(choice, spare, penalised));
        }

        var grant = cluster.Grants.Take(
            slot, ask, followed.Select(static allocation => allocation.Grant).OfType<Grant>(),
            StableHash.Mix(_seed ^ cluster.Nodes.IdHash[slot] ^ (ulong)item.Index));
        _session.Reserve(slot, _context.Job.ProjectId, ask, grant);
        _context.Add(slot, choice.Key);
        Placed.Add(new Placement(
            item, cluster.Nodes.IdOf(slot), choice.Candidate.Mean, grant,
            followed.Count == 0 ? null : [.. followed.Select(static allocation => allocation.Id)]));
    }

    private ScoredNode Explain(in Choice choice, in Spare spare, HashSet<int>? penalised)
    {
        var cluster = _session.Cluster;
        var (slot, ask) = (choice.Candidate.Slot, _context.Group.Ask);
        var parts = new Dictionary<string, double>
        {
            ["binpack"] = BinPacking.Score(cluster.Usage, slot, ask, spare.Amounts, cluster.Settings.Spread),
        };
        if (_context.Shape.LikesDevices)
        {
            parts.Add("devices", cluster.Grants.DeviceAffinity(slot, ask, spare.Grants));
        }

        Add("node-affinity", _context.Shape.Affinity.Score(slot));
        Add("job-anti-affinity", _context.CollisionsOn(slot) is > 0 and var collisions ? AntiAffinity.Score(collisions, _context.Group.Count) : 0);
        Add("node-reschedule-penalty", penalised is not null && penalised.Contains(slot) ? ReschedulePenalty.Score : 0);
        Add("allocation-spread", _context.Spread?.Score(choice.Key.SpreadValues) ?? 0);
        return new ScoredNode(cluster.Nodes.IdOf(slot), parts, choice.Candidate.Mean);

        void Add(string rule, double score)
        {
            if (score != 0)
            {
                parts.Add(rule, score);
            }
        }
    }
}
