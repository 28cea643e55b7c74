namespace Saas.Local.Demo;

/// <summary>Looks until something is there: the demo is a client and sees the platform only by asking.</summary>
internal static class Poll
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>What <paramref name="look"/> found, or null when <paramref name="patience"/> is used up.</returns>
    public static async Task<T?> UntilAsync<T>(Func<Task<T?>> look, TimeSpan patience, CancellationToken ct)
        where T : struct
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        do
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(Pause, time, ct);
        }
        while (time.GetElapsedTime(start) < patience);

        return null;
    }
}
