using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Reconcile.Deployments;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

/// <summary>Everything that can happen to one job, from a seed: one event, one look, and a check of what came of it.</summary>
internal sealed class RandomHistory
{
    private readonly int _seed;
    private readonly Random _random;
    private readonly ReconcileScenario _scenario;
    private int _steps;

    public RandomHistory(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        var kind = Pick(JobKind.Service, JobKind.Service, JobKind.Service, JobKind.Batch, JobKind.System, JobKind.SysBatch);
        _scenario = With(Service(AnyGroup("web"), AnyGroup("db")) with { Kind = kind }, nodes: 5);
    }

    public void Step()
    {
        _steps++;
        _scenario.Now += TimeSpan.FromSeconds(_random.Next(0, 120));
        Happen();
        var before = _scenario.Allocations;
        var result = _scenario.Step();
        EachAllocationIsInOneBucket(before, result);
        RollsOutSlowly(before, result);
        NamesAreNotDoubled();
        NothingMoreIsToBeDone();
    }

    private void Happen()
    {
        switch (_random.Next(12))
        {
            case 0:
                ChangeNode();
                break;
            case 1:
                _scenario.Put(Node($"n{_random.Next(8)}"));
                break;
            case 2 when _random.Next(3) == 0:
                _scenario.Submit(group => Chance(3) ? group with { Count = _random.Next(0, 6) } : AnyGroup(group.Name));
                _scenario.Job = _scenario.Job! with { Stopped = Chance(8) };
                break;
            case 3:
                Decide();
                break;
            case 4:
                _scenario.NoRoom = Chance(2) ? static _ => false : item => (item.Index + _seed) % 3 == 0;
                break;
            default:
                ReportSome();
                break;
        }
    }

    private void ChangeNode()
    {
        var id = $"n{_random.Next(8)}";
        var now = _scenario.Now;
        if (Chance(8))
        {
            _scenario.Remove(id);
            return;
        }

        _scenario.Put(_random.Next(6) switch
        {
            0 => Node(id, NodeStatus.Down, now),
            1 => Node(id, NodeStatus.Disconnected, now),
            2 => Node(id, NodeStatus.Initializing),
            3 => Node(id, eligible: false),
            _ => Node(id, drain: new Drain(Chance(2) ? now.AddMinutes(_random.Next(10)) : null, Chance(4)), eligible: false),
        });
    }

    private void Decide()
    {
        if (_scenario.Deployment is not { IsActive: true } deployment)
        {
            return;
        }

        _scenario.Deployment = _random.Next(4) switch
        {
            0 => deployment with { State = DeploymentState.Paused },
            1 => deployment with { State = DeploymentState.Failed },
            2 => deployment with { State = DeploymentState.Running },
            _ => deployment with
            {
                Groups = deployment.Groups.ToDictionary(
                    static pair => pair.Key, static pair => pair.Value with { Promoted = pair.Value.DesiredCanaries > 0 }),
            },
        };
    }

    private void ReportSome()
    {
        foreach (var state in _scenario.Allocations.Where(static state => state.Assigned && !state.IsTerminal))
        {
            if (Chance(3) || _scenario.Find(state.NodeId) is not { Status: NodeStatus.Ready })
            {
                continue;
            }

            var run = state.Stopping || Chance(15) ? Pick(RunState.Complete, RunState.Failed) : RunState.Running;
            _scenario.Change(state with { Moves = state.Moves || Chance(25) });
            _scenario.Report(state, run, state.Healthy ?? (Chance(2) ? null : run == RunState.Running && !Chance(10)));
        }
    }

    private void EachAllocationIsInOneBucket(IReadOnlyList<AllocationState> before, ReconcileResult result)
    {
        var buckets = new[] { result.Stop, result.InPlace, result.Lost, result.Disconnect, result.Drop, result.Ignore };
        var ids = buckets.SelectMany(static bucket => bucket).Select(static item => item.Allocation.Id).Order().ToArray();
        Holds(ids.SequenceEqual(before.Select(static state => state.Id).Order()), "an allocation is in no bucket, or in two");
    }

