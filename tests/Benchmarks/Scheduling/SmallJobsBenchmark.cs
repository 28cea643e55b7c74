using System.Diagnostics;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Scheduling;

/// <summary>
/// Evaluations a second of jobs of two instances: planned by the engine one by one, and through the store, from the news of
/// nodes that thousands of blocked evaluations wait for to their answers, with the documents committed in between.
/// </summary>
internal sealed class SmallJobsBenchmark : IBenchmark
{
    private const string Region = "eu";
    private const int Nodes = 5_000;
    private const int Jobs = 30_000;
    private const int CountPerJob = 2;

    public string Name => "small-jobs";

    public string Describe => "Evaluations of jobs of two instances on 5,000 nodes: at least 10,000 /s, by the engine and from store to store";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        context.Progress("engine alone, one by one");
        var engine = EngineRate();
        context.Note("engine alone, one core", new Sample([engine]), "evaluations/s");

        using var world = new CellWorld(Path.Combine(context.ScratchDirectory, "small.db"));
        context.Progress("warming up");
        await WaitAndPlaceAsync(world, "warm", ProjectOf(1), Jobs / 3, ct);

        context.Progress("30,000 evaluations");
        var (loading, placing) = await WaitAndPlaceAsync(world, Region, ProjectOf(0), Jobs, ct);
        context.Note("jobs read and found waiting, store to store", new Sample([Jobs / loading.TotalSeconds]), "jobs/s");
        await PlacementCount.RequireAsync(world.Rows, Region, Jobs * CountPerJob, ct);
        return
        [
            Bar.AtLeast("evaluations a second, engine alone", engine, 10_000, "evaluations/s"),
            Bar.AtLeast("evaluations a second, store to store", Jobs / placing.TotalSeconds, 10_000, "evaluations/s"),
        ];
    }

    /// <summary>The jobs find no node and wait. Then all nodes come, and every waiting evaluation is planned, committed and answered.</summary>
    private static async Task<(TimeSpan Loading, TimeSpan Placing)> WaitAndPlaceAsync(
        CellWorld world, string region, string projectId, int jobs, CancellationToken ct)
    {
        await world.SubmitAsync(region, projectId, Enumerable.Range(0, jobs).Select(static i => ($"small-{i}", CountPerJob)), ct);
        var begin = Stopwatch.GetTimestamp();
        var cell = await world.OpenAsync(region, epoch: 1, ct);
        var loading = Stopwatch.GetElapsedTime(begin);

        await world.EnrolAsync(region, Nodes, ct);
        begin = Stopwatch.GetTimestamp();
        await cell.WorkAsync([.. Enumerable.Range(0, Nodes).Select(i => world.NodeNews(region, CellWorld.NodeId(region, i)))], ct);
        return (loading, Stopwatch.GetElapsedTime(begin));
    }

    private static string ProjectOf(int i) => $"prj_{i:D26}";

    private static double EngineRate()
    {
        var world = new EngineWorld(Nodes);
        var took = TimeSpan.Zero;
        for (var job = 0; job < Jobs; job++)
        {
            took += world.Place([world.Request(CountPerJob)]);
        }

        return Jobs / took.TotalSeconds;
    }
}
