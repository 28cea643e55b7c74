using System.Text;
using Saas.Storage.Queues;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Queues;

public abstract partial class MessageQueueContract
{
    private Task<IReadOnlyList<QueueMessage>> BeginReceive(TimeSpan wait, CancellationToken ct) =>
        _queue.ReceiveAsync(Name, 10, Lock, wait, ct).AsTask();

    private Task AReceiverWaits() =>
        Poll.UntilAsync(() => Time.ArmedTimers > 0, "a receiver to wait", () => $"{Time.ArmedTimers} timers");

    /// <summary>Moves the clock by small steps: the receiver looks again at each.</summary>
    private async Task AdvanceUntilDoneAsync(Task receiving, TimeSpan atMost)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; passed < atMost && !receiving.IsCompleted; passed += step)
        {
            await Poll.UntilAsync(() => Time.ArmedTimers > 0 || receiving.IsCompleted, "the receiver to wait again");
            Time.Advance(step);
        }
    }

    [Fact]
    public async Task ReceivingFromAnEmptyQueueEndsAfterItsWait()
    {
        var started = Time.GetUtcNow();
        var receiving = BeginReceive(TimeSpan.FromSeconds(5), Ct);
        await AdvanceUntilDoneAsync(receiving, TimeSpan.FromSeconds(6));
        Assert.Empty(await receiving);
        Assert.InRange(Time.GetUtcNow() - started, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.2));
    }

    [Fact]
    public async Task AWaitingReceiverIsWokenByASendWithoutAnyTimePassing()
    {
        var receiving = BeginReceive(TimeSpan.FromSeconds(5), Ct);
        await AReceiverWaits();
        await SendAsync("wake up");
        Assert.Equal("wake up", Text(Assert.Single(await receiving.WaitAsync(Poll.DefaultTimeout, Ct))));
    }

    [Fact]
    public async Task AWaitingReceiverSeesWhatAnotherProcessSends()
    {
        var receiving = BeginReceive(TimeSpan.FromSeconds(10), Ct);
        await AReceiverWaits();
        await (await open(Time)).SendAsync(Name, Encoding.UTF8.GetBytes("from afar"), Ct);
        await AdvanceUntilDoneAsync(receiving, TimeSpan.FromSeconds(3));
        Assert.Equal("from afar", Text(Assert.Single(await receiving)));
    }

    [Fact]
    public async Task AWaitingReceiverGetsAMessageWhenItsLockExpires()
    {
        await SendAsync("locked");
        await ReceiveOneAsync();
        Time.Advance(Lock - TimeSpan.FromMilliseconds(300));
        var receiving = BeginReceive(TimeSpan.FromSeconds(10), Ct);
        await AReceiverWaits();
        await AdvanceUntilDoneAsync(receiving, TimeSpan.FromSeconds(1));
        Assert.Equal(2, Assert.Single(await receiving).DeliveryCount);
    }

    [Fact]
    public async Task ACancelledReceiverThrowsAndTakesNothing()
    {
        using var cancel = new CancellationTokenSource();
        var receiving = BeginReceive(TimeSpan.FromMinutes(1), cancel.Token);
        await AReceiverWaits();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        await SendAsync("for the next");
        Assert.Equal(1, (await ReceiveOneAsync()).DeliveryCount);
    }
}
