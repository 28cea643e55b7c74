using System.Diagnostics;

namespace Saas.TestKit;

/// <summary>Waiting for what another thread or process does, by looking, in real time.</summary>
public static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>A minute unless told: a loaded build machine is slow, and a passing test does not wait.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(1);

    /// <param name="what">Completes "Waited for …".</param>
    /// <param name="state">What is seen instead, for the message.</param>
    /// <exception cref="TimeoutException">The condition did not come to hold.</exception>
    public static Task UntilAsync(Func<bool> condition, string what, Func<object?>? state = null, TimeSpan? timeout = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, state, timeout);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string, Func{object}, TimeSpan?)"/>
    public static async Task UntilAsync(
        Func<Task<bool>> condition, string what, Func<object?>? state = null, TimeSpan? timeout = null)
    {
        var limit = timeout ?? DefaultTimeout;
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds} s for {what}. Now: {state?.Invoke() ?? "(no state given)"}");
            }

            await Task.Delay(Interval);
        }
    }
}
