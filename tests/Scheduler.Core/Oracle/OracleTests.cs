using FsCheck;
using FsCheck.Fluent;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>
/// The engine against the oracle, which shares no code with it. The bar is to pack within 2% of the oracle's best score;
/// what is held is exactly the best, whatever rules a job combines (see <see cref="PlanCheck"/>).
/// </summary>
public sealed class OracleTests(ITestOutputHelper output)
{
    /// <summary>A history is its seed and its length: FsCheck shrinks the length, the seed replays.</summary>
    private static Arbitrary<(int Seed, int Steps)> Histories(int least, int most) => Arb.From(
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from steps in Gen.Choose(least, most)
        select (Seed: seed, Steps: steps),
        static history => Enumerable.Range(1, history.Steps - 1).Reverse().Select(steps => (history.Seed, Steps: steps)));

    [Fact]
    public void EveryPlacementIsTheOraclesBest() => Check(200, Histories(1, 6), static seed => new OracleWorld(seed, nodes: 1 + (seed % 40)));

    [Fact]
    public void InAFullClusterWhoFollowsAndWhoGivesWayIsRight() => Check(120, Histories(5, 20), static seed => new OracleWorld(seed, nodes: 1 + (seed % 5)));

    [Fact]
    public void AKeptClusterPlansAsOneBuiltAnewThroughALongHistory() =>
        Check(8, Histories(100, 150), static seed => new OracleWorld(seed, nodes: 20, resizes: true));

    private void Check(int tests, Arbitrary<(int Seed, int Steps)> histories, Func<int, OracleWorld> create)
    {
        var (placed, missing, followers, victims) = (0, 0, 0, 0);
        Prop.ForAll(histories, history =>
        {
            var world = create(history.Seed);
            for (var i = 0; i < history.Steps; i++)
            {
                try
                {
                    world.Step();
                }
                catch (InvalidOperationException error)
                {
                    throw new InvalidOperationException($"seed {history.Seed}, step {i}: {error.Message}", error);
                }
            }

            (placed, missing, followers, victims) =
                (placed + world.Placed, missing + world.Missing, followers + world.Followers, victims + world.Victims);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(tests).WithQuietOnSuccess(true));
        output.WriteLine($"{placed} placed, {missing} missing, {followers} follow, {victims} give way");

        // Of everything there was enough to mean something.
        Assert.True(placed > tests && missing > tests && followers > 0 && victims > 0);
    }
}
