namespace Saas.Registry.Coordinates;

/// <summary>
/// Network coordinates: each node is drawn along the springs between it and those it measures the round trip to. Pure.
/// <para>
/// Dabek et al., "Vivaldi: A Decentralized Network Coordinate System", SIGCOMM 2004, with heights (§5.4) and adaptive time
/// steps (§4.3); a moving median and gravity as in Ledlie et al., "Network Coordinates in the Wild", NSDI 2007; adjustments
/// as in Lee et al., "On Suitability of Euclidean Embedding for Host-Based Network Coordinate Systems", 2010. The
/// parameters are Serf's, so that coordinates mean what they mean to Consul's clients.
/// </para>
/// </summary>
internal static class Vivaldi
{
    public const int Dimensions = 8;
    public const double MaxError = 1.5;

    /// <summary>Seconds.</summary>
    public const double MinHeight = 10e-6;

    /// <summary>Measurements that the adjustment is the mean of.</summary>
    public const int AdjustmentWindow = 20;

    /// <summary>Measurements to one peer that the median is taken of.</summary>
    public const int MedianWindow = 3;

    private const double ErrorWeight = 0.25;
    private const double StepWeight = 0.25;
    private const double GravityRho = 150;

    /// <summary>Closer than a microsecond is on top of each other.</summary>
    private const double Zero = 1e-6;

    /// <summary>The node after a measurement of the round trip to a peer.</summary>
    /// <param name="seconds">Above 0.</param>
    public static NodeCoordinate Observe(NodeCoordinate node, string peer, Coordinate other, double seconds)
    {
        var (samples, median) = Filter(node.Peers, peer, seconds);
        var moved = Pull(node.Coord, other, median, Seed(node.Node, peer));
        var window = node.Window.Append(Round(median - moved.RawDistanceTo(other), Microseconds)).TakeLast(AdjustmentWindow).ToArray();
        var adjusted = moved with { Adjustment = window.Sum() / (2 * AdjustmentWindow) };
        var settled = Gravity(adjusted, Seed(peer, node.Node));
        return node with
        {
            // Numbers that blew up are of no use to anybody: begin again.
            Coord = settled.IsFinite ? Rounded(settled) : Coordinate.Origin,
            Window = settled.IsFinite ? window : [],
            Peers = samples,
        };
    }

    private static (IReadOnlyList<PeerSamples> Samples, double Median) Filter(IReadOnlyList<PeerSamples> peers, string peer, double seconds)
    {
        var known = peers.FirstOrDefault(p => IsSame(p.Peer, peer))?.Seconds ?? [];
        var latest = known.Append(Round(seconds, Microseconds)).TakeLast(MedianWindow).ToArray();
        var samples = peers.Where(p => !IsSame(p.Peer, peer)).Append(new PeerSamples(peer, latest)).TakeLast(NodeCoordinate.MaxPeers).ToList();
        return (samples, latest.Order().ElementAt(latest.Length / 2));
    }

    private static Coordinate Pull(Coordinate own, Coordinate other, double seconds, ulong seed)
    {
        var distance = own.DistanceTo(other);
        seconds = Math.Max(seconds, Zero);
        var wrongness = Math.Abs(distance - seconds) / seconds;
        var weight = own.Error / Math.Max(own.Error + other.Error, Zero);
        var error = (ErrorWeight * weight * wrongness) + (own.Error * (1 - (ErrorWeight * weight)));
        return Push(own with { Error = Math.Min(error, MaxError) }, StepWeight * weight * (seconds - distance), other, seed);
    }

    /// <summary>Back to the middle, ever so little: else all of them drift away together.</summary>
    private static Coordinate Gravity(Coordinate own, ulong seed)
    {
        var distance = Coordinate.Origin.DistanceTo(own);
        return Push(own, -Math.Pow(distance / GravityRho, 2), Coordinate.Origin, seed);
    }

    /// <param name="force">Seconds away from the other; negative: towards it.</param>
    private static Coordinate Push(Coordinate own, double force, Coordinate other, ulong seed)
    {
        var space = own.SpaceTo(other);
        var direction = space > Zero ? own.Vec.Zip(other.Vec, (a, b) => (a - b) / space).ToArray() : AnyDirection(seed);
        return own with
        {
            Vec = [.. own.Vec.Zip(direction, (at, d) => at + (d * force))],
            Height = space > Zero ? Math.Max(((own.Height + other.Height) * force / space) + own.Height, MinHeight) : own.Height,
        };
    }

    /// <summary>Two that lie on top of each other part in any direction; the same each time, since commands run again.</summary>
    private static double[] AnyDirection(ulong seed)
    {
        var direction = new double[Dimensions];
        for (var i = 0; i < Dimensions; i++)
        {
            direction[i] = (Mix(seed + ((ulong)i * 0x9E3779B97F4A7C15)) / (double)ulong.MaxValue) - 0.5;
        }

        var length = Math.Sqrt(direction.Sum(d => d * d));
        return length > Zero ? [.. direction.Select(d => d / length)] : [1, .. new double[Dimensions - 1]];
    }

    /// <summary>FNV-1a of both names, without regard to case.</summary>
    private static ulong Seed(string a, string b)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in $"{a}\n{b}")
        {
            hash = (hash ^ char.ToUpperInvariant(character)) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private const int Microseconds = 6;
    private const int Nanoseconds = 9;

    /// <summary>What is below a nanosecond is noise, and costs a dozen digits each in the log.</summary>
    private static Coordinate Rounded(Coordinate c) =>
        new([.. c.Vec.Select(v => Round(v, Nanoseconds))], Round(c.Error, Microseconds), Round(c.Adjustment, Nanoseconds), Round(c.Height, Nanoseconds));

    private static double Round(double value, int digits) => Math.Round(value, digits);

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
