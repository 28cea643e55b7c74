using Saas.Discovery.Sync;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Coordinates;

/// <summary>
/// How coordinates change. A measurement moves a coordinate a little; were each of them an entry of the log, a hundred
/// nodes that do nothing would write all the time. So a small move is forgotten, unless the last one that was written is
/// half a minute ago: coordinates are learnt from fewer measurements then, and no worse.
/// </summary>
internal static class CoordinateCommands
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>A move is noticeable from a tenth of a millisecond…</summary>
    private const double NoticeableSeconds = 1e-4;

    /// <summary>…and from a tenth of the shortest round trip.</summary>
    private const double NoticeableFraction = 0.1;

    /// <summary>What a node measured of others. Of a node, or others, that are not in the catalog nothing is learnt.</summary>
    public static void Observe(Draft draft, string node, IReadOnlyList<RoundTrip> roundTrips)
    {
        if (roundTrips.Count == 0 || draft.State.Catalog.FindNode(node) is not { } entry)
        {
            return;
        }

        var found = draft.State.Coordinates.ByNode.GetValueOrDefault(node);
        var before = found ?? new NodeCoordinate { Node = entry.Node.Name };
        var after = before;
        foreach (var (peer, seconds) in roundTrips)
        {
            if (!string.Equals(peer, node, StringComparison.OrdinalIgnoreCase) && draft.State.Catalog.FindNode(peer) is { } other)
            {
                after = Vivaldi.Observe(after, other.Node.Name, draft.State.Coordinates.Find(peer) ?? Coordinate.Origin, seconds);
            }
        }

        if (found is null || draft.Now - before.At >= Period || IsNoticeable(before.Coord, after.Coord, roundTrips.Min(r => r.Seconds)))
        {
            Put(draft, after);
        }
    }

    /// <summary>What a client says where a node is. Of a node that is not in the catalog nothing is kept, as with Consul.</summary>
    public static void Set(Draft draft, string node, Coordinate coordinate)
    {
        if (draft.State.Catalog.FindNode(node) is { } entry)
        {
            Put(draft, (draft.State.Coordinates.ByNode.GetValueOrDefault(node) ?? new NodeCoordinate { Node = entry.Node.Name }) with { Coord = coordinate });
        }
    }

    /// <summary>With its node goes its coordinate.</summary>
    public static void Forget(Draft draft, string node) => draft.Apply(new CoordinateRemoved(node));

    private static void Put(Draft draft, NodeCoordinate coordinate) => draft.Apply(new CoordinatePut(coordinate with { At = draft.Now }));

    private static bool IsNoticeable(Coordinate before, Coordinate after, double shortest)
    {
        var moved = before.SpaceTo(after) + Math.Abs(before.Height - after.Height) + Math.Abs(before.Adjustment - after.Adjustment);
        return moved >= Math.Max(NoticeableSeconds, shortest * NoticeableFraction);
    }
}
