using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Scheduling;

/// <summary>
/// Time per placement by the size of the cluster, the engine alone: jobs of a hundred, one after the other, on clusters
/// that are half full. It may grow as the logarithm of the number of nodes does.
/// </summary>
internal sealed class GrowthBenchmark : IBenchmark
{
    private const int CountPerJob = 100;
    private const int JobsPerRound = 30;
    private const int Rounds = 31;
    private static readonly int[] Sizes = [1_000, 10_000, 50_000];

    public string Name => "growth";

    public string Describe => "Time per placement on 1,000, 10,000 and 50,000 nodes: grows no faster than the logarithm of their number";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var worlds = Sizes.Select(static size => new EngineWorld(size)).ToArray();
        foreach (var (world, size) in worlds.Zip(Sizes))
        {
            context.Progress($"{size} nodes");
            world.Place([.. Enumerable.Range(0, size / 10).Select(_ => world.Request(CountPerJob))]);
        }

        var samples = await Interleaved.RunAsync(
            [.. worlds.Zip(Sizes, static (world, size) => new Contender($"{size}", _ => Task.FromResult(NanosecondsPerPlacement(world))))],
            warmUps: 6, Rounds, ct);
        foreach (var (sample, size) in samples.Zip(Sizes))
        {
            context.Note($"{size} nodes", sample, "ns/placement");
        }

        return
        [
            .. samples.Skip(1).Zip(Sizes.Skip(1), (sample, size) => Bar.Under(
                $"{size} nodes beside {Sizes[0]}", sample.RatioTo(samples[0]).Median, Math.Log(size) / Math.Log(Sizes[0]), "ratio")),
        ];
    }

    private static double NanosecondsPerPlacement(EngineWorld world)
    {
        // The garbage of the other sizes, and of rows that no cell has, is not this one's time.
        GC.Collect();
        var took = TimeSpan.Zero;
        for (var job = 0; job < JobsPerRound; job++)
        {
            took += world.Place([world.Request(CountPerJob)]);
        }

        return took.TotalNanoseconds / (JobsPerRound * CountPerJob);
    }
}
