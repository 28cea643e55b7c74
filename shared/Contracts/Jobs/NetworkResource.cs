using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>The ports that an allocation takes from its node. Nomad's <c>network</c> block.</summary>
public sealed record NetworkResource
{
    /// <summary><c>host</c>, the default, or empty: tasks share the node's network.</summary>
    public string? Mode { get; init; }

    /// <summary>Ports of a fixed number, each in <see cref="Port.Value"/>.</summary>
    public IReadOnlyList<Port>? ReservedPorts { get; init; }

    /// <summary>Ports of which the scheduler chooses the number, 20000 to 32000.</summary>
    public IReadOnlyList<Port>? DynamicPorts { get; init; }

    // Nomad's, and refused unless empty: named here, so that the refusal can say why.
    public string? Device { get; init; }
    public string? CIDR { get; init; }
    public string? IP { get; init; }
    public string? Hostname { get; init; }
    public int? MBits { get; init; }
    public JsonElement? DNS { get; init; }
    public JsonElement? CNI { get; init; }
}

public sealed record Port
{
    /// <summary>Unique in the group: letters, digits, '-' and '_', at most 64. Services and the environment name the port by it.</summary>
    public string? Label { get; init; }

    /// <summary>1 to 65535 for a reserved port; 0 for a dynamic one.</summary>
    public int? Value { get; init; }

    /// <summary>What the task listens on: 0, the default, -1 or the port's own number. Tasks have no network of their own to map to.</summary>
    public int? To { get; init; }

    /// <summary>The node's network that the port is taken from; default <c>default</c>.</summary>
    public string? HostNetwork { get; init; }

    /// <summary>Nomad's, and refused when true: a port is one allocation's alone.</summary>
    public bool? IgnoreCollision { get; init; }
}
