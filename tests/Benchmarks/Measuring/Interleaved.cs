namespace Saas.Benchmarks.Measuring;

/// <summary>One of the things compared.</summary>
/// <param name="RunOnceAsync">One repetition; gives its value: operations per second, milliseconds, …</param>
public sealed record Contender(string Name, Func<CancellationToken, Task<double>> RunOnceAsync);

/// <summary>
/// Runs contenders in turns. Naive is all repetitions of the first, then all of the second: a machine that grows warm,
/// or a neighbour that wakes up, then falls on one of them alone. In turns it falls on both, and since every other
/// round runs backwards none profits from what its predecessor left in the caches.
/// </summary>
public static class Interleaved
{
    /// <param name="warmUps">Rounds thrown away: compilation, connections, caches.</param>
    /// <param name="rounds">Rounds kept; an odd number has a median that was really measured.</param>
    /// <returns>By contender, in their order.</returns>
    public static async Task<IReadOnlyList<Sample>> RunAsync(
        IReadOnlyList<Contender> contenders, int warmUps, int rounds, CancellationToken ct)
    {
        var values = contenders.Select(_ => new List<double>(rounds)).ToArray();
        for (var round = 0; round < warmUps + rounds; round++)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                ct.ThrowIfCancellationRequested();
                var who = round % 2 == 0 ? turn : contenders.Count - 1 - turn;
                var value = await contenders[who].RunOnceAsync(ct);
                if (round >= warmUps)
                {
                    values[who].Add(value);
                }
            }
        }

        return [.. values.Select(v => new Sample(v))];
    }
}
