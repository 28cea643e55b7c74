using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>
/// Follows a plan on paper, one placement after the other, and holds each against the oracle. The bar for packing is 2% of
/// the oracle's best score; what is held is the best itself.
/// </summary>
internal sealed class PlanCheck(Paper paper, PlacementSettings settings)
{
    private const double Tolerance = 1e-9;

    private int _placed;

    public int Followers { get; private set; }
    public int Victims { get; private set; }

    /// <summary>Throws where the plan is not what the oracle would do.</summary>
    public void Follow(IReadOnlyList<(JobSpec? Job, EvaluationPlan Plan)> evaluations)
    {
        foreach (var (job, plan) in evaluations)
        {
            var result = plan.Reconciled;
            result.Drop.ForEach(item => paper.End(item.Allocation));
            result.Lost.ForEach(item => paper.End(item.Allocation));
            result.Stop.ForEach(item => paper.Leave(item.Allocation));
            foreach (var item in result.InPlace)
            {
                var ask = job!.Groups.Single(group => group.Name == item.Allocation.Group).Ask;
                paper.SpokenFor.Add(item.Allocation.Id);
                paper.Reserving[paper.Reserving.FindIndex(other => other.Id == item.Allocation.Id)] =
                    item.Allocation with { Ask = item.Allocation.Ask with { DocumentBytes = ask.DocumentBytes } };
            }
        }

        foreach (var (job, plan) in evaluations.OrderByDescending(static pair => pair.Job?.Priority ?? 0))
        {
            if (job is not null)
            {
                new OfOneJob(this, job, plan).Follow();
            }
        }
    }

    private static void Holds(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private sealed class OfOneJob(PlanCheck check, JobSpec job, EvaluationPlan plan)
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
                CheckMetrics(group, metrics, missing.GetValueOrDefault(group));
            }
        }

        private void Check(PlacementOracle oracle, PlaceItem item, Model.Placement placement, IReadOnlyList<AllocationState> victims)
        {
            var node = _paper.Nodes.Single(candidate => candidate.Id == placement.NodeId);
            Holds(_paper.IsInQuota(job.ProjectId, item.Group.Ask), $"{Name(item)} is beyond the quota");
            Holds(oracle.MayHave(node, item), $"{Name(item)} may not be on {node.Id}: {Json(job)} {Json(node)} mates {string.Join(" ", _mates)}");
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
            CheckGrant(node, item.Group.Ask, placement.Grant, [.. _paper.On(node).Where(allocation => !followed.Contains(allocation))], item);

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

        private void CheckGrant(NodeSpec node, ResourceAsk ask, Grant? grant, IReadOnlyList<AllocationState> staying, PlaceItem item)
        {
            var ports = grant?.Ports ?? [];
            var taken = staying.SelectMany(static allocation => allocation.Grant?.Ports ?? []).Select(static port => (port.Network, port.Value)).ToHashSet();
            Holds(
                ports.Count == ask.Ports.Count && ports.Zip(ask.Ports).All(pair =>
                    (pair.First.Label, pair.First.To, pair.First.Network) == (pair.Second.Label, pair.Second.To, pair.Second.Network)
                    && (pair.Second.Static > 0 ? pair.First.Value == pair.Second.Static : pair.First.Value is >= 20_000 and <= 32_000)
                    && !node.Networks.Single(network => network.Name == pair.First.Network).ReservedPorts.Contains(pair.First.Value)
                    && taken.Add((pair.First.Network, pair.First.Value))),
                $"{Name(item)} got ports that are not its to have on {node.Id}");
            var devices = grant?.Devices ?? [];
            var groups = Paper.DevicesFor(node, ask, staying)!;
            var used = staying.SelectMany(static allocation => allocation.Grant?.Devices ?? [])
                .SelectMany(static device => device.Ids.Select(id => (device.Vendor, device.Type, device.Name, Id: id))).ToHashSet();
            Holds(
                devices.Count == ask.Devices.Count && devices.Zip(ask.Devices, groups).All(three =>
                    three.First.Task == three.Second.Task && three.First.Ids.Count == three.Second.Count
                    && (three.First.Vendor, three.First.Type, three.First.Name) == (three.Third.Vendor, three.Third.Type, three.Third.Name)
                    && three.First.Ids.All(id => three.Third.Ids.Contains(id) && used.Add((three.Third.Vendor, three.Third.Type, three.Third.Name, id)))),
                $"{Name(item)} got devices that are not its to have on {node.Id}");
        }

        private void CheckMetrics(string group, PlacementMetrics metrics, int missing)
        {
            Holds(metrics.Missing == missing, $"{group}: {metrics.Missing} missing, {missing} not placed");
            Holds(metrics.NodesFiltered == metrics.ConstraintFiltered.Values.Sum(), $"{group}: filtered nodes do not add up");
            Holds(metrics.NodesExhausted == metrics.DimensionExhausted.Values.Sum(), $"{group}: exhausted nodes do not add up");
            Holds(metrics.NodesFiltered >= metrics.ClassFiltered.Values.Sum(), $"{group}: filtered classes do not add up");
            Holds(metrics.NodesExhausted >= metrics.ClassExhausted.Values.Sum(), $"{group}: exhausted classes do not add up");
            Holds(metrics.NodesAvailable.Values.Sum() == _paper.Nodes.Count(static node => node.IsOpen), $"{group}: available nodes do not add up");
            Holds(metrics.NodesEvaluated <= metrics.NodesInPool, $"{group}: more nodes evaluated than there are in the pools");
            Holds(
                missing == 0 || metrics.QuotaExhausted.Count > 0 || job.IsPerNode
                || metrics.NodesEvaluated == metrics.NodesFiltered + metrics.NodesExhausted, $"{group}: a node fell out without a reason");
            Holds(
                metrics.Scores.All(static scored => Math.Abs(scored.Parts.Values.Average() - scored.NormScore) < Tolerance),
                $"{group}: parts of a score do not make the score");
        }

        private void Add(PlaceItem item, Model.Placement placement)
        {
            _mates.Add((item.Group.Name, placement.NodeId));
            var id = $"placed-{check._placed++}";
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

        private static string Json(object o) => System.Text.Json.JsonSerializer.Serialize(o);
        private string Name(PlaceItem item) => $"{job.Key} {item.Group.Name}[{item.Index}]";
    }

    private Paper Paper => paper;
    private PlacementSettings Settings => settings;
}
