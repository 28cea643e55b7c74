namespace Saas.Registry.Coordinates;

/// <summary>A node's coordinate with what its next measurement needs of those before.</summary>
internal sealed record NodeCoordinate
{
    /// <summary>Those measured longest ago are forgotten.</summary>
    public const int MaxPeers = 32;

    public required string Node { get; init; }

    public Coordinate Coord { get; init; } = Coordinate.Origin;

    /// <summary>By how much the last measurements were above the estimate, in seconds; at most <see cref="Vivaldi.AdjustmentWindow"/>.</summary>
    public IReadOnlyList<double> Window { get; init; } = [];

    public IReadOnlyList<PeerSamples> Peers { get; init; } = [];

    /// <summary>When it was last written.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The index at which it was last written.</summary>
    public ulong Index { get; init; }
}

/// <param name="Seconds">The last round trips to the peer, the latest last; at most <see cref="Vivaldi.MedianWindow"/>.</param>
internal sealed record PeerSamples(string Peer, IReadOnlyList<double> Seconds);
