using System.Globalization;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>
/// A day in the life of a cell, from a seed, with every invariant checked at every step. One seed always; others with
/// <c>SAAS_SIMULATION_SEEDS=1-100</c> or <c>=7,12</c>, which is also how one that failed is seen again.
/// </summary>
public sealed class Simulations(ITestOutputHelper output)
{
    internal const string SeedsVariable = "SAAS_SIMULATION_SEEDS";

    private const int SeedOfAlways = 1;

    public static TheoryData<int> Seeds => [.. SeedsOf(Environment.GetEnvironmentVariable(SeedsVariable))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task ADay_OfNodesAndJobsThatComeAndGo_HoldsEveryInvariant(int seed)
    {
        var world = new World(seed);
        await world.RunAsync(TimeSpan.FromHours(24));
        output.WriteLine($"seed {seed}: {world.Summary}");
    }

    [Fact]
    public async Task ASeed_RunTwice_DoesTheSame()
    {
        var (one, other) = (new World(SeedOfAlways), new World(SeedOfAlways));
        await one.RunAsync(TimeSpan.FromHours(1));
        await other.RunAsync(TimeSpan.FromHours(1));
        Assert.Equal(one.Summary, other.Summary);
    }

    private static IEnumerable<int> SeedsOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return [SeedOfAlways];
        }

        return text.Split(',').SelectMany(static part =>
        {
            var ends = part.Split('-').Select(static end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        });
    }
}
