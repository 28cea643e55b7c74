using System.Collections.Immutable;
using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

/// <summary>Where a service's instances are. Immutable but for what is worked out once and then kept.</summary>
/// <param name="Name">As first registered.</param>
/// <param name="Index">The last change of anything that a question about the service shows: instances, their nodes, the checks of both.</param>
public sealed record ServiceEntry(string Name, ImmutableSortedSet<InstanceKey> Instances, ulong Index)
{
    private IReadOnlyList<CheckServiceNode>? _resolved;

    /// <summary>
    /// The instances with nodes and checks. Every change that would show makes a new entry, so what is worked out from any
    /// state that holds this one is right for all of them.
    /// </summary>
    internal IReadOnlyList<CheckServiceNode> Resolve(CatalogState state) => _resolved ??= state.Resolve(this);

    /// <summary>A copy must not take along what was worked out for its original.</summary>
    private ServiceEntry(ServiceEntry original) => (Name, Instances, Index) = (original.Name, original.Instances, original.Index);
}

/// <summary>An instance by its node and its id there. Ordered by node, without regard to case, then id.</summary>
public readonly record struct InstanceKey(string Node, string ServiceId) : IComparable<InstanceKey>
{
    public int CompareTo(InstanceKey other)
    {
        var byNode = string.Compare(Node, other.Node, StringComparison.OrdinalIgnoreCase);
        return byNode != 0 ? byNode : string.CompareOrdinal(ServiceId, other.ServiceId);
    }

    public static bool operator <(InstanceKey left, InstanceKey right) => left.CompareTo(right) < 0;

    public static bool operator >(InstanceKey left, InstanceKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(InstanceKey left, InstanceKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(InstanceKey left, InstanceKey right) => left.CompareTo(right) >= 0;
}
