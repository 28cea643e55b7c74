using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Properties;

/// <summary>A cluster to which, from a seed, everything happens that can happen to one; planned after every event.</summary>
internal sealed class RandomWorld
{
    private readonly Random _random;
    private readonly Dictionary<string, JobSpec> _jobs = [];
    private readonly HashSet<(string, long, string, int)> _completed = [];
    private int _nodes;

    public RandomWorld(int seed)
    {
        _random = new Random(seed);
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            AddNode();
        }
    }

    public TestCluster Cluster { get; } = new();

    public IReadOnlyList<JobSpec> Jobs => [.. _jobs.Values];

    public Plan LastPlan { get; private set; } = new([]);

    /// <summary>The first batch instance seen that was placed although it had completed.</summary>
    public string? RerunOfCompleted { get; private set; }

    public int CountOf(string jobKey, string group) =>
        _jobs[jobKey].Groups.FirstOrDefault(candidate => candidate.Name == group)?.Count ?? 0;

    public void Step()
    {
        Cluster.Now += TimeSpan.FromSeconds(_random.Next(0, 90));
        switch (_random.Next(10))
        {
            case 0:
                AddNode();
                break;
            case 1 or 2:
                ChangeNode();
                break;
            case 3 or 4 or 5:
                SubmitJob();
                break;
            default:
                ReportSome();
                break;
        }

        LastPlan = Cluster.Run([.. _jobs.Values]);
        foreach (var (job, evaluation) in _jobs.Values.Zip(LastPlan.Evaluations))
        {
            RerunOfCompleted ??= evaluation.Placed
                .Where(p => _completed.Contains((job.Key, job.Version, p.Item.Group.Name, p.Item.Index)))
                .Select(p => $"{job.Key} {p.Item.Group.Name}[{p.Item.Index}]")
                .FirstOrDefault();
        }
    }

    private void AddNode() => Cluster.Put(TestCluster.Node(
        $"node-{_nodes++}",
        cpuMhz: _random.Next(0, 6000),
        memoryMb: _random.Next(0, 4000),
        cores: _random.Next(0, 5),
        datacenter: Pick("dc1", "dc2"),
        nodeClass: Pick("", "gpu"),
        attributes: new() { ["kernel.name"] = Pick("linux", "windows") },
        healthy: _random.Next(5) > 0));

    private void ChangeNode()
    {
        var node = Cluster.Nodes.ElementAtOrDefault(_random.Next(_nodes + 1));
        if (node is null)
        {
            return;
        }

        if (_random.Next(6) == 0)
        {
            Cluster.Remove(node.Id);
        }
        else
        {
            Cluster.SetStatus(node.Id, Pick(NodeStatus.Ready, NodeStatus.Down, NodeStatus.Initializing));
        }
    }

    private void SubmitJob()
    {
        var key = Pick("job-a", "job-b", "job-c");
        var version = _jobs.TryGetValue(key, out var old) ? old.Version + 1 : 0;
        _jobs[key] = new JobSpec
        {
            Key = key,
            Version = version,
            Kind = old?.Kind ?? Pick(JobKind.Service, JobKind.Batch),
            Priority = _random.Next(1, 101),
            Stopped = _random.Next(6) == 0,
            Datacenters = [Pick("*", "dc1", "dc?2")],
            Groups = [.. new[] { "web", "db" }.Take(_random.Next(1, 3)).Select(Group)],
        };
    }

    private GroupSpec Group(string name)
    {
        NodeConstraint[] constraints =
        [
            .. _random.Next(3) == 0 ? [new NodeConstraint("${attr.kernel.name}", "=", "linux")] : Array.Empty<NodeConstraint>(),
            .. _random.Next(4) == 0 ? [new NodeConstraint("", "distinct_hosts", "true")] : Array.Empty<NodeConstraint>(),
        ];
        return TestCluster.Group(
            name, _random.Next(0, 6), _random.Next(1, 2000), _random.Next(1, 1500),
            cores: _random.Next(4) == 0 ? 1 : 0, definition: Pick("v1", "v2"), constraints: constraints,
            reschedule: TestCluster.Rule(_random.Next(0, 3), unlimited: _random.Next(2) == 0));
    }

    private void ReportSome()
    {
        foreach (var (jobKey, state) in Cluster.All.Where(static entry => entry.State.Assigned && !entry.State.IsTerminal).ToArray())
        {
            if (_random.Next(2) == 0)
            {
                continue;
            }

            var run = Pick(RunState.Running, RunState.Running, RunState.Failed, RunState.Complete);
            Cluster.Report(state, run, jobKey);
            if (run == RunState.Complete && !state.Stopping && _jobs[jobKey].Kind == JobKind.Batch)
            {
                _completed.Add((jobKey, state.JobVersion, state.Group, state.Index));
            }
        }
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
