using Saas.Contracts;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>Time as the agenda moves it, and ids from the seed. It has no timers: one driver does everything.</summary>
internal sealed class SimulatedClock(DateTimeOffset start, int seed) : TimeProvider, ISeededClock
{
    private readonly Random _random = new(seed);
    private TimeSpan _elapsed;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + _elapsed;

    public override long GetTimestamp() => _elapsed.Ticks;

    public void MoveTo(DateTimeOffset at) => _elapsed = at - start > _elapsed ? at - start : _elapsed;

    public void Fill(Span<byte> random) => _random.NextBytes(random);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new InvalidOperationException("Nothing in a simulation may wait by itself.");
}
