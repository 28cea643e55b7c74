using Saas.Registry.Log;
using Saas.TestKit;

namespace Saas.Registry.Tests.Log;

public sealed class WatchesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Watches _watches;

    public WatchesTests() => _watches = new Watches(_time);

    [Fact]
    public async Task A_touched_topic_wakes_its_waiters_and_no_others()
    {
        using var mine = _watches.Enter("service:web");
        using var other = _watches.Enter("service:db");
        var (woken, asleep) = (Wait(mine), Wait(other));

        _watches.Wake(["service:web"]);

        await woken.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(asleep.IsCompleted);
    }

    [Theory]
    [InlineData("", "a/b/c", true)]
    [InlineData("a/", "a/b/c", true)]
    [InlineData("a/b/c", "a/b/c", true)]
    [InlineData("a/b/c/", "a/b/c", false)]
    [InlineData("b", "a/b/c", false)]
    public async Task A_changed_key_wakes_those_who_wait_for_a_prefix_of_it(string prefix, string key, bool isWoken)
    {
        using var watch = _watches.Enter(Watches.Prefix(prefix));
        using var end = _watches.Enter("end");
        var (waiting, ended) = (Wait(watch), Wait(end));

        _watches.Wake([Watches.Key(key)]);
        _watches.Wake(["end"]);
        await ended.WaitAsync(TimeSpan.FromSeconds(10));

        if (isWoken)
        {
            await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(isWoken, waiting.IsCompleted);
    }

    [Fact]
    public async Task What_flaps_wakes_at_a_bounded_pace_and_loses_no_change()
    {
        using (var first = _watches.Enter("service:web"))
        {
            var woken = Wait(first);
            _watches.Wake(["service:web"]);
            await woken.WaitAsync(TimeSpan.FromSeconds(10));
        }

        using var second = _watches.Enter("service:web");
        var waiting = Wait(second);
        for (var i = 0; i < 100; i++)
        {
            _watches.Wake(["service:web"]);
        }

        Assert.False(waiting.IsCompleted);
        _time.Advance(Watches.Spacing);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Who_leaves_leaves_nothing()
    {
        using var gone = new CancellationTokenSource();
        var watch = _watches.Enter("service:web");
        var waiting = watch.WaitAsync(TimeSpan.FromMinutes(5), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        watch.Dispose();

        Assert.Equal((0, 0, 0), (_watches.Count, _watches.TopicCount, _time.ArmedTimers));
    }

    [Fact]
    public async Task A_topic_just_woken_is_forgotten_when_it_has_settled()
    {
        using (var watch = _watches.Enter("service:web"))
        {
            var woken = Wait(watch);
            _watches.Wake(["service:web"]);
            await woken.WaitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.True(_watches.Settling("service:web") > TimeSpan.Zero);
        _time.Advance(Watches.Spacing);
        _watches.Sweep();
        Assert.Equal(0, _watches.TopicCount);
    }

    public void Dispose() => _watches.Dispose();

    private static Task Wait(Watches.Watch watch) => watch.WaitAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
}
