using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Tests.Reconcile;

/// <summary>
/// One job on some nodes, looked at again and again: does what the reconciler says, as a Host would, and finds every
/// placement a node unless told otherwise.
/// </summary>
internal sealed class ReconcileScenario : INodes
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly UpdateRule OneByOne = new(1, 0, AutoPromote: false, AutoRevert: false, TimeSpan.FromMinutes(10));

    private readonly SortedDictionary<string, NodeSpec> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, AllocationState> _allocations = new(StringComparer.Ordinal);
    private int _ids;
    private int _deployments;

    public DateTimeOffset Now { get; set; } = Start;

    public JobSpec? Job { get; set; }

    public JobSpec? Older { get; set; }

    public Deployment? Deployment { get; set; }

    /// <summary>Deployments of older versions, as they ended.</summary>
    public List<Deployment> Superseded { get; } = [];

    /// <summary>Which placements find no room.</summary>
    public Func<PlaceItem, bool> NoRoom { get; set; } = static _ => false;

    public Func<GroupSpec, AllocationState, bool> StaysOn { get; set; } = static (_, _) => true;

    public Func<GroupSpec, NodeSpec, bool> Suits { get; set; } = static (_, _) => true;

    /// <summary>Nodes on which another, ordinary job has something.</summary>
    public HashSet<string> Busy { get; } = [];

    public IEnumerable<NodeSpec> All => _nodes.Values;

    public IReadOnlyList<AllocationState> Allocations => [.. _allocations.Values];

    public IReadOnlyList<AllocationState> Live => [.. _allocations.Values.Where(static state => state.IsLive)];

    public static ReconcileScenario With(JobSpec job, int nodes = 4)
    {
        var scenario = new ReconcileScenario { Job = job };
        for (var i = 0; i < nodes; i++)
        {
            scenario.Put(Node($"n{i}"));
        }

        return scenario;
    }

    public static NodeSpec Node(
        string id, NodeStatus status = NodeStatus.Ready, DateTimeOffset? silentSince = null, Drain? drain = null,
        bool eligible = true, DateTimeOffset? readySince = null, bool revoked = false) => new()
        {
            Id = id,
            Datacenter = "dc1",
            Status = status,
            SilentSince = silentSince,
            Drain = drain,
            Eligible = eligible,
            ReadySince = readySince,
            Revoked = revoked,
            CpuMhz = 4000,
            Cores = 4,
            MemoryMb = 8192,
            DiskMb = 1000,
        };

    public static GroupSpec Group(string name = "web", int count = 1, string definition = "v0", UpdateRule? update = null) => new()
    {
        Name = name,
        Count = count,
        Ask = new ResourceAsk(500, 0, 256, 0),
        Definition = definition,
        Update = update,
        Reschedule = new RescheduleRule(
            0, TimeSpan.FromHours(24), TimeSpan.FromSeconds(30), DelayFunction.Exponential, TimeSpan.FromHours(1), Unlimited: true),
    };

    public static JobSpec Service(params GroupSpec[] groups) => new()
    {
        Key = "job",
        Version = 0,
        Kind = JobKind.Service,
        Groups = groups.Length == 0 ? [Group()] : groups,
    };

    public NodeSpec? Find(string nodeId) => _nodes.GetValueOrDefault(nodeId);

    public bool HasOnlySystem(string nodeId) => !Busy.Contains(nodeId);

    public void Put(NodeSpec node) => _nodes[node.Id] = node;

    public void Remove(string nodeId) => _nodes.Remove(nodeId);

    public void Silence(string nodeId, NodeStatus status = NodeStatus.Down) => Put(Node(nodeId, status, Now));

    public void Change(AllocationState state) => _allocations[state.Id] = state;

    public void Report(AllocationState state, RunState run, bool? healthy = null) => Change(_allocations[state.Id] with
    {
        Run = run,
        Healthy = healthy ?? _allocations[state.Id].Healthy,
        EndedAt = run is RunState.Complete or RunState.Failed ? Now : null,
    });

    /// <summary>All that is meant to run does, and is well; all that was told to stop has.</summary>
    public void AllWell()
    {
        foreach (var state in Allocations.Where(static state => state.Assigned && !state.IsTerminal && state.Run != RunState.Unknown))
        {
            Report(state, state.Stopping ? RunState.Complete : RunState.Running, state.Stopping ? null : true);
        }
    }

    /// <summary>Submits a version that runs something else.</summary>
    public void Submit(Func<GroupSpec, GroupSpec> change)
    {
        Older = Job;
        Job = Job! with { Version = Job.Version + 1, Groups = [.. Job.Groups.Select(change)] };
    }

    /// <summary>Submits a version that restarts everything.</summary>
    public void SubmitNew() => Submit(group => group with { Definition = $"v{Job!.Version + 1}" });

    public ReconcileResult Look() =>
        new JobReconciler(this, Now, (group, state) => StaysOn(group, state), (group, node) => Suits(group, node))
            .Reconcile(new EvaluationRequest("eval", "job", Job, Allocations, Deployment, Older));

    /// <summary>Looks, and does what the result says.</summary>
    public ReconcileResult Step()
    {
        var result = Look();
        Apply(result);
        return result;
    }

    /// <summary>Steps until nothing more is to be done, everything being well at once.</summary>
    public void RunToTheEnd()
    {
        var quiet = false;
        for (var i = 0; i < 100; i++)
        {
            var result = Step();
            var wasQuiet = quiet;
            quiet = !result.ChangesDocuments && !result.ChangesDeployments && result.Place.Count == 0;
            if (quiet && wasQuiet)
            {
                return;
            }

            AllWell();
        }

        throw new InvalidOperationException("a hundred looks were not enough");
    }

    private void Apply(ReconcileResult result)
    {
        if (result.SupersededDeployment is { } superseded)
        {
            Superseded.Add(superseded);
            Deployment = superseded;
        }

        if (result.Deployment is { } deployment)
        {
            Deployment = deployment.Id.Length > 0 ? deployment : deployment with { Id = $"deployment-{_deployments++}" };
        }

        result.Stop.ForEach(item => Change(item.Allocation with { Stopping = true, Why = item.Reason }));
        result.Lost.ForEach(item => Change(item.Allocation with { Run = RunState.Lost, Assigned = false, EndedAt = Now }));
        result.Disconnect.ForEach(item => Change(item.Allocation with { Run = RunState.Unknown, EndedAt = Now }));
        result.Drop.ForEach(item => Change(item.Allocation with { Assigned = false }));
        result.InPlace.ForEach(item => Change(item.Allocation with
        {
            JobVersion = Job!.Version,
            Canary = false,
            DeploymentId = item.InDeployment ? Deployment!.Id : item.Allocation.DeploymentId,
            Healthy = item.InDeployment ? null : item.Allocation.Healthy,
        }));
        foreach (var item in result.Place.Where(item => !NoRoom(item)))
        {
            Place(item);
        }
    }

    private void Place(PlaceItem item)
    {
        var open = _nodes.Values.Where(static node => node.IsOpen).ToArray();
        if (open.Length == 0)
        {
            return;
        }

        var id = $"alloc-{_ids++:D5}";
        Change(new AllocationState
        {
            Id = id,
            JobKey = "job",
            Group = item.Group.Name,
            Index = item.Index,
            NodeId = item.NodeId ?? open[_ids % open.Length].Id,
            JobVersion = (item.Older ?? Job!).Version,
            Definition = item.Group.Definition,
            Ask = item.Group.Ask,
            Assigned = true,
            Run = RunState.Pending,
            CreatedAt = Now,
            PreviousId = item.Previous?.Id,
            DeploymentId = item.InDeployment ? Deployment!.Id : null,
            Canary = item.Canary,
        });
    }
}
