using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

/// <summary>Devices a task asks for (Nomad's device block).</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Name"><c>type</c>, <c>vendor/type</c> or <c>vendor/type/name</c>.</param>
/// <param name="Count">Instances, all of one group of the node's devices.</param>
public sealed record DeviceAsk(string Task, string Name, int Count)
{
    /// <summary>On <c>${device.attr.…}</c>, <c>${device.vendor}</c>, <c>${device.type}</c>, <c>${device.model}</c>, <c>${device.ids}</c>.</summary>
    public IReadOnlyList<NodeConstraint> Constraints { get; init; } = [];

    public IReadOnlyList<Affinity> Affinities { get; init; } = [];
}
