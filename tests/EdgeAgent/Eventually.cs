using System.Diagnostics;

namespace Saas.EdgeAgent.Tests;

/// <summary>Waits for a condition in real time; a timeout reports the state it last saw.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<T> HoldsAsync<T>(Func<Task<T>> look, Func<T, bool> holds, TimeSpan patience, string what)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var seen = await look();
            if (holds(seen))
            {
                return seen;
            }

            Assert.True(watch.Elapsed < patience, $"Waited {patience.TotalSeconds:0} s for: {what}. Last seen: {seen}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static Task HoldsAsync(Func<bool> holds, TimeSpan patience, string what, Func<string>? state = null) =>
        HoldsAsync(() => Task.FromResult((Held: holds(), State: state?.Invoke())), seen => seen.Held, patience, what);
}
