using Saas.Scheduler.Core.Grants;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>Something a node must satisfy whatever runs on it.</summary>
internal abstract class NodeCheck
{
    /// <summary>Whether two nodes of one computed class may be judged differently.</summary>
    public virtual bool DiffersWithinClass => false;

    /// <summary>Null: it is satisfied. Else the reason users read.</summary>
    public abstract string? Reject(NodeSpec node);
}

internal sealed class DriverCheck(string driver) : NodeCheck
{
    private readonly string _reason = $"missing drivers: {driver}";

    public override string? Reject(NodeSpec node) => node.Drivers.GetValueOrDefault(driver) ? null : _reason;
}

internal sealed class ConstraintCheck(NodeConstraint constraint) : NodeCheck
{
    private readonly string _reason = constraint.ToString();

    public override bool DiffersWithinClass => constraint.DiffersWithinClass;

    public override string? Reject(NodeSpec node) => constraint.Holds(node) ? null : _reason;
}

/// <summary>A node of a site that does not say which data it may hold may hold none that has a class.</summary>
internal sealed class ResidencyCheck(string dataClass) : NodeCheck
{
    /// <summary>The site's label, as nodes show it: a list with commas.</summary>
    public const string Label = "residency.data_classes";

    private readonly string _reason = $"site may not hold data of class {dataClass}";

    public override string? Reject(NodeSpec node) =>
        node.Meta.TryGetValue(Label, out var allowed)
        && allowed.Split(',', StringSplitOptions.TrimEntries).Contains(dataClass, StringComparer.Ordinal)
            ? null
            : _reason;
}

internal sealed class VolumeCheck(VolumeAsk volume) : NodeCheck
{
    private readonly string _missing = $"missing host volume: {volume.Source}";
    private readonly string _readOnly = $"host volume is read-only: {volume.Source}";

    public override string? Reject(NodeSpec node) =>
        !node.Volumes.TryGetValue(volume.Source, out var readOnly) ? _missing
        : readOnly && !volume.ReadOnly ? _readOnly
        : null;
}

/// <summary>Whether the node has such a network at all; which ports are free is a matter of room.</summary>
internal sealed class NetworkCheck(string network) : NodeCheck
{
    private readonly string _reason = $"missing host network: {network}";

    public override bool DiffersWithinClass => true;

    public override string? Reject(NodeSpec node) => node.Networks.Any(offered => offered.Name == network) ? null : _reason;
}

/// <summary>Whether the node has such devices at all; how many are free is a matter of room.</summary>
internal sealed class DeviceCheck(DeviceAsk ask) : NodeCheck
{
    private readonly string _reason = $"missing devices: {ask.Name}";

    public override bool DiffersWithinClass => true;

    public override string? Reject(NodeSpec node)
    {
        foreach (var group in node.Devices)
        {
            if (group.Ids.Count >= ask.Count && DeviceChoice.Names(ask.Name, group)
                && ask.Constraints.All(constraint => constraint.Holds(group)))
            {
                return null;
            }
        }

        return _reason;
    }
}
