using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

public enum JobKind
{
    /// <summary>Runs until it is stopped.</summary>
    Service,

    /// <summary>Each instance runs until it has completed once.</summary>
    Batch,

    /// <summary>One instance on every node that suits, until it is stopped.</summary>
    System,

    /// <summary>One instance on every node that suits, each until it has completed once.</summary>
    SysBatch,
}

/// <summary>A version of a job, with all defaults filled in.</summary>
public sealed record JobSpec
{
    /// <summary>Unique in the cell.</summary>
    public required string Key { get; init; }

    public required long Version { get; init; }
    public required JobKind Kind { get; init; }

    /// <summary>What its allocations reserve counts for the project's quota.</summary>
    public string ProjectId { get; init; } = "";

    /// <summary>1 to 100; the higher is placed first.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>True: nothing of it shall run.</summary>
    public bool Stopped { get; init; }

    /// <summary>It only is a pattern for jobs of its own (periodic, parameterized): nothing of it is placed.</summary>
    public bool IsTemplate { get; init; }

    /// <summary>Names or globs (<c>*</c>).</summary>
    public IReadOnlyList<string> Datacenters { get; init; } = ["*"];

    /// <summary>The node pool it runs in; <see cref="NodePools.All"/>: in any.</summary>
    public string NodePool { get; init; } = NodePools.Default;

    public IReadOnlyList<NodeConstraint> Constraints { get; init; } = [];
    public IReadOnlyList<Affinity> Affinities { get; init; } = [];
    public IReadOnlyList<Spread> Spreads { get; init; } = [];
    public required IReadOnlyList<GroupSpec> Groups { get; init; }

    public bool IsPerNode => Kind is JobKind.System or JobKind.SysBatch;

    /// <summary>An instance that completed is done.</summary>
    public bool RunsOnce => Kind is JobKind.Batch or JobKind.SysBatch;
}

public static class NodePools
{
    public const string Default = "default";
    public const string All = "all";
}

/// <summary>A wish about the node (Nomad's affinity block).</summary>
/// <param name="Weight">-100 (avoid) to 100; not 0.</param>
public sealed record Affinity(NodeConstraint Constraint, int Weight);

/// <summary>How a group's allocations are spread over the values of an attribute (Nomad's spread block).</summary>
/// <param name="Attribute">Such as <c>${node.datacenter}</c>.</param>
/// <param name="Weight">1 to 100, among the spreads of the group.</param>
/// <param name="Targets">Empty: evenly over all values.</param>
public sealed record Spread(string Attribute, int Weight, IReadOnlyList<SpreadTarget> Targets);

/// <param name="Percent">0 to 100 of the group's count. What targets leave is for all values not named.</param>
public sealed record SpreadTarget(string Value, int Percent);
