using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using static Saas.Scheduler.Core.Tests.Oracle.PlanCheck;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>Follows what a plan does for one job.</summary>
internal sealed class JobCheck(PlanCheck check, JobSpec job, EvaluationPlan plan)
{
    private readonly Paper _paper = check.Paper;
    private readonly List<(string Group, string NodeId)> _mates =
    [
        .. plan.Reconciled.Ignore.Concat(plan.Reconciled.InPlace).Select(static item => item.Allocation)
            .Where(static allocation => allocation.IsLive).Select(static allocation => (allocation.Group, allocation.NodeId)),
    ];

    public void Follow()
    {
        var next = 0;
        var missing = new Dictionary<string, int>();
        foreach (var item in plan.Reconciled.Place)
        {
            var oracle = new PlacementOracle(_paper, check.Settings, job, item.Group, _mates);
            var isPlaced = next < plan.Placed.Count && ReferenceEquals(plan.Placed[next].Item, item);
            if (isPlaced)
            {
                Check(oracle, item, plan.Placed[next], [.. plan.Preempted.Where(victim => victim.ForIndex == next).Select(static victim => victim.Victim)]);
                next++;
            }
            else
            {
                missing[item.Group.Name] = missing.GetValueOrDefault(item.Group.Name) + 1;
                Holds(!_paper.IsInQuota(job.ProjectId, item.Group.Ask) || !CouldBePlaced(oracle, item), $"{Name(item)} is missing and could be placed");
            }
        }

        Holds(next == plan.Placed.Count, "placed what was not to be placed");
        foreach (var (group, metrics) in plan.Metrics)
        {
            ResultCheck.Metrics(_paper, job, group, metrics, missing.GetValueOrDefault(group));
        }
    }

    private void Check(PlacementOracle oracle, PlaceItem item, Model.Placement placement, IReadOnlyList<AllocationState> victims)
    {
        var node = _paper.Nodes.Single(candidate => candidate.Id == placement.NodeId);
        Holds(_paper.IsInQuota(job.ProjectId, item.Group.Ask), $"{Name(item)} is beyond the quota");
        Holds(oracle.MayHave(node, item), $"{Name(item)} may not be on {node.Id}");
        var free = oracle.Offers(item, static _ => []);
        IReadOnlyList<string> follows = placement.Follows ?? [];
        AllocationState[] followed = [.. _paper.On(node).Where(allocation => follows.Contains(allocation.Id))];
        Holds(followed.Length == follows.Count, $"{Name(item)} follows what is not there");
        Holds(_paper.Fits(node, item.Group.Ask, followed), $"{Name(item)} does not fit on {node.Id}, whatever it follows");
        if (free.Count > 0)
        {
            Holds(victims.Count + followed.Length == 0, $"{Name(item)} follows others although there is free room");
            IsBest(item, placement, oracle.OfferOf(node, item, []), free);
        }
        else if (oracle.Offers(item, _paper.LeavingOn) is { Count: > 0 } left)
        {
            Holds(victims.Count == 0, $"{Name(item)} preempts although something leaves");
            IsBest(item, placement, oracle.OfferOf(node, item, _paper.LeavingOn(node)), left);
        }
        else
        {
            CheckPreemption(oracle, item, placement, node, victims);
        }

        Holds(
            followed.All(one => victims.Contains(one) || _paper.Leaving.Contains(one.Id)), $"{Name(item)} follows what does not leave");
        Holds(victims.All(followed.Contains), $"{Name(item)} does not follow a victim");
        Holds(
            followed.All(one => !_paper.Fits(node, item.Group.Ask, [.. followed.Where(other => other != one)])),
            $"{Name(item)} follows more than it takes");
        ResultCheck.Grant(node, item.Group.Ask, placement.Grant, [.. _paper.On(node).Where(allocation => !followed.Contains(allocation))], Name(item));

        foreach (var victim in victims)
        {
            _paper.Leave(victim);
        }

        check.Followers += followed.Length > 0 ? 1 : 0;
        check.Victims += victims.Count;
        Add(item, placement);
    }

    private void IsBest(PlaceItem item, Model.Placement placement, Offer chosen, IReadOnlyList<Offer> offers)
    {
        var best = offers.OrderBy(static offer => offer.Tier).ThenBy(static offer => offer.Cost).ThenByDescending(static offer => offer.Score).First();
        Holds(
            (chosen.Tier, chosen.Cost) == (best.Tier, best.Cost) && chosen.Score >= best.Score - Tolerance,
            $"{Name(item)} is on {chosen}, better is {best}");
        Holds(Math.Abs(placement.Score - chosen.Score) < Tolerance, $"{Name(item)} scores {placement.Score} on {chosen}");
    }

