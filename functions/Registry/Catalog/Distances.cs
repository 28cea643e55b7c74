using Saas.Registry.State;

namespace Saas.Registry.Catalog;

/// <summary>What is near: <c>near=</c> puts what has the shortest round trip first and leaves all else in its order.</summary>
internal static class Distances
{
    /// <summary>In <c>near</c>: whoever answers, which here is the registry itself.</summary>
    private const string Agent = "_agent";

    /// <param name="near">A node's name or <c>_agent</c>. Empty, or a node that nothing is known of: the order stays.</param>
    public static IEnumerable<T> Sort<T>(IEnumerable<T> items, Func<T, string> node, RegistryState state, string near)
    {
        if (near.Length == 0)
        {
            return items;
        }

        var from = near == Agent ? RegistryState.OwnNode : near;
        return items.OrderBy(item => Between(state, from, node(item)));
    }

    /// <summary>The round trip between two nodes in seconds; infinite where it is not known.</summary>
    public static double Between(RegistryState state, string nodeA, string nodeB) =>
        string.Equals(nodeA, nodeB, StringComparison.OrdinalIgnoreCase) ? 0
        : state.Coordinates.Find(nodeA) is { } a && state.Coordinates.Find(nodeB) is { } b ? a.DistanceTo(b)
        : double.PositiveInfinity;
}
