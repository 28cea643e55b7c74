using Saas.Hosting.Hosts;
using Saas.Hosting.Tests.Support;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Triggers;

public sealed class TimerRunnerTests
{
    [Fact]
    public async Task OfTwoInstancesOneRunsEachTick()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 30, TimeSpan.Zero));
        var store = new InMemoryTableStore();
        var ticks = new System.Collections.Concurrent.ConcurrentBag<DateTimeOffset>();
        var module = new TestModule().WithTrigger(t => t.Timer("Sweep", "0 * * * * *", (_, _) =>
        {
            ticks.Add(time.GetUtcNow());
            return Task.CompletedTask;
        }));
        await using var one = await TestApp.StartAsync(module, platform: TestApp.InMemory(store, time));
        await using var other = await TestApp.StartAsync(module, platform: TestApp.InMemory(store, time));
        for (var minute = 1; minute <= 3; minute++)
        {
            var expected = minute;
            await Poll.UntilAsync(
                () =>
                {
                    if (ticks.Count < expected)
                    {
                        time.Advance(TimeSpan.FromSeconds(1));
                    }

                    return ticks.Count >= expected;
                },
                "the tick",
                () => ticks.Count);
        }

        Assert.Equal(ticks.Count, ticks.Select(t => new DateTime(t.Year, t.Month, t.Day, t.Hour, t.Minute, 0)).Distinct().Count());
    }

    [Fact]
    public async Task AFailedTickIsLoggedAndTheNextOneRuns()
    {
        var time = new FakeTimeProvider();
        var ticks = 0;
        var module = new TestModule().WithTrigger(t => t.Timer("Sweep", "*/10 * * * * *", (_, _) =>
            Interlocked.Increment(ref ticks) == 1 ? throw new InvalidOperationException("first") : Task.CompletedTask));
        await using var app = await TestApp.StartAsync(module, platform: TestApp.InMemory(time: time));
        await Poll.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return ticks >= 2;
            },
            "the second tick",
            () => ticks);
        Assert.Single(app.Log.Lines, line => line.Contains("Sweep failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TimersAndQueuesMayBeLeftToAnotherHost()
    {
        var time = new FakeTimeProvider();
        var runs = 0;
        var module = new TestModule().WithTrigger(t =>
        {
            t.Timer("Sweep", "* * * * * *", (_, _) => Task.FromResult(Interlocked.Increment(ref runs)));
            t.Queue("Handle", "things", (_, _, _) => Task.FromResult(Interlocked.Increment(ref runs)));
        });
        var options = new HostingOptions { RunTimers = false, PumpQueues = false };
        await using var app = await TestApp.StartAsync(module, options, TestApp.InMemory(time: time));
        await app.Platform.Queue.SendAsync("things", "{}"u8.ToArray(), default);
        time.Advance(TimeSpan.FromMinutes(1));
        await app.StopAsync();
        Assert.Equal(0, runs);
    }
}
