using System.Diagnostics;
using System.Globalization;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;
using Saas.Scheduler.Host;
using Saas.Scheduler.Host.Cells;

namespace Saas.Benchmarks.Scheduling;

/// <summary>
/// HashiCorp's Million Container Challenge (https://www.hashicorp.com/c1m): 1,000 service jobs of 1,000 on 5,000 nodes in
/// three datacenters, there in under 5 minutes by five servers; 3,750 placements a second. Here on one machine, from job
/// documents in a SQLite file to every node's document in it. On the full cell a job of ten comes, then.
/// </summary>
internal sealed class C1mBenchmark : IBenchmark
{
    private const string Region = "eu";
    private const int Nodes = 5_000;
    private const int Jobs = 1_000;
    private const int CountPerJob = 1_000;
    private const int Million = Jobs * CountPerJob;
    private const int LateJobs = 20;

    /// <summary>The lease was renewed just before its owner died, and asked for just before it ran out.</summary>
    private static TimeSpan LongestWait => new SchedulerOptions().LeaseTtl * 4 / 3;

    public string Name => "c1m";

    public string Describe => "A million allocations on 5,000 nodes, committed to SQLite: under 15 s, the engine alone at least 150,000 /s, under 1 GiB";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        context.Progress("engine alone");
        var engine = EngineRate();
        context.Progress($"{engine:N0} placements/s");
        context.Note("engine alone, one core", new Sample([engine]), "placements/s");

        using var world = new CellWorld(Path.Combine(context.ScratchDirectory, "c1m.db"));
        context.Progress("rows of 5,000 nodes and 1,000 jobs");
        await world.EnrolAsync(Region, Nodes, ct);
        for (var project = 0; project < 10; project++)
        {
            await world.SubmitAsync(
                Region, ProjectOf(project), Enumerable.Range(0, Jobs / 10).Select(i => ($"c1m-{project}-{i}", CountPerJob)), ct);
        }

        context.Progress("a million allocations");
        var begin = Stopwatch.GetTimestamp();
        var cell = await world.OpenAsync(Region, epoch: 1, ct);
        var total = Stopwatch.GetElapsedTime(begin);
        var peak = ResidentMb("VmHWM");
        context.Progress($"{total.TotalSeconds:N1} s, {peak:N0} MB at most");
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var retained = ResidentMb("VmRSS");
        await PlacementCount.RequireAsync(world.Rows, Region, Million, ct);
        context.Note("placements/s, store to store", new Sample([Million / total.TotalSeconds]), "placements/s");
        context.Note("resident memory at its highest", new Sample([peak]), "MB");

        context.Progress("a job of ten on the full cell");
        var late = await LateJobsAsync(world, cell, ct);
        context.Note("a job of 10 on the full cell, committed", late, "ms");

        context.Progress("another host takes over");
        begin = Stopwatch.GetTimestamp();
        await world.OpenAsync(Region, epoch: 2, ct);
        var load = Stopwatch.GetElapsedTime(begin);
        context.Note("another host loads the full cell", new Sample([load.TotalSeconds]), "s");
        return
        [
            Bar.Under("a million from job rows to node documents", total.TotalSeconds, 15, "s"),
            Bar.AtLeast("engine alone on one core", engine, 150_000, "placements/s"),
            Bar.Under("resident memory with a million allocations", retained, 1024, "MB"),
            Bar.Under("a job of 10 on the full cell", late.Median, 10, "ms"),
            Bar.Under("a dead host's full cell is led again, at the worst", (LongestWait + load).TotalSeconds, 10, "s"),
        ];
    }

    private static double EngineRate()
    {
        var world = new EngineWorld(Nodes);
        var took = TimeSpan.Zero;
        for (var job = 0; job < Jobs; job++)
        {
            took += world.Place([world.Request(CountPerJob)]);
        }

        return Million / took.TotalSeconds;
    }

    private static async Task<Sample> LateJobsAsync(CellWorld world, Cell cell, CancellationToken ct)
    {
        var times = new List<double>();
        for (var i = 0; i < LateJobs; i++)
        {
            var job = string.Create(CultureInfo.InvariantCulture, $"late-{i}");
            await world.SubmitAsync(Region, ProjectOf(0), [(job, 10)], ct);
            var begin = Stopwatch.GetTimestamp();
            await cell.WorkAsync([world.JobNews(Region, ProjectOf(0), job)], ct);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        await PlacementCount.RequireAsync(world.Rows, Region, Million + (LateJobs * 10), ct);
        return new Sample(times);
    }

    private static string ProjectOf(int i) => $"prj_{i:D26}";

    /// <summary>Of this process, as the kernel counts it.</summary>
    private static double ResidentMb(string what) => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(what, StringComparison.Ordinal)).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;
}
