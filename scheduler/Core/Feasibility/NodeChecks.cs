using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>Something a node must satisfy whatever runs on it.</summary>
internal abstract class NodeCheck
{
    /// <summary>Whether two nodes of one computed class may be judged differently.</summary>
    public abstract bool DiffersWithinClass { get; }

    /// <summary>Null: it is satisfied. Else the reason users read.</summary>
    public abstract string? Reject(NodeSpec node);
}

internal sealed class DriverCheck(string driver) : NodeCheck
{
    private readonly string _reason = $"missing drivers: {driver}";

    public override bool DiffersWithinClass => false;

    public override string? Reject(NodeSpec node) => node.Drivers.GetValueOrDefault(driver) ? null : _reason;
}

internal sealed class ConstraintCheck(NodeConstraint constraint) : NodeCheck
{
    private readonly string _reason = constraint.ToString();

    public override bool DiffersWithinClass => constraint.DiffersWithinClass;

    public override string? Reject(NodeSpec node) => constraint.Holds(node) ? null : _reason;
}
