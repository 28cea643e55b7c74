using System.Text.Json.Serialization;

namespace Saas.Benchmarks.Runner;

/// <summary>A measured value and the limit it has to hold.</summary>
public sealed record Bar
{
    private Bar(string name, double value, double limit, string unit, bool atLeast)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException($"{name} was not measured: its value is {value}.", nameof(value));
        }

        (Name, Value, Limit, Unit, IsLowerLimit) = (name, value, limit, unit, atLeast);
    }

    public string Name { get; init; }

    public double Value { get; }

    [JsonPropertyName("bar")]
    public double Limit { get; }

    /// <summary><c>ratio</c>, <c>ms</c>, <c>MB</c>, …</summary>
    public string Unit { get; }

    public bool Holds => IsLowerLimit ? Value >= Limit : Value < Limit;

    [JsonIgnore]
    public bool IsLowerLimit { get; }

    /// <summary>Holds when <paramref name="value"/> is <paramref name="limit"/> or more.</summary>
    public static Bar AtLeast(string name, double value, double limit, string unit) => new(name, value, limit, unit, true);

    /// <summary>Holds when <paramref name="value"/> is under <paramref name="limit"/>.</summary>
    public static Bar Under(string name, double value, double limit, string unit) => new(name, value, limit, unit, false);
}

/// <summary>A measured value without a limit: what a reader needs to judge the bars.</summary>
/// <param name="Low">The 5th percentile of the repetitions.</param>
/// <param name="High">The 95th percentile of the repetitions.</param>
public sealed record Figure(string Name, double Median, double Low, double High, string Unit);
