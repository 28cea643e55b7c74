using System.Diagnostics;

namespace Saas.Benchmarks.Measuring;

/// <summary>How often something can be done in a second.</summary>
public static class Throughput
{
    /// <summary>
    /// Operations per second over about <paramref name="duration"/>, done by <paramref name="workers"/> loops at once,
    /// each awaiting one operation before the next.
    /// </summary>
    public static async Task<double> PerSecondAsync(
        TimeSpan duration, int workers, Func<int, CancellationToken, ValueTask> operation, CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(
            async () =>
            {
                long done = 0;
                while (Stopwatch.GetElapsedTime(begin) < duration)
                {
                    await operation(worker, ct);
                    done++;
                }

                return done;
            },
            ct)));
        return counts.Sum() / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
