using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Storage;

/// <summary>
/// The embedded store through its port, beside Microsoft.Data.Sqlite executing the same statement on the same schema
/// with the same durability (write-ahead log, synchronous = FULL). Both hold the same rows and are warm. A commit is one
/// wait for the disk on either side, so on a machine that is busy with other things the writes' ratios say more about
/// its scheduler than about us.
/// </summary>
internal sealed class StorageBenchmark : IBenchmark
{
    private const double Limit = 0.7;
    private const int WarmUps = 1;
    private const int Rounds = 9;

    private static readonly TimeSpan OneRepetition = TimeSpan.FromSeconds(0.4);

    public string Name => "storage";

    public string Describe => "Point reads and conditional writes a second, beside raw Microsoft.Data.Sqlite: at least 0.7";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        using var ours = await StoreContender.OpenAsync(Path.Combine(context.ScratchDirectory, "store.db"), ct);
        using var raw = RawContender.Open(Path.Combine(context.ScratchDirectory, "raw.db"));
        var bars = new List<Bar>();
        foreach (var workers in new[] { 1, 2 })
        {
            bars.Add(await CompareAsync(context, $"point reads, {workers} at once", workers, ours.ReadAsync, raw.ReadAsync, ct));
        }

        foreach (var workers in new[] { 1, Rows.MaxWorkers })
        {
            bars.Add(await CompareAsync(context, $"conditional writes, {workers} at once", workers, ours.WriteAsync, raw.WriteAsync, ct));
        }

        return bars;
    }

    private static async Task<Bar> CompareAsync(
        BenchmarkContext context,
        string what,
        int workers,
        Func<int, CancellationToken, ValueTask> ours,
        Func<int, CancellationToken, ValueTask> raw,
        CancellationToken ct)
    {
        context.Progress(what);
        var samples = await Interleaved.RunAsync(
            [
                new Contender("store", token => Throughput.PerSecondAsync(OneRepetition, workers, ours, token)),
                new Contender("raw", token => Throughput.PerSecondAsync(OneRepetition, workers, raw, token)),
            ],
            WarmUps,
            Rounds,
            ct);
        context.Note($"{what}: ITableStore", samples[0], "/s");
        context.Note($"{what}: Microsoft.Data.Sqlite", samples[1], "/s");
        return Bar.AtLeast(what, samples[0].RatioTo(samples[1]).Median, Limit, "ratio");
    }
}
