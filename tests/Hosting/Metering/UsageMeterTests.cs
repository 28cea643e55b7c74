using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Hosting.Hosts;
using Saas.Hosting.Metering;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;
using Saas.Storage;
using Saas.Storage.Queues;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Metering;

public sealed class UsageMeterTests
{
    private static TestModule Things() => new TestModule()
        .Get("/v1/things", RouteAccess.Requires("things:read", "thing"), _ => Results.Ok())
        .Get("/v1/public", RouteAccess.Public("a test"), _ => Results.Ok())
        .With(r => r.Map("GET", "/v1/agents", RouteAccess.Requires("things:read", "thing"), (_, _) => Task.FromResult(Results.Ok())).Unmetered());

    [Fact]
    public async Task AuthenticatedCallsAreCountedAndSentWithinTenSeconds()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero));
        await using var app = await TestApp.StartAsync(Things(), platform: TestApp.InMemory(time: time));
        app.Keys.Add("nobody", app.Tenant, "dev", "other:*");
        foreach (var path in new[] { "/v1/things", "/v1/things", "/v1/public", "/v1/agents", "/v1/none", "/healthz" })
        {
            await app.Client.GetAsync(path);
        }

        await app.Anonymous.GetAsync("/v1/things");
        time.Advance(UsageMeter.Interval);
        var message = Assert.Single(await ReceiveAsync(app.Platform));
        Assert.Equal(app.Tenant.Value, message.Tenant);
        var item = Assert.Single(message.Items);
        Assert.Equal((Meters.ApiCalls, 2L, (string?)null), (item.Meter, item.Quantity, item.ProjectId));
        Assert.Equal(10, item.At.Hour);
    }

    [Fact]
    public async Task CountsEndAtTheFullHour()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 10, 59, 57, TimeSpan.Zero));
        await using var app = await TestApp.StartAsync(Things(), platform: TestApp.InMemory(time: time));
        await app.Client.GetAsync("/v1/things");
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(10, Assert.Single(Assert.Single(await ReceiveAsync(app.Platform)).Items).At.Hour);
    }

    [Fact]
    public async Task WhatCouldNotBeSentIsSentAgainUnderTheSameId()
    {
        var time = new FakeTimeProvider();
        var platform = TestApp.InMemory(time: time);
        var queue = new FlakyQueue(platform.Queue);
        await using var app = await TestApp.StartAsync(Things(), platform: platform with { Queue = queue });
        await app.Client.GetAsync("/v1/things");
        queue.Mode = FlakyMode.SendsAndFails;
        time.Advance(UsageMeter.Interval);
        await Poll.UntilAsync(() => queue.Attempts == 1, "the first attempt");
        queue.Mode = FlakyMode.Works;
        await Poll.UntilAsync(() => { time.Advance(TimeSpan.FromSeconds(1)); return queue.Attempts >= 2; }, "the second attempt");
        var messages = await ReceiveAsync(platform, 2);
        Assert.Equal(2, messages.Count);
        Assert.Single(messages.SelectMany(m => m.Items).Select(i => (i.Id, i.Quantity)).Distinct());
    }

    [Fact]
    public async Task TheLastCountsAreSentAtShutdown()
    {
        await using var app = await TestApp.StartAsync(Things());
        await app.Client.GetAsync("/v1/things");
        await app.StopAsync();
        Assert.Single(await ReceiveAsync(app.Platform));
    }

    [Fact]
    public async Task UsageOfOneTenantIsOneMessageByMeterAndProject()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero));
        await using var app = await TestApp.StartAsync(Things(), platform: TestApp.InMemory(time: time));
        var meter = app.Services.GetRequiredService<UsageMeter>();
        var (aes, other) = (Meters.Transit("aes256-gcm96"), TenantId.New(time));
        meter.Count(app.Tenant, aes, "prj_a", 1000);
        meter.Count(app.Tenant, aes, "prj_a", 1);
        meter.Count(app.Tenant, aes, "prj_b", 2);
        meter.Count(app.Tenant, Meters.KvRead, null, 3);
        meter.Count(app.Tenant, Meters.KvWrite, null, 0);
        foreach (var i in Enumerable.Range(0, UsageMeter.MaxItems + 1))
        {
            meter.Count(other, Meters.KvRead, $"prj_{i}", 1);
        }

        await app.StopAsync();
        var messages = await ReceiveAsync(app.Platform, 3);
        var ours = Assert.Single(messages, m => m.Tenant == app.Tenant.Value);
        Assert.Equal(
            [("kv:read", null, 3L), ("transit:aes256-gcm96", "prj_a", 1001L), ("transit:aes256-gcm96", "prj_b", 2L)],
            ours.Items.Select(i => (i.Meter, i.ProjectId, i.Quantity)).Order());
        Assert.Equal([1, UsageMeter.MaxItems], messages.Where(m => m.Tenant == other.Value).Select(m => m.Items.Count).Order());
        Assert.Equal(UsageMeter.MaxItems + 4, messages.SelectMany(m => m.Items).Select(i => i.Id).Distinct().Count());
    }

    [Fact]
    public void CountingWhatIsKnownAllocatesNothing()
    {
        var meter = new UsageMeter("test", TestApp.InMemory().Queue, TimeProvider.System, NullLogger<UsageMeter>.Instance);
        var tenant = TenantId.New(TimeProvider.System);
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.Count(tenant, Meters.KvRead, "prj_a", -1));
        Count(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);

        void Count(int times)
        {
            for (var i = 0; i < times; i++)
            {
                meter.Count(tenant, Meters.Transit("aes256-gcm96"), "prj_a", 1);
            }
        }
    }

    [Fact]
    public async Task DuringAnOutageCountingGoesOnInMemoryAndNoHourIsMixedWithAnother()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 10, 59, 0, TimeSpan.Zero));
        var platform = TestApp.InMemory(time: time);
        var queue = new FlakyQueue(platform.Queue) { Mode = FlakyMode.Gone };
        await using var app = await TestApp.StartAsync(Things(), platform: platform with { Queue = queue });
        var meter = app.Services.GetRequiredService<UsageMeter>();
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            meter.Count(app.Tenant, Meters.KvRead, null, 1);
            await Poll.UntilAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    return queue.Attempts >= attempt;
                },
                "an attempt",
                () => queue.Attempts);
        }

        queue.Mode = FlakyMode.Works;
        await app.StopAsync();
        var items = (await ReceiveAsync(platform, 3)).SelectMany(m => m.Items).ToList();
        Assert.Equal(12, items.Sum(i => i.Quantity));
        Assert.Equal([10, 10, 11], items.Select(i => i.At.Hour).Order());
    }

    [Fact]
    public async Task NothingIsLostOrDoubledWhileCountingAndDrainingAtOnce()
    {
        var tally = new Tally<int>();
        long drained = 0;
        var counting = Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                tally.Add(i % 3, 2);
            }
        })).ToArray();
        var all = Task.WhenAll(counting);
        while (!all.IsCompleted)
        {
            drained += tally.Drain().Sum(c => c.Count);
            await Task.Yield();
        }

        drained += tally.Drain().Sum(c => c.Count);
        Assert.Equal(800_000, drained);
    }

    private static async Task<IReadOnlyList<UsageMessage>> ReceiveAsync(PlatformServices platform, int count = 1)
    {
        var messages = new List<UsageMessage>();
        await Poll.UntilAsync(
            async () =>
            {
                var some = await platform.Queue.ReceiveAsync(ClusterQueues.Usage, 10, TimeSpan.FromMinutes(10), TimeSpan.Zero, default);
                messages.AddRange(some.Select(m => JsonSerializer.Deserialize(m.Body.Span, ClusterJson.Default.UsageMessage)!));
                return messages.Count >= count;
            },
            "usage",
            () => messages.Count);
        return messages;
    }

    private enum FlakyMode
    {
        Works,

        /// <summary>As a store that answers too late.</summary>
        SendsAndFails,

        Gone,
    }

    private sealed class FlakyQueue(IMessageQueue inner) : IMessageQueue
    {
        public FlakyMode Mode { get; set; }

        public int Attempts { get; private set; }

        public async ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken ct)
        {
            if (Mode != FlakyMode.Gone)
            {
                await inner.SendAsync(queue, body, ct);
            }

            Attempts++;
            if (Mode != FlakyMode.Works)
            {
                throw new StorageUnavailableException("too late");
            }
        }

        public ValueTask<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int max, TimeSpan lockFor, TimeSpan wait, CancellationToken ct) =>
            inner.ReceiveAsync(queue, max, lockFor, wait, ct);

        public ValueTask<bool> CompleteAsync(QueueMessage message, CancellationToken ct) => inner.CompleteAsync(message, ct);

        public ValueTask<bool> AbandonAsync(QueueMessage message, TimeSpan delay, CancellationToken ct) => inner.AbandonAsync(message, delay, ct);

        public ValueTask<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan lockFor, CancellationToken ct) => inner.RenewAsync(message, lockFor, ct);

        public ValueTask<bool> DeadLetterAsync(QueueMessage message, string reason, CancellationToken ct) => inner.DeadLetterAsync(message, reason, ct);

        public ValueTask<IReadOnlyList<DeadLetter>> PeekDeadLettersAsync(string queue, int max, CancellationToken ct) =>
            inner.PeekDeadLettersAsync(queue, max, ct);
    }
}
