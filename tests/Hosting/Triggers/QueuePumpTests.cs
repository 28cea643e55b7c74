using System.Collections.Concurrent;
using System.Text;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;
using Saas.Hosting.Triggers;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Triggers;

public sealed class QueuePumpTests
{
    private static TestModule Handling(Func<string, CancellationToken, Task> handle) => new TestModule().WithTrigger(
        triggers => triggers.Queue("Handle", "things", (_, body, ct) => handle(Encoding.UTF8.GetString(body.Span), ct)));

    private static ValueTask SendAsync(PlatformServices platform, string text) =>
        platform.Queue.SendAsync("things", Encoding.UTF8.GetBytes(text), default);

    [Fact]
    public async Task EachMessageIsHandledAndGone()
    {
        var seen = new ConcurrentBag<string>();
        await using var app = await TestApp.StartAsync(Handling((text, _) => { seen.Add(text); return Task.CompletedTask; }));
        for (var i = 0; i < 50; i++)
        {
            await SendAsync(app.Platform, $"m{i}");
        }

        await Poll.UntilAsync(() => seen.Count == 50, "all messages", () => seen.Count);
        await app.StopAsync();
        Assert.Equal(50, seen.Distinct().Count());
        Assert.Empty(await app.Platform.Queue.ReceiveAsync("things", 1, TimeSpan.FromSeconds(1), TimeSpan.Zero, default));
    }

    [Fact]
    public async Task AFailedMessageComesAgainLaterAndLater()
    {
        var time = new FakeTimeProvider();
        var runs = new ConcurrentQueue<DateTimeOffset>();
        var module = Handling((_, _) =>
        {
            runs.Enqueue(time.GetUtcNow());
            return runs.Count < 4 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        });
        await using var app = await TestApp.StartAsync(module, platform: TestApp.InMemory(time: time));
        await SendAsync(app.Platform, "m");
        await Poll.UntilAsync(() => Advance(time, () => runs.Count == 4), "the fourth delivery", () => runs.Count);
        var gaps = runs.Zip(runs.Skip(1), (a, b) => (b - a).TotalSeconds).ToArray();
        Assert.True(gaps[0] >= 1 && gaps[1] >= 2 && gaps[2] >= 4, string.Join(", ", gaps));
    }

    [Fact]
    public async Task APoisonMessageIsSetAsideWithItsReason()
    {
        await using var app = await TestApp.StartAsync(Handling((_, _) => throw new PoisonMessageException("no such shape")));
        await SendAsync(app.Platform, "m");
        await Poll.UntilAsync(
            async () => (await app.Platform.Queue.PeekDeadLettersAsync("things", 10, default)) is [{ Reason: "no such shape" }], "the dead letter");
    }

    [Fact]
    public async Task ALongHandlerKeepsItsMessage()
    {
        var time = new FakeTimeProvider();
        var runs = 0;
        var go = new TaskCompletionSource();
        var module = Handling((_, _) => { Interlocked.Increment(ref runs); return go.Task; });
        await using var app = await TestApp.StartAsync(module, platform: TestApp.InMemory(time: time));
        await SendAsync(app.Platform, "m");
        await Poll.UntilAsync(() => runs == 1, "the first delivery");
        var end = time.GetUtcNow() + (QueuePump.LockFor * 4);
        await Poll.UntilAsync(() => Advance(time, () => time.GetUtcNow() > end), "four lock times");
        Assert.Equal(1, runs);
        go.SetResult();
        await app.StopAsync();
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task OnShutdownAHandlerUnderWayFinishes()
    {
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var done = false;
        var module = Handling(async (_, _) =>
        {
            started.SetResult();
            await go.Task;
            done = true;
        });
        await using var app = await TestApp.StartAsync(module);
        await SendAsync(app.Platform, "m");
        await started.Task;
        var stopping = app.StopAsync();
        go.SetResult();
        await stopping;
        Assert.True(done);
        Assert.Empty(await app.Platform.Queue.ReceiveAsync("things", 1, TimeSpan.FromSeconds(1), TimeSpan.Zero, default));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(100, 300)]
    public void Backoff_Delivery_DoublesUpToFiveMinutes(int delivery, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), QueuePump.Backoff(delivery));

    /// <summary>A step of the clock, so that everything due in between happens at its time.</summary>
    private static bool Advance(FakeTimeProvider time, Func<bool> done)
    {
        if (done())
        {
            return true;
        }

        time.Advance(TimeSpan.FromSeconds(1));
        return false;
    }
}
