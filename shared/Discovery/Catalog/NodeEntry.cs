using System.Collections.Immutable;
using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

/// <summary>A node with all that is registered on it. Immutable.</summary>
/// <param name="Services">By id.</param>
/// <param name="Checks">By id: the node's and its services'.</param>
/// <param name="Index">The last change of anything of it.</param>
public sealed record NodeEntry(
    Node Node,
    ImmutableSortedDictionary<string, ServiceInstance> Services,
    ImmutableSortedDictionary<string, HealthCheck> Checks,
    ulong Index)
{
    internal static NodeEntry Of(Node node, ulong index) => new(
        node,
        ImmutableSortedDictionary.Create<string, ServiceInstance>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, HealthCheck>(StringComparer.Ordinal),
        index);

    /// <summary>The checks that decide on a service of the node: the node's own, then the service's.</summary>
    public IReadOnlyList<HealthCheck> ChecksOf(string serviceId)
    {
        var found = new List<HealthCheck>();
        foreach (var (_, check) in Checks)
        {
            if (check.IsOfNode)
            {
                found.Add(check);
            }
        }

        foreach (var (_, check) in Checks)
        {
            if (!check.IsOfNode && check.ServiceID == serviceId)
            {
                found.Add(check);
            }
        }

        return found;
    }
}
