using System.Diagnostics;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>Waits for a state by looking; a time-out reports the state last seen.</summary>
internal static class Eventually
{
    public static async Task<T> Async<T>(Func<Task<T>> look, Func<T, bool> until, TimeSpan patience, Func<T, string> describe)
    {
        var clock = Stopwatch.StartNew();
        for (; ; )
        {
            var seen = await look();
            if (until(seen))
            {
                return seen;
            }

            if (clock.Elapsed > patience)
            {
                Assert.Fail($"After {patience.TotalSeconds} s: {describe(seen)}");
            }

            await Task.Delay(50);
        }
    }
}
