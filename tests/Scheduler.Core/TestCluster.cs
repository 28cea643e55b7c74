using Saas.Scheduler.Core;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests;

/// <summary>Nodes and allocations as a Host would hold them, and the application of a plan to them.</summary>
internal sealed class TestCluster
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, NodeSpec> _nodes = [];
    private readonly Dictionary<string, Dictionary<string, AllocationState>> _allocations = [];
    private int _evaluations;
    private int _ids;

    public DateTimeOffset Now { get; set; } = Start;

    public PlacementSettings Settings { get; set; } = PlacementSettings.Default;

    public Dictionary<string, Quota> Quotas { get; } = [];

    public IEnumerable<NodeSpec> Nodes => _nodes.Values;

    public IEnumerable<(string JobKey, AllocationState State)> All =>
        _allocations.SelectMany(static job => job.Value.Values.Select(state => (job.Key, state)));

    public static NodeSpec Node(
        string id, int cpuMhz = 4000, int memoryMb = 8192, int cores = 4, int diskMb = 100_000, string datacenter = "dc1",
        string nodeClass = "", NodeStatus status = NodeStatus.Ready, Dictionary<string, string>? attributes = null,
        Dictionary<string, string>? meta = null, bool healthy = true, int documentBytes = int.MaxValue, string pool = NodePools.Default,
        long price = 0, NodeNetwork[]? networks = null, Dictionary<string, bool>? volumes = null, NodeDevices[]? devices = null,
        bool eligible = true) => new()
        {
            Id = id,
            Name = "host-" + id,
            Datacenter = datacenter,
            Region = "eu",
            Class = nodeClass,
            Status = status,
            CpuMhz = cpuMhz,
            MemoryMb = memoryMb,
            Cores = cores,
            DiskMb = diskMb,
            Attributes = attributes ?? [],
            Meta = meta ?? [],
            Drivers = new Dictionary<string, bool> { ["exec"] = healthy },
            DocumentBytes = documentBytes,
            Pool = pool,
            PricePerHourMicros = price,
            Networks = networks ?? [NodeNetwork.Default],
            Volumes = volumes ?? [],
            Devices = devices ?? [],
            Eligible = eligible,
        };

    public static GroupSpec Group(
        string name = "web", int count = 1, int cpuMhz = 500, int memoryMb = 256, int cores = 0, int diskMb = 300,
        string definition = "v1", NodeConstraint[]? constraints = null, RescheduleRule? reschedule = null, int documentBytes = 100) => new()
        {
            Name = name,
            Count = count,
            Ask = new ResourceAsk(cpuMhz, cores, memoryMb, diskMb, documentBytes),
            Definition = definition,
            Drivers = ["exec"],
            Constraints = constraints ?? [],
            Reschedule = reschedule ?? Rule(),
        };

    public static RescheduleRule Rule(
        int attempts = 0, DelayFunction function = DelayFunction.Exponential, bool unlimited = true) =>
        new(attempts, TimeSpan.FromHours(24), TimeSpan.FromSeconds(30), function, TimeSpan.FromHours(1), unlimited);

    public static JobSpec Job(params GroupSpec[] groups) => new()
    {
        Key = "job",
        Version = 0,
        Kind = JobKind.Service,
        Groups = groups.Length == 0 ? [Group()] : groups,
    };

    public void Put(params NodeSpec[] nodes)
    {
        foreach (var node in nodes)
        {
            _nodes[node.Id] = node;
        }
    }

    public void Remove(string nodeId) => _nodes.Remove(nodeId);

    public void SetStatus(string nodeId, NodeStatus status)
    {
        var old = _nodes[nodeId];
        Put(Node(
            nodeId, old.CpuMhz, old.MemoryMb, old.Cores, old.DiskMb, old.Datacenter, old.Class, status,
            new(old.Attributes), new(old.Meta), old.Drivers["exec"], old.DocumentBytes, old.Pool, old.PricePerHourMicros,
            [.. old.Networks], new(old.Volumes), [.. old.Devices], old.Eligible));
    }

    public IReadOnlyList<AllocationState> Of(string jobKey = "job") =>
        [.. _allocations.GetValueOrDefault(jobKey, []).Values];

    public IReadOnlyList<AllocationState> Live(string jobKey = "job") => [.. Of(jobKey).Where(static state => state.IsLive)];

    public void Change(AllocationState state, string jobKey = "job") => _allocations[jobKey][state.Id] = state;

    public void Report(AllocationState state, RunState run, string jobKey = "job") =>
        Change(state with { Run = run, EndedAt = run is RunState.Complete or RunState.Failed ? Now : null }, jobKey);

    public Plan Plan(params JobSpec[] jobs) => PlacementPipeline.Plan(
        Snapshot(),
        [.. jobs.Select(job => new EvaluationRequest($"eval-{_evaluations++}", job.Key, job, Of(job.Key)))],
        Now);

    public Plan PlanRemoved(string jobKey = "job") => PlacementPipeline.Plan(
        Snapshot(), [new EvaluationRequest($"eval-{_evaluations++}", jobKey, null, Of(jobKey))], Now);

    /// <summary>Plans and does what the plan says.</summary>
    public Plan Run(params JobSpec[] jobs)
    {
        var plan = Plan(jobs);
        foreach (var (job, evaluation) in jobs.Zip(plan.Evaluations))
        {
            Apply(job, evaluation);
        }

        return plan;
    }

    /// <summary>As its owner would hold it after a restart.</summary>
    public Cluster Snapshot()
    {
        var cluster = new Cluster { Settings = Settings };
        foreach (var node in _nodes.Values)
        {
            cluster.Put(node);
        }

        foreach (var (_, state) in All)
        {
            cluster.Replace(null, state);
        }

        foreach (var (project, quota) in Quotas)
        {
            cluster.Quotas.Set(project, quota);
        }

        return cluster;
    }

    /// <summary>Does what the plan says.</summary>
    public void Apply(JobSpec job, EvaluationPlan plan)
    {
        _allocations.TryAdd(job.Key, []);
        var result = plan.Reconciled;
        foreach (var item in result.Stop)
        {
            Change(item.Allocation with { Stopping = true, Why = item.Reason }, job.Key);
        }

        foreach (var item in result.InPlace)
        {
            // Of the same definition, so that only its size in the document can be another.
            var ask = job.Groups.First(group => group.Name == item.Allocation.Group).Ask;
            Change(
                item.Allocation with { JobVersion = job.Version, Ask = item.Allocation.Ask with { DocumentBytes = ask.DocumentBytes } }, job.Key);
        }

        foreach (var item in result.Disconnect)
        {
            Change(item.Allocation with { Run = RunState.Unknown, EndedAt = Now }, job.Key);
        }

        foreach (var preemption in plan.Preempted)
        {
            Change(preemption.Victim with { Stopping = true, Evicted = true }, preemption.Victim.JobKey);
        }

        foreach (var item in result.Lost)
        {
            Change(item.Allocation with { Run = RunState.Lost, Assigned = false, EndedAt = Now }, job.Key);
        }

        foreach (var item in result.Drop)
        {
            Change(item.Allocation with { Assigned = false }, job.Key);
        }

        foreach (var placement in plan.Placed)
        {
            var item = placement.Item;
            Change(
                new AllocationState
                {
                    Id = $"alloc-{_ids++:D6}",
                    JobKey = job.Key,
                    Priority = job.Priority,
                    ProjectId = job.ProjectId,
                    IsPerNode = job.IsPerNode,
                    Grant = placement.Grant,
                    Follows = placement.Follows,
                    Canary = item.Canary,
                    Group = item.Group.Name,
                    Index = item.Index,
                    NodeId = placement.NodeId,
                    JobVersion = job.Version,
                    Definition = item.Group.Definition,
                    Ask = item.Group.Ask,
                    Assigned = true,
                    Run = RunState.Pending,
                    CreatedAt = Now,
                    PreviousId = item.Previous?.Id,
                },
                job.Key);
        }
    }
}
