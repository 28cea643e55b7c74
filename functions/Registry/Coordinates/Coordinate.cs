namespace Saas.Registry.Coordinates;

/// <summary>
/// Where a node is in the network: an estimate of the round trip to any other node is the distance between the two. All in
/// seconds but the error. Immutable. The members are those of Serf's coordinates.
/// </summary>
/// <param name="Vec">In <see cref="Vivaldi.Dimensions"/> dimensions.</param>
/// <param name="Error">How far to believe it: 0 exactly, <see cref="Vivaldi.MaxError"/> not at all. Without dimension.</param>
/// <param name="Adjustment">What measurements say beyond the rest, on average; may be negative.</param>
/// <param name="Height">The way from the node to the network; above 0.</param>
internal sealed record Coordinate(IReadOnlyList<double> Vec, double Error, double Adjustment, double Height)
{
    /// <summary>Of a node that has measured nothing.</summary>
    public static readonly Coordinate Origin = new(new double[Vivaldi.Dimensions], Vivaldi.MaxError, 0, Vivaldi.MinHeight);

    public bool IsFinite => Vec.All(double.IsFinite) && double.IsFinite(Error) && double.IsFinite(Adjustment) && double.IsFinite(Height);

    /// <summary>The estimated round trip. Never negative for heights that are not.</summary>
    public double DistanceTo(Coordinate other)
    {
        var raw = RawDistanceTo(other);
        var adjusted = raw + Adjustment + other.Adjustment;
        return adjusted > 0 ? adjusted : raw;
    }

    /// <summary>Without adjustments.</summary>
    public double RawDistanceTo(Coordinate other) => SpaceTo(other) + Height + other.Height;

    /// <summary>Without heights: how far apart the two points are.</summary>
    public double SpaceTo(Coordinate other)
    {
        var sum = 0.0;
        for (var i = 0; i < Vec.Count; i++)
        {
            sum += (Vec[i] - other.Vec[i]) * (Vec[i] - other.Vec[i]);
        }

        return Math.Sqrt(sum);
    }

    public bool Same(Coordinate other) =>
        Error.Equals(other.Error) && Adjustment.Equals(other.Adjustment) && Height.Equals(other.Height) && Vec.SequenceEqual(other.Vec);
}
