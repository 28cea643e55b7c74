using System.Text.Json;
using Saas.Discovery.Filter;
using Saas.Discovery.Model;

namespace Saas.Discovery.Queries;

/// <summary>Which instances of a service are asked for; by default all. Immutable.</summary>
public sealed record InstanceSelection
{
    /// <summary>An instance must have every one of them; compared without regard to case.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>See <see cref="NodeMeta.Holds"/>.</summary>
    public IReadOnlyDictionary<string, string> NodeMeta { get; init; } = Queries.NodeMeta.None;

    /// <summary>Without those that have a check which is not passing.</summary>
    public bool PassingOnly { get; init; }

    /// <summary>Only instances that speak the mesh's protocol themselves; of proxies this registry knows nothing.</summary>
    public bool MeshOnly { get; init; }

    public FilterExpression<CheckServiceNode>? Filter { get; init; }

    /// <param name="datacenter">Where the catalog is: filters may name it.</param>
    public IEnumerable<CheckServiceNode> Of(IReadOnlyList<CheckServiceNode> instances, string datacenter) => this == All
        ? instances
        : instances.Where(instance => Matches(instance, datacenter));

    private static readonly InstanceSelection All = new();

    private bool Matches(CheckServiceNode instance, string datacenter) =>
        (!PassingOnly || instance.Checks.All(static check => check.Status == HealthStatus.Passing))
        && Tags.All(tag => instance.Service.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
        && Queries.NodeMeta.Holds(NodeMeta, instance.Node)
        && (!MeshOnly || SpeaksMesh(instance.Service))
        && (Filter is null || Filter.Matches(instance with { Node = instance.Node with { Datacenter = datacenter } }));

    private static bool SpeaksMesh(ServiceInstance service) =>
        service.Connect is { ValueKind: JsonValueKind.Object } connect
        && connect.EnumerateObject().Any(static member =>
            member.Name.Equals("Native", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.True);
}
