using Saas.Storage.Queues;

namespace Saas.Contracts.Tests.Queues;

public abstract partial class MessageQueueContract
{
    [Fact]
    public async Task AMessageWhoseLockExpiredIsDeliveredAgain()
    {
        await SendAsync("again");
        var first = await ReceiveOneAsync();
        Time.Advance(Lock - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await ReceiveAsync());
        Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = await ReceiveOneAsync();
        Assert.Equal((first.Id, 2, first.EnqueuedAt), (second.Id, second.DeliveryCount, second.EnqueuedAt));
        Assert.NotEqual(first.LockToken, second.LockToken);
    }

    [Fact]
    public async Task ALostLockRefusesEverything()
    {
        await SendAsync("taken");
        var lost = await ReceiveOneAsync();
        Time.Advance(Lock);
        var held = await ReceiveOneAsync();
        Assert.False(await _queue.CompleteAsync(lost, Ct));
        Assert.False(await _queue.AbandonAsync(lost, TimeSpan.Zero, Ct));
        Assert.False(await _queue.DeadLetterAsync(lost, "no", Ct));
        Assert.Null(await _queue.RenewAsync(lost, Lock, Ct));
        Assert.Empty(await _queue.PeekDeadLettersAsync(Name, 10, Ct));
        Assert.True(await _queue.CompleteAsync(held, Ct));
    }

    [Fact]
    public async Task ARenewedLockHoldsWithItsNewToken()
    {
        await SendAsync("long work");
        var message = await ReceiveOneAsync();
        Time.Advance(Lock / 2);
        var renewed = await _queue.RenewAsync(message, Lock, Ct);
        Assert.Equal(Time.GetUtcNow() + Lock, renewed!.LockedUntil);
        Assert.Equal(1, renewed.DeliveryCount);
        Time.Advance(Lock * 0.9);
        Assert.Empty(await ReceiveAsync());
        Assert.False(await _queue.CompleteAsync(message, Ct));
        Assert.True(await _queue.CompleteAsync(renewed, Ct));
    }

    [Fact]
    public async Task AnAbandonedMessageIsThereAtOnceOrAfterItsDelay()
    {
        await SendAsync("later");
        Assert.True(await _queue.AbandonAsync(await ReceiveOneAsync(), TimeSpan.Zero, Ct));
        var again = await ReceiveOneAsync();
        Assert.Equal(2, again.DeliveryCount);
        Assert.True(await _queue.AbandonAsync(again, TimeSpan.FromMinutes(1), Ct));
        Assert.False(await _queue.AbandonAsync(again, TimeSpan.Zero, Ct));
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(await ReceiveAsync());
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, (await ReceiveOneAsync()).DeliveryCount);
    }

    [Fact]
    public async Task AMessageDeliveredTooOftenIsSetAside()
    {
        await SendAsync("poison");
        await SendAsync("healthy");
        for (var delivery = 1; delivery <= QueueLimits.MaxDeliveries; delivery++)
        {
            var received = await ReceiveAsync();
            Assert.Equal(delivery, received.Single(message => Text(message) == "poison").DeliveryCount);
            foreach (var healthy in received.Where(message => Text(message) == "healthy"))
            {
                await _queue.CompleteAsync(healthy, Ct);
            }

            Time.Advance(Lock);
        }

        Assert.Empty(await ReceiveAsync());
        var dead = Assert.Single(await _queue.PeekDeadLettersAsync(Name, 10, Ct));
        Assert.Equal("poison"u8, dead.Body.Span);
        Assert.Contains("10", dead.Reason, StringComparison.Ordinal);
        Assert.Equal(Time.GetUtcNow(), dead.At);
        Time.Advance(Lock * 10);
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task ASpentMessageDoesNotHideThoseBehindIt()
    {
        await SendAsync("poison");
        for (var delivery = 1; delivery <= QueueLimits.MaxDeliveries; delivery++)
        {
            await _queue.AbandonAsync(await ReceiveOneAsync(), TimeSpan.Zero, Ct);
        }

        await SendAsync("behind");
        Assert.Equal("behind", Text(await ReceiveOneAsync()));
        Assert.Single(await _queue.PeekDeadLettersAsync(Name, 10, Ct));
    }

    [Fact]
    public async Task ADeadLetterKeepsItsReasonAndStays()
    {
        foreach (var body in new[] { "first", "second", "third" })
        {
            await SendAsync(body);
            var message = await ReceiveOneAsync();
            Assert.True(await _queue.DeadLetterAsync(message, $"Cannot read \u201c{body}\u201d", Ct));
            Assert.False(await _queue.DeadLetterAsync(message, "again", Ct));
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        for (var look = 0; look < 2; look++)
        {
            var oldest = await _queue.PeekDeadLettersAsync(Name, 2, Ct);
            Assert.Equal(["Cannot read \u201cfirst\u201d", "Cannot read \u201csecond\u201d"], oldest.Select(letter => letter.Reason));
            Assert.Equal("first"u8, oldest[0].Body.Span);
        }

        Time.Advance(Lock * 2);
        Assert.Empty(await ReceiveAsync());
    }
}
