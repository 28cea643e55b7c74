namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>All that is arbitrary in a simulation, from its seed.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    public int Below(int limit) => _random.Next(limit);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool OneIn(int n) => _random.Next(n) == 0;

    public bool Percent(int percent) => _random.Next(100) < percent;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    public T? Any<T>(IReadOnlyList<T> choices)
        where T : class => choices.Count == 0 ? null : choices[_random.Next(choices.Count)];

    public TimeSpan Seconds(double least, double most) =>
        TimeSpan.FromMilliseconds(Math.Round((least + (_random.NextDouble() * (most - least))) * 1000));
}