    /// <summary>Old ones are not replaced while as many new ones as may be are not yet well.</summary>
    private void RollsOutSlowly(IReadOnlyList<AllocationState> before, ReconcileResult result)
    {
        if (_scenario.Job is not { Kind: JobKind.Service, Stopped: false } job || _scenario.Deployment is not { } deployment
            || deployment.JobVersion != job.Version || deployment.State == DeploymentState.Successful)
        {
            return;
        }

        foreach (var group in job.Groups.Where(group => group.Update is not null && deployment.Groups.ContainsKey(group.Name)))
        {
            var replaced = result.Stop.Count(item => item.Allocation.Group == group.Name && !item.Allocation.Canary
                && item.Reason is Reasons.NewVersion && item.Allocation.JobVersion != job.Version
                && result.Place.Exists(place => place.Previous?.Id == item.Allocation.Id));
            var kept = result.Ignore.Select(static item => item.Allocation.Id).ToHashSet();
            var unproven = before.Count(state => state.Group == group.Name && state.IsLive && kept.Contains(state.Id)
                && state.DeploymentId == deployment.Id && state.Run != RunState.Unknown && state.Healthy is not true);
            Holds(replaced == 0 || replaced + unproven <= group.Update!.MaxParallel, "too many are replaced at once");
            Holds(
                replaced == 0 || (deployment.State == DeploymentState.Running && !deployment.Groups[group.Name].IsCanarying),
                "a roll-out goes on that stands still");
        }
    }

    private void NamesAreNotDoubled()
    {
        var job = _scenario.Job!;
        foreach (var group in job.Groups)
        {
            var live = _scenario.Live.Where(state => state.Group == group.Name && state.Run != RunState.Unknown).ToArray();
            if (job.IsPerNode)
            {
                Holds(live.DistinctBy(static state => state.NodeId).Count() == live.Length, "two on one node");
                continue;
            }

            var isCanarying = _scenario.Deployment is { IsActive: true } deployment
                && deployment.Groups.TryGetValue(group.Name, out var rollOut) && !rollOut.Promoted;
            var named = live.Where(state => !(isCanarying && state.Canary && state.DeploymentId == _scenario.Deployment!.Id)).ToArray();
            Holds(named.Length <= (job.Stopped ? 0 : group.Count), "more than the count");
            Holds(named.DistinctBy(static state => state.Index).Count() == named.Length, "two of one name");
            Holds(live.Length - named.Length <= (group.Update?.Canaries ?? 0), "too many canaries");
        }
    }

    private void NothingMoreIsToBeDone()
    {
        // The first look after placements counts them.
        if (_scenario.Look().Deployment is { } counted)
        {
            _scenario.Deployment = counted;
        }

        var again = _scenario.Look();
        Holds(!again.ChangesDocuments, $"a plan that was applied leaves something to do: {Describe(again)}");
        Holds(!again.ChangesDeployments, $"a deployment does not come to rest: {again.Deployment}");
        // Canaries choose their index anew, and may find room under another.
        var noNode = _scenario.All.All(static node => !node.IsOpen);
        Holds(
            again.Place.TrueForAll(item => noNode || item.Canary || _scenario.NoRoom(item)),
            $"something could have been placed: {string.Join(", ", again.Place.Select(static item => $"{item.Group.Name}[{item.Index}] {item.Reason} of {item.Previous}"))} {again.Deployment} {_scenario.Deployment}");
    }

    private static string Describe(ReconcileResult result) => string.Join(
        ", ",
        new[] { result.Stop, result.InPlace, result.Lost, result.Disconnect, result.Drop }
            .SelectMany(static bucket => bucket)
            .Select(static item => $"{item.Reason}: {item.Allocation}"));

    private GroupSpec AnyGroup(string name) => Group(name, _random.Next(0, 6), Pick("v1", "v2", "v3"), AnyUpdate()) with
    {
        MigrateParallel = _random.Next(1, 3),
        StaysLost = Chance(6),
        Disconnect = Chance(2)
            ? new DisconnectRule(
                TimeSpan.FromMinutes(_random.Next(1, 10)), Chance(2),
                Pick(
                    ReconcileStrategy.BestScore, ReconcileStrategy.KeepOriginal, ReconcileStrategy.KeepReplacement,
                    ReconcileStrategy.LongestRunning))
            : null,
    };

    private UpdateRule? AnyUpdate() => Chance(4)
        ? null
        : new UpdateRule(
            _random.Next(1, 4), Chance(2) ? _random.Next(0, 7) : 0, Chance(2), Chance(2), Chance(3) ? null : TimeSpan.FromMinutes(_random.Next(1, 30)));

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    private void Holds(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"seed {_seed}, step {_steps}: {otherwise}");
        }
    }
}