    private void CheckPreemption(
        PlacementOracle oracle, PlaceItem item, Model.Placement placement, NodeSpec node, IReadOnlyList<AllocationState> victims)
    {
        Holds(check.Settings.MayPreempt(job.Kind), $"{Name(item)} may not preempt");
        Holds(victims.Count > 0, $"{Name(item)} is where nothing makes room");
        foreach (var victim in victims)
        {
            Holds(
                victim.Priority <= job.Priority - 10 && victim.JobKey != job.Key && victim.IsLive && !_paper.SpokenFor.Contains(victim.Id),
                $"{Name(item)} of priority {job.Priority} preempts {victim}");
        }

        var leaving = _paper.LeavingOn(node);
        Holds(
            victims.All(spared => !_paper.Fits(node, item.Group.Ask, [.. leaving, .. victims.Where(other => other != spared)])),
            $"{Name(item)} preempts more than it takes");
        var chosen = (oracle.OfferOf(node, item, [.. leaving, .. victims]), Priority: victims.Max(static victim => victim.Priority));
        var best = _paper.Nodes.Where(candidate => oracle.MayHave(candidate, item))
            .Select(candidate => (Node: candidate, Priority: PriorityOfVictims(candidate, item)))
            .Where(static pair => pair.Priority is not null)
            .Select(pair => (Offer: oracle.OfferOf(pair.Node, item, [.. _paper.LeavingOn(pair.Node), .. Candidates(pair.Node)]), pair.Priority))
            .MinBy(static pair => (pair.Offer.Tier, pair.Offer.Cost, pair.Priority));
        Holds(
            (chosen.Item1.Tier, chosen.Item1.Cost, chosen.Priority) == (best.Offer.Tier, best.Offer.Cost, best.Priority),
            $"{Name(item)} preempts priority {chosen.Priority} on {chosen.Item1}, better is {best}");
        Holds(Math.Abs(placement.Score - chosen.Item1.Score) < Tolerance, $"{Name(item)} scores {placement.Score} on {chosen.Item1}");
    }

    private bool CouldBePlaced(PlacementOracle oracle, PlaceItem item) =>
        oracle.Offers(item, _paper.LeavingOn).Count > 0
        || (check.Settings.MayPreempt(job.Kind)
            && _paper.Nodes.Any(node => oracle.MayHave(node, item) && PriorityOfVictims(node, item) is not null));

    /// <summary>The lowest priority with which all up to it would suffice; null: not even all do.</summary>
    private int? PriorityOfVictims(NodeSpec node, PlaceItem item)
    {
        var candidates = Candidates(node);
        return candidates.Select(static victim => victim.Priority).Distinct().Order().Select(static priority => (int?)priority)
            .FirstOrDefault(priority => _paper.Fits(
                node, item.Group.Ask, [.. _paper.LeavingOn(node), .. candidates.Where(victim => victim.Priority <= priority)]));
    }

    private IReadOnlyList<AllocationState> Candidates(NodeSpec node) =>
    [
        .. _paper.On(node).Where(allocation => allocation.IsLive && allocation.JobKey != job.Key
            && allocation.Priority <= job.Priority - 10 && !_paper.SpokenFor.Contains(allocation.Id)),
    ];

    private void Add(PlaceItem item, Model.Placement placement)
    {
        _mates.Add((item.Group.Name, placement.NodeId));
        var id = $"placed-{check.NextId++}";
        _paper.SpokenFor.Add(id);
        _paper.Reserving.Add(new AllocationState
        {
            Id = id,
            JobKey = job.Key,
            ProjectId = job.ProjectId,
            Priority = job.Priority,
            Group = item.Group.Name,
            Index = item.Index,
            NodeId = placement.NodeId,
            JobVersion = job.Version,
            Definition = item.Group.Definition,
            Ask = item.Group.Ask,
            Assigned = true,
            Run = RunState.Pending,
            CreatedAt = default,
            Grant = placement.Grant,
        });
    }

    private string Name(PlaceItem item) => $"{job.Key} {item.Group.Name}[{item.Index}]";
}
