using System.Text.Json;
using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

/// <summary>Whether two registrations say the same, whenever they were made: who repeats one must wake nobody.</summary>
public static class CatalogEquality
{
    public static bool Same(Node a, Node b) =>
        a.ID == b.ID && a.Name == b.Name && a.Address == b.Address && a.Datacenter == b.Datacenter
        && Same(a.TaggedAddresses, b.TaggedAddresses) && Same(a.Meta, b.Meta);

    public static bool Same(ServiceInstance a, ServiceInstance b) =>
        a.ID == b.ID && a.Name == b.Name && a.Kind == b.Kind && a.Address == b.Address && a.Port == b.Port && a.SocketPath == b.SocketPath
        && a.EnableTagOverride == b.EnableTagOverride && a.Weights == b.Weights && a.Tags.SequenceEqual(b.Tags)
        && Same(a.TaggedAddresses, b.TaggedAddresses) && Same(a.Meta, b.Meta) && Same(a.Proxy, b.Proxy) && Same(a.Connect, b.Connect);

    public static bool Same(HealthCheck a, HealthCheck b) =>
        a.CheckID == b.CheckID && a.Node == b.Node && a.Name == b.Name && a.Status == b.Status && a.Notes == b.Notes && a.Output == b.Output
        && a.ServiceID == b.ServiceID && a.ServiceName == b.ServiceName && a.ServiceTags.SequenceEqual(b.ServiceTags) && a.Type == b.Type
        && a.Interval == b.Interval && a.Timeout == b.Timeout && a.ExposedPort == b.ExposedPort && Same(a.Definition, b.Definition);

    private static bool Same<T>(IReadOnlyDictionary<string, T>? a, IReadOnlyDictionary<string, T>? b)
    {
        if ((a?.Count ?? 0) != (b?.Count ?? 0))
        {
            return false;
        }

        foreach (var (key, value) in a ?? new Dictionary<string, T>())
        {
            if (!b!.TryGetValue(key, out var other) || !EqualityComparer<T>.Default.Equals(value, other))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Same(JsonElement? a, JsonElement? b) =>
        a is { } x ? b is { } y && JsonElement.DeepEquals(x, y) : b is null;
}
