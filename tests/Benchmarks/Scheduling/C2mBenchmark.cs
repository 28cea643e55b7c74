using System.Diagnostics;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Scheduling;

/// <summary>
/// The Two Million Container Challenge (https://www.hashicorp.com/c2m): 2,000,000 on 6,100 nodes in ten regions; 1,500
/// placements a second there. A region is a cell, and cells are independent: two are led at a time, one for each core.
/// </summary>
internal sealed class C2mBenchmark : IBenchmark
{
    private const int Regions = 10;
    private const int NodesPerRegion = 610;
    private const int JobsPerRegion = 200;
    private const int CountPerJob = 1_000;

    /// <summary>328 are placed on each on average.</summary>
    private const int InstancesPerNode = 340;

    public string Name => "c2m";

    public string Describe => "Two million allocations on 6,100 nodes in ten regions, committed to SQLite: at least 65,000 /s, the rate of c1m's bar";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        using var world = new CellWorld(Path.Combine(context.ScratchDirectory, "c2m.db")) { InstancesPerNode = InstancesPerNode };
        context.Progress("rows of 6,100 nodes and 2,000 jobs");
        for (var region = 0; region < Regions; region++)
        {
            await world.EnrolAsync(RegionOf(region), NodesPerRegion, ct);
            await world.SubmitAsync(
                RegionOf(region), ProjectOf(region), Enumerable.Range(0, JobsPerRegion).Select(i => ($"c2m-{i}", CountPerJob)), ct);
        }

        context.Progress("two million allocations");
        var begin = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Regions), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ct },
            async (region, token) => await world.OpenAsync(RegionOf(region), epoch: 1, token));
        var total = Stopwatch.GetElapsedTime(begin);
        for (var region = 0; region < Regions; region++)
        {
            await PlacementCount.RequireAsync(world.Rows, RegionOf(region), JobsPerRegion * CountPerJob, ct);
        }

        context.Note("two million, store to store", new Sample([total.TotalSeconds]), "s");
        return [Bar.AtLeast("placements a second, store to store", Regions * JobsPerRegion * CountPerJob / total.TotalSeconds, 65_000, "placements/s")];
    }

    private static string RegionOf(int i) => $"region{i}";

    private static string ProjectOf(int i) => $"prj_{i:D26}";
}
