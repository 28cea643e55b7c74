using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>What a task reserves on its node.</summary>
public sealed record Resources
{
    /// <summary>MHz; default 100. Ignored where <see cref="Cores"/> is set.</summary>
    public int? CPU { get; init; }

    /// <summary>Whole cores reserved for the task alone; a VM gets as many virtual CPUs.</summary>
    public int? Cores { get; init; }

    /// <summary>MiB; default 300.</summary>
    public int? MemoryMB { get; init; }

    /// <summary>
    /// MiB that the task may use where <see cref="TaskGroup.MemoryOversubscription"/> allows more than it reserves; at least <see cref="MemoryMB"/>.
    /// Null: no more than that. -1: as much as the node has.
    /// </summary>
    public int? MemoryMaxMB { get; init; }

    /// <summary>Null where there are none.</summary>
    public IReadOnlyList<RequestedDevice>? Devices { get; init; }

    // Nomad's, and refused unless empty: named here, so that the refusal can say why.
    public int? DiskMB { get; init; }
    public int? IOPS { get; init; }
    public int? SecretsMB { get; init; }
    public JsonElement? Networks { get; init; }
    public JsonElement? NUMA { get; init; }
}

/// <summary>Instances of one of the node's device groups, for the task alone.</summary>
public sealed record RequestedDevice
{
    /// <summary><c>type</c>, <c>vendor/type</c> or <c>vendor/type/name</c>: <c>gpu</c>, <c>nvidia/gpu</c>, <c>nvidia/gpu/GTX2080Ti</c>.</summary>
    public string? Name { get; init; }

    /// <summary>1 to 128, all of one group; default 1.</summary>
    public int? Count { get; init; }

    /// <summary>On the device group: <c>${device.attr.memory}</c>, <c>${device.model}</c>, <c>${device.vendor}</c>, <c>${device.type}</c>.</summary>
    public IReadOnlyList<Constraint>? Constraints { get; init; }

    /// <summary>As <see cref="Constraints"/>.</summary>
    public IReadOnlyList<Affinity>? Affinities { get; init; }
}
