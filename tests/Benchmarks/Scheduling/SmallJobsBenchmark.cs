using System.Diagnostics;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Scheduling;

/// <summary>
/// Evaluations a second of jobs of two instances: planned by the engine one by one, and through the store, from pending
/// evaluation to answered evaluation with the documents committed in between.
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
        context.Progress("rows of 5,000 nodes and 30,000 jobs");
        await world.EnrolAsync(Region, Nodes, ct);
        await world.SubmitAsync(Region, ProjectId, Enumerable.Range(0, Jobs).Select(static i => ($"small-{i}", CountPerJob)), ct);

        context.Progress("30,000 evaluations");
        var begin = Stopwatch.GetTimestamp();
        await world.OpenAsync(Region, epoch: 1, ct);
        var total = Stopwatch.GetElapsedTime(begin);
        await PlacementCount.RequireAsync(world.Rows, Region, Jobs * CountPerJob, ct);
        return
        [
            Bar.AtLeast("evaluations a second, engine alone", engine, 10_000, "evaluations/s"),
            Bar.AtLeast("evaluations a second, store to store", Jobs / total.TotalSeconds, 10_000, "evaluations/s"),
        ];
    }

    private static string ProjectId => $"prj_{0:D26}";

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
