namespace Saas.Benchmarks.Measuring;

/// <summary>Repeated measurements of one thing, in the order they were taken.</summary>
public sealed class Sample
{
    private readonly double[] _sorted;

    /// <exception cref="ArgumentException">No value.</exception>
    public Sample(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("A sample has at least one value.", nameof(values));
        }

        Values = values;
        _sorted = [.. values.Order()];
    }

    public IReadOnlyList<double> Values { get; }

    public double Median => Percentile(50);

    /// <summary>Interpolated between the two nearest ranks.</summary>
    /// <param name="percent">0 to 100.</param>
    public double Percentile(double percent)
    {
        var rank = percent / 100 * (_sorted.Length - 1);
        var below = (int)rank;
        var above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + ((rank - below) * (_sorted[above] - _sorted[below]));
    }

    /// <summary>
    /// This over the other, repetition by repetition. Both of a pair ran next to each other, so what slowed the machine
    /// down for a while slowed both; the median of the pairs' ratios is steadier than the ratio of two medians.
    /// </summary>
    public Sample RatioTo(Sample other) => new([.. Values.Zip(other.Values, (mine, theirs) => mine / theirs)]);
}
