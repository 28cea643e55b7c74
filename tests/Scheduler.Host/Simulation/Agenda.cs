namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>What will happen, by time; what falls on one instant, in the order in which it was planned.</summary>
internal sealed class Agenda(SimulatedClock clock)
{
    private readonly PriorityQueue<Func<Task>, (long At, long Order)> _events = new();
    private long _order;

    /// <summary>Things that somebody waits for: while there are any, the world is not at rest.</summary>
    public int Pending { get; private set; }

    public DateTimeOffset? Next => _events.TryPeek(out _, out var key) ? new DateTimeOffset(key.At, TimeSpan.Zero) : null;

    /// <summary>Something that is under way.</summary>
    public void In(TimeSpan delay, Func<Task> happen)
    {
        Pending++;
        Background(delay, () =>
        {
            Pending--;
            return happen();
        });
    }

    public void In(TimeSpan delay, Action happen) => In(delay, () =>
    {
        happen();
        return Task.CompletedTask;
    });

    /// <summary>Something that goes on for ever, or may never come.</summary>
    public void Background(TimeSpan delay, Func<Task> happen) =>
        _events.Enqueue(happen, ((clock.GetUtcNow() + delay).UtcTicks, _order++));

    public async Task RunDueAsync()
    {
        while (Next is { } at && at <= clock.GetUtcNow())
        {
            await _events.Dequeue()();
        }
    }
}
