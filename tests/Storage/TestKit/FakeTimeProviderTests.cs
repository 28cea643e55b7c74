using Saas.TestKit;

namespace Saas.Storage.Tests.TestKit;

/// <summary>The clock that all other tests trust.</summary>
public sealed class FakeTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Advance_SeveralTimers_FireInOrderAtTheirTimes()
    {
        var start = _time.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        void Arm(string name, TimeSpan due, TimeSpan period) =>
            _time.CreateTimer(_ => fired.Add((name, _time.GetUtcNow() - start)), null, due, period);

        Arm("late", 3 * Second, Timeout.InfiniteTimeSpan);
        Arm("periodic", Second, 2 * Second);
        Arm("early", 2 * Second, Timeout.InfiniteTimeSpan);
        _time.Advance(5.5 * Second);

        Assert.Equal(
            [("periodic", Second), ("early", 2 * Second), ("late", 3 * Second), ("periodic", 3 * Second), ("periodic", 5 * Second)],
            fired.OrderBy(static f => f.At));
        Assert.Equal(start + (5.5 * Second), _time.GetUtcNow());
        Assert.Equal(1, _time.ArmedTimers);
    }

    [Fact]
    public async Task Advance_DelayAndCancelAfter_Complete()
    {
        var delay = Task.Delay(Second, _time, TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource(2 * Second, _time);
        _time.Advance(Second);
        await delay.WaitAsync(Poll.DefaultTimeout, TestContext.Current.CancellationToken);
        Assert.False(cancel.IsCancellationRequested);
        _time.Advance(Second);
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public void JumpTo_WallClockOnly_TimersAndTimestampsStay()
    {
        var began = _time.GetTimestamp();
        var fired = false;
        using var timer = _time.CreateTimer(_ => fired = true, null, Second, Timeout.InfiniteTimeSpan);
        _time.JumpTo(_time.GetUtcNow() - TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.Zero, _time.GetElapsedTime(began));
        _time.Advance(Second);
        Assert.True(fired);
        Assert.Equal(Second, _time.GetElapsedTime(began));
    }

    [Fact]
    public void Change_DisposedOrInfinite_DoesNotFire()
    {
        var fired = 0;
        var timer = _time.CreateTimer(_ => fired++, null, Second, Second);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _time.Advance(3 * Second);
        timer.Change(Second, Second);
        timer.Dispose();
        _time.Advance(3 * Second);
        Assert.Equal(0, fired);
    }
}
