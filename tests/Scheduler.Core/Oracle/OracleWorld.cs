using System.Globalization;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>
/// A cluster to which, from a seed, everything happens; each plan is made by a cluster that is kept and by one built anew,
/// and followed by the oracle.
/// </summary>
internal sealed class OracleWorld
{
    private readonly Random _random;
    private readonly RandomNodes _newNodes;
    private readonly RandomJobs _newJobs;
    private readonly Dictionary<string, JobSpec> _jobs = [];
    private readonly TestCluster _world = new();
    private readonly KeptCluster _kept = new();
    private readonly bool _resizes;
    private int _evaluations;

    /// <param name="nodes">To begin with.</param>
    /// <param name="resizes">Nodes may lose capacity under what is on them.</param>
    public OracleWorld(int seed, int nodes, bool resizes = false)
    {
        _random = new Random(seed);
        (_newNodes, _newJobs, _resizes) = (new RandomNodes(_random), new RandomJobs(_random), resizes);
        _world.Settings = new PlacementSettings
        {
            Spread = _random.Next(4) == 0,
            PreemptForSystem = _random.Next(4) > 0,
            PreemptForSysBatch = _random.Next(3) > 0,
            PreemptForService = _random.Next(3) > 0,
            PreemptForBatch = _random.Next(3) > 0,
        };
        for (var i = nodes; i > 0; i--)
        {
            _world.Put(_newNodes.Next());
        }

        for (var i = _random.Next(5); i > 0; i--)
        {
            SubmitJob();
        }

        if (_random.Next(3) == 0)
        {
            _world.Quotas["p1"] = new Quota(Maybe(3000), Maybe(3), Maybe(3000), Maybe(900), Maybe(6));
        }

        long? Maybe(long limit) => _random.Next(2) == 0 ? limit : null;
    }

    public static int[] StaticPorts { get; } = [22, 80, 8080, 20_000];

    public int Placed { get; private set; }
    public int Missing { get; private set; }
    public int Followers { get; private set; }
    public int Victims { get; private set; }

    /// <summary>Something happens, and is planned for. Throws where the plan is wrong.</summary>
    public void Step()
    {
        _world.Now += TimeSpan.FromSeconds(_random.Next(1, 90));
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            Happen();
        }

        // Not always all: what others have told to stop, or what ended with nobody looking, is there as well.
        JobSpec[] jobs = [.. _jobs.Values.Where(_ => _random.Next(4) > 0).OrderBy(_ => _random.Next())];
        EvaluationRequest[] requests =
            [.. jobs.Select(job => new EvaluationRequest($"eval-{_evaluations++}", job.Key, job, _world.Of(job.Key)))];

        _kept.Follow(_world, _random);
        var before = _kept.Usage();
        var plan = PlacementPipeline.Plan(_kept.Cluster, requests, _world.Now);
        Same(before, _kept.Usage(), "planning changed the cluster");
        Same(Describe(plan), Describe(PlacementPipeline.Plan(_kept.Cluster, requests, _world.Now)), "a second plan differs");
        Same(Describe(plan), Describe(PlacementPipeline.Plan(_kept.Cluster, requests, _world.Now, many: 0)), "a plan made on all cores differs");
        var anew = new KeptCluster();
        anew.Follow(_world, _random);
        Same(before, _kept.Usage(), "planning twice changed the cluster");
        Same(Describe(PlacementPipeline.Plan(anew.Cluster, requests, _world.Now)), Describe(plan), "a cluster built anew plans otherwise");

        var check = new PlanCheck(new Paper(_world.Nodes, _world.All.Select(static entry => entry.State), _world.Quotas), _world.Settings);
        check.Follow([.. jobs.Zip(plan.Evaluations).Select(static pair => ((JobSpec?)pair.First, pair.Second))]);
        Placed += plan.Evaluations.Sum(static evaluation => evaluation.Placed.Count);
        Missing += plan.Evaluations.Sum(static evaluation => evaluation.Metrics.Values.Sum(static metrics => metrics.Missing));
        (Followers, Victims) = (Followers + check.Followers, Victims + check.Victims);

        foreach (var (job, evaluation) in jobs.Zip(plan.Evaluations))
        {
            _world.Apply(job, evaluation);
        }

        foreach (var node in _resizes ? [] : _world.Nodes)
        {
            var excess = NodeLedger.Excess(node, _world.All.Select(static entry => entry.State).Where(state => state.Assigned && state.NodeId == node.Id));
            Same("", excess ?? "", $"{node.Id} has too much");
        }
    }

    private void Happen()
    {
        switch (_random.Next(8))
        {
            case 0:
                _world.Put(_newNodes.Next());
                break;
            case 1 when _world.Nodes.Any():
                ChangeNode(_world.Nodes.ElementAt(_random.Next(_world.Nodes.Count())));
                break;
            case 2 or 3 or 4:
                SubmitJob();
                break;
            default:
                Report();
                break;
        }
    }

    private void SubmitJob()
    {
        var key = $"job-{_random.Next(6)}";
        _jobs[key] = _newJobs.Next(key, _jobs.GetValueOrDefault(key), _jobs.Values);
    }

    private void ChangeNode(NodeSpec node)
    {
        if (_random.Next(6) == 0)
        {
            _world.Remove(node.Id);
        }
        else
        {
            _world.Put(_newNodes.Changed(node, _resizes));
        }
    }

    private void Report()
    {
        foreach (var (jobKey, state) in _world.All.Where(static entry => entry.State is { Assigned: true, IsTerminal: false }).ToArray())
        {
            if (_random.Next(3) == 0)
            {
                _world.Report(state, state.Stopping || _random.Next(4) > 0 ? RunState.Complete : RunState.Failed, jobKey);
            }
        }
    }

    private static void Same(string expected, string actual, string otherwise)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"{otherwise}:\n{expected}\n{actual}");
        }
    }

    private static string Describe(Plan plan) => string.Join('\n', plan.Evaluations.Select(static evaluation => string.Join(' ',
        [
            evaluation.EvaluationId,
            .. evaluation.Placed.Select(static placed => string.Create(
                CultureInfo.InvariantCulture,
                $"{placed.Item.Group.Name}[{placed.Item.Index}]@{placed.NodeId}={placed.Score:R}{Describe(placed.Grant)}>{string.Join('+', placed.Follows ?? [])}")),
            .. evaluation.Preempted.Select(static preempted => $"{preempted.Victim.Id}/{preempted.ForIndex}"),
            .. evaluation.Metrics.Select(static pair => string.Create(
                CultureInfo.InvariantCulture,
                $"{pair.Key}:{pair.Value.Missing},{pair.Value.NodesEvaluated},{pair.Value.NodesFiltered},{pair.Value.NodesExhausted},{string.Concat(pair.Value.QuotaExhausted)}")),
        ])));

    private static string Describe(Grant? grant) => grant is null ? "" : string.Concat(
        grant.Ports.Select(static port => $":{port.Network}/{port.Value}").Concat(grant.Devices.Select(static device => $"#{string.Join('+', device.Ids)}")));
}
