using System.Diagnostics;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Scheduling;

/// <summary>
/// A node with 200 allocations of 200 jobs dies on a cell of half a million: from its being known as down until the last
/// of them is recorded as lost and placed elsewhere, committed.
/// </summary>
internal sealed class NodeLossBenchmark : IBenchmark
{
    private const string Region = "eu";
    private const int Nodes = 5_000;
    private const int Jobs = 500;
    private const int CountPerJob = 1_000;
    private const int Losses = 41;
    private const int OnTheNode = 200;

    /// <summary>Losses before measuring: a scheduler has been running for a while, with its code compiled.</summary>
    private const int Warmup = 10;

    public string Name => "node-loss";

    public string Describe => "A node with 200 allocations dies, and all are placed elsewhere: under 100 ms";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        using var world = new CellWorld(Path.Combine(context.ScratchDirectory, "loss.db"));
        context.Progress("half a million allocations");
        await world.EnrolAsync(Region, Nodes, ct);
        await world.SubmitAsync(Region, ProjectId, Enumerable.Range(0, Jobs).Select(static i => ($"loss-{i}", CountPerJob)), ct);
        var cell = await world.OpenAsync(Region, epoch: 1, ct);

        context.Progress("nodes die");
        var times = new List<double>();
        foreach (var node in await FullNodesAsync(world, ct))
        {
            await world.SetDownAsync(Region, node, ct);
            var begin = Stopwatch.GetTimestamp();
            await cell.WorkAsync([world.NodeNews(Region, CellWorld.NodeId(Region, node))], ct);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        await PlacementCount.RequireAsync(world.Rows, Region, Jobs * CountPerJob, ct);
        var sample = new Sample([.. times.Skip(Warmup)]);
        context.Note("node known as down until all is placed elsewhere", sample, "ms");
        return [Bar.Under("200 allocations of a dead node placed elsewhere", sample.Median, 100, "ms")];
    }

    private static string ProjectId => $"prj_{0:D26}";

    /// <summary>By number. Each has at least <see cref="OnTheNode"/> allocations.</summary>
    private static async Task<IReadOnlyList<int>> FullNodesAsync(CellWorld world, CancellationToken ct)
    {
        var full = new List<int>();
        for (var i = 0; i < Nodes && full.Count < Losses; i++)
        {
            if (await PlacementCount.OnNodeAsync(world.Rows, Region, CellWorld.NodeId(Region, i), ct) >= OnTheNode)
            {
                full.Add(i);
            }
        }

        return full.Count == Losses ? full : throw new InvalidOperationException($"Only {full.Count} nodes have {OnTheNode} allocations.");
    }
}
