using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;
using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// Finds the best node for one allocation of a group after the other. Naive is to score every node for every
/// allocation: a thousand instances on five thousand nodes are five million scores. Here the nodes are scored once, and
/// then only the one that was just chosen.
/// </summary>
internal sealed class GroupSelector
{
    private readonly NodeTable _nodes;
    private readonly NodeUsage _usage;
    private readonly GroupFeasibility _feasibility;
    private readonly GroupSpec _group;
    private readonly JobPresence _presence;
    private readonly ulong _seed;
    private readonly CandidateHeap _candidates;

    public GroupSelector(
        NodeTable nodes, NodeUsage usage, GroupFeasibility feasibility, GroupSpec group, JobPresence presence, ulong seed)
    {
        (_nodes, _usage, _feasibility, _group, _presence, _seed) = (nodes, usage, feasibility, group, presence, seed);
        var candidates = new Candidate[nodes.Count];
        var count = 0;
        for (var node = 0; node < nodes.Count; node++)
        {
            // Cheap first: a flag, then the class's verdict, then the columns.
            if (nodes.Ready[node] && feasibility.IsInDatacenters(node) && feasibility.Reject(node) is null
                && IsOpen(node))
            {
                candidates[count++] = ScoreOf(node, penalised: false);
            }
        }

        _candidates = new CandidateHeap(candidates, count);
    }

    /// <summary>The best node, with its resources reserved; null: none has room.</summary>
    public Candidate? Next(PlaceItem item)
    {
        if (_candidates.Count == 0)
        {
            return null;
        }

        var chosen = item.PenaltyNodes is null ? _candidates.Top : BringPenalisedBestToTop(item.PenaltyNodes);
        _usage.Add(chosen.Node, _group.Ask);
        _presence.Add(_group.Name, chosen.Node);
        if (IsOpen(chosen.Node))
        {
            _candidates.ReplaceTop(ScoreOf(chosen.Node, penalised: false));
        }
        else
        {
            _candidates.Pop();
        }

        return chosen;
    }

    /// <summary>Has room, and no neighbour that it may not have.</summary>
    private bool IsOpen(int node) =>
        !(_feasibility.DistinctForJob && _presence.OfJob(node))
        && !(_feasibility.DistinctForGroup && _presence.OfGroup(_group.Name, node) > 0)
        && _usage.Lacks(node, _group.Ask) == ResourceDimension.None;

    private Candidate ScoreOf(int node, bool penalised) => new(
        NodeScore.Of(_usage, node, _group.Ask, _presence.OfGroup(_group.Name, node), _group.Count, penalised),
        StableHash.Mix(_seed ^ _nodes.IdHash[node]),
        node);

    /// <summary>
    /// Penalties hold for this allocation only, so the heap does not know them: nodes are taken from it until the first
    /// without a penalty, which no later one beats, and the best of those seen goes back to the top.
    /// </summary>
    private Candidate BringPenalisedBestToTop(IReadOnlyList<string> penaltyNodes)
    {
        var penalised = penaltyNodes.Select(_nodes.IndexOf).ToHashSet();
        var seen = new List<Candidate>();
        Candidate? best = null;
        while (_candidates.Count > 0)
        {
            var candidate = _candidates.Pop();
            seen.Add(candidate);
            var isPenalised = penalised.Contains(candidate.Node);
            var scored = isPenalised ? ScoreOf(candidate.Node, penalised: true) : candidate;
            best = best is null || scored.IsBetterThan(best.Value) ? scored : best;
            if (!isPenalised)
            {
                break;
            }
        }

        foreach (var candidate in seen)
        {
            // Above every score, for the moment until its new one replaces it.
            _candidates.Push(candidate.Node == best!.Value.Node ? candidate with { Score = double.MaxValue } : candidate);
        }

        return best!.Value;
    }
}
