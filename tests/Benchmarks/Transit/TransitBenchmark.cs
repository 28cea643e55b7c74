using System.Diagnostics;
using Saas.Benchmarks.Http;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Transit;

/// <summary>
/// Encryption over HTTP with everything on that a customer's request meets: authentication, authorization, limits,
/// audit, metering. Single items of 32 bytes beside an empty endpoint of ASP.NET Core that is sent the same; batches of
/// 1,000 beside a loop of AesGcm over the same JSON on as many threads as there are processors, without a server.
/// </summary>
internal sealed class TransitBenchmark : IBenchmark
{
    private const int SingleConnections = 32;
    private const int BatchConnections = 4;
    private const int BatchItems = 1_000;
    private const int Rounds = 9;
    private const double MostItemsAskedFor = 400_000;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1.5);

    public string Name => "transit";

    public string Describe =>
        "encryptions per second over HTTP: single ones beside an empty endpoint (at least 0.5), batches beside a bare AesGcm loop (0.5, or 400,000/s)";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        await using var host = await TransitHost.StartAsync(context.ScratchDirectory, context.Time, ct);
        return [.. await SingleAsync(host, context, ct), .. await BatchAsync(host, context, ct), await AllocationAsync(host, context, ct)];
    }

    private static async Task<Bar[]> SingleAsync(TransitHost host, BenchmarkContext context, CancellationToken ct)
    {
        context.Progress($"single items: {SingleConnections} connections, {Rounds} rounds of {Duration.TotalSeconds} s each");
        using var ours = await Connections.OpenAsync(host, host.Ours, TransitHost.Single(), SingleConnections, 16 * 1024, ct);
        using var empty = await Connections.OpenAsync(host, host.Empty, TransitHost.Single(), SingleConnections, 16 * 1024, ct);
        var samples = await Interleaved.RunAsync(
            [new Contender("ours", c => ours.LoadAsync(Duration, c)), new Contender("empty", c => empty.LoadAsync(Duration, c))], 2, Rounds, ct);
        context.Note("encrypt 32 bytes", samples[0], "requests/s");
        context.Note("empty endpoint", samples[1], "requests/s");
        return [Bar.AtLeast("encrypt 32 bytes / empty endpoint", samples[0].RatioTo(samples[1]).Median, 0.5, "ratio")];
    }

    private static async Task<Bar[]> BatchAsync(TransitHost host, BenchmarkContext context, CancellationToken ct)
    {
        context.Progress($"batches of {BatchItems}: {BatchConnections} connections, {Rounds} rounds of {Duration.TotalSeconds} s each");
        var body = TransitHost.Batch(BatchItems);
        using var ours = await Connections.OpenAsync(host, host.Ours, body, BatchConnections, 1024 * 1024, ct);
        var samples = await Interleaved.RunAsync(
            [new Contender("ours", c => ours.LoadAsync(Duration, c)), new Contender("bare", c => BareAsync(body, c))], 2, Rounds, ct);
        var items = new Sample([.. samples[0].Values.Select(batches => batches * BatchItems)]);
        context.Note("batches over HTTP", items, "items/s");
        context.Note("bare AesGcm loop", samples[1], "items/s");
        return
        [
            Bar.AtLeast("batched items per second", items.Median, Math.Min(MostItemsAskedFor, 0.5 * samples[1].Median), "items/s"),
        ];
    }

    /// <summary>A batch twice as long may allocate no more: what a request costs beside its items falls out.</summary>
    private static async Task<Bar> AllocationAsync(TransitHost host, BenchmarkContext context, CancellationToken ct)
    {
        const int Requests = 300;
        var small = await AllocatedBytesAsync(host, BatchItems, Requests, ct);
        var large = await AllocatedBytesAsync(host, 2 * BatchItems, Requests, ct);
        context.Note("allocated by a batch of 1,000", new Sample([small]), "bytes");
        return Bar.Under("allocated by one more item of a batch", Math.Max(0, (large - small) / BatchItems), 4, "bytes");
    }

    private static async Task<double> AllocatedBytesAsync(TransitHost host, int items, int requests, CancellationToken ct)
    {
        using var connection = await LoadConnection.PostAsync(
            host.Ours, TransitHost.EncryptPath, host.Token, TransitHost.Batch(items), 1024 * 1024, ct);
        var before = 0L;
        for (var i = -requests; i < requests; i++)
        {
            before = i == 0 ? GC.GetTotalAllocatedBytes(precise: true) : before;
            await connection.SendAsync(ct);
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)requests;
    }

    /// <returns>Items per second.</returns>
    private static async Task<double> BareAsync(byte[] body, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(
            () =>
            {
                using var loop = new BareLoop();
                long items = 0;
                while (Stopwatch.GetElapsedTime(begun) < Duration)
                {
                    items += loop.Run(body);
                }

                return items;
            },
            ct)));
        return counts.Sum() / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private sealed class Connections(List<LoadConnection> all) : IDisposable
    {
        public static async Task<Connections> OpenAsync(
            TransitHost host, Uri server, byte[] body, int count, int answerBytes, CancellationToken ct)
        {
            var all = new List<LoadConnection>();
            for (var i = 0; i < count; i++)
            {
                all.Add(await LoadConnection.PostAsync(server, TransitHost.EncryptPath, host.Token, body, answerBytes, ct));
            }

            return new Connections(all);
        }

        public Task<double> LoadAsync(TimeSpan duration, CancellationToken ct) =>
            Throughput.PerSecondAsync(duration, all.Count, (worker, c) => all[worker].SendAsync(c), ct);

        public void Dispose() => all.ForEach(c => c.Dispose());
    }
}
