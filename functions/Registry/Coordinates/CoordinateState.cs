using System.Collections.Immutable;
using Saas.Registry.Coordinates;

namespace Saas.Registry.Coordinates
{
    /// <summary>The coordinates of a datacenter's nodes. Immutable.</summary>
    internal sealed record CoordinateState
    {
        public static readonly CoordinateState Empty = new();

        /// <summary>By node.</summary>
        public ImmutableSortedDictionary<string, NodeCoordinate> ByNode { get; init; } =
            ImmutableSortedDictionary.Create<string, NodeCoordinate>(StringComparer.OrdinalIgnoreCase);

        /// <summary>The last change of any.</summary>
        public ulong Index { get; init; }

        /// <summary>When one last went.</summary>
        public ulong LastGone { get; init; }

        public Coordinate? Find(string node) => ByNode.GetValueOrDefault(node)?.Coord;

        /// <summary>When the answer to a question about the node's coordinate last changed.</summary>
        public ulong IndexOf(string node) => ByNode.GetValueOrDefault(node)?.Index ?? LastGone;

        public CoordinateSnapshot ToSnapshot() => new([.. ByNode.Values], Index, LastGone);

        public static CoordinateState FromSnapshot(CoordinateSnapshot snapshot) => Empty with
        {
            ByNode = Empty.ByNode.AddRange(snapshot.Nodes.Select(n => KeyValuePair.Create(n.Node, n))),
            Index = snapshot.Index,
            LastGone = snapshot.LastGone,
        };
    }

    internal sealed record CoordinateSnapshot(IReadOnlyList<NodeCoordinate> Nodes, ulong Index, ulong LastGone);

    internal static class CoordinateTopics
    {
        public const string All = "coordinates";

        public static string Of(string node) => "coordinate:" + node.ToLowerInvariant();
    }
}

namespace Saas.Registry.State
{
    internal sealed partial record RegistryState
    {
        public CoordinateState Coordinates { get; init; } = CoordinateState.Empty;
    }

    internal sealed record CoordinatePut(NodeCoordinate Coordinate) : Change
    {
        public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched)
        {
            if (state.Coordinates.Find(Coordinate.Node) is { } found && found.Same(Coordinate.Coord))
            {
                return state;
            }

            touched.Add(CoordinateTopics.All);
            touched.Add(CoordinateTopics.Of(Coordinate.Node));
            var byNode = state.Coordinates.ByNode.SetItem(Coordinate.Node, Coordinate with { Index = index });
            return state with { Coordinates = state.Coordinates with { ByNode = byNode, Index = index } };
        }
    }

    internal sealed record CoordinateRemoved(string Node) : Change
    {
        public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched)
        {
            if (!state.Coordinates.ByNode.ContainsKey(Node))
            {
                return state;
            }

            touched.Add(CoordinateTopics.All);
            touched.Add(CoordinateTopics.Of(Node));
            var byNode = state.Coordinates.ByNode.Remove(Node);
            return state with { Coordinates = state.Coordinates with { ByNode = byNode, Index = index, LastGone = index } };
        }
    }
}
