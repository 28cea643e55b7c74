using System.Text;
using Saas.Storage.Queues;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Queues;

/// <summary>What every <see cref="IMessageQueue"/> keeps. Time is faked; every test has a queue of its own.</summary>
/// <param name="open">Another instance over the same messages, as another process has it.</param>
public abstract partial class MessageQueueContract(Func<TimeProvider, Task<IMessageQueue>> open) : IAsyncLifetime
{
    private static readonly TimeSpan Lock = TimeSpan.FromSeconds(30);

    private IMessageQueue _queue = null!;

    protected FakeTimeProvider Time { get; } = new();

    protected string Name { get; } = Unique.Name("q");

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _queue = await open(Time);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private ValueTask SendAsync(string body) => _queue.SendAsync(Name, Encoding.UTF8.GetBytes(body), Ct);

    private ValueTask<IReadOnlyList<QueueMessage>> ReceiveAsync(int max = 10) =>
        _queue.ReceiveAsync(Name, max, Lock, TimeSpan.Zero, Ct);

    private async Task<QueueMessage> ReceiveOneAsync() => Assert.Single(await ReceiveAsync(1));

    private static string Text(QueueMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    [Fact]
    public async Task AMessageSentIsReceivedLocked()
    {
        var sent = Time.GetUtcNow();
        await SendAsync("hello");
        var message = await ReceiveOneAsync();
        Assert.Equal((Name, "hello", 1), (message.Queue, Text(message), message.DeliveryCount));
        Assert.Equal((sent, sent + Lock), (message.EnqueuedAt, message.LockedUntil));
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task MessagesOfOneSenderComeInTheirOrder()
    {
        for (var i = 0; i < 120; i++)
        {
            await SendAsync($"{i}");
        }

        var received = new List<string>();
        while (await ReceiveAsync(17) is { Count: > 0 } some)
        {
            Assert.True(some.Count <= 17);
            received.AddRange(some.Select(Text));
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"{i}"), received);
    }

    [Fact]
    public async Task ACompletedMessageIsGone()
    {
        await SendAsync("once");
        var message = await ReceiveOneAsync();
        Assert.True(await _queue.CompleteAsync(message, Ct));
        Assert.False(await _queue.CompleteAsync(message, Ct));
        Time.Advance(Lock * 2);
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task AnUnknownQueueIsEmpty()
    {
        Assert.Empty(await ReceiveAsync());
        Assert.Empty(await _queue.PeekDeadLettersAsync(Name, 10, Ct));
    }

    [Fact]
    public async Task QueuesDoNotMix()
    {
        await SendAsync("mine");
        Assert.Empty(await _queue.ReceiveAsync(Name + "x", 10, Lock, TimeSpan.Zero, Ct));
        Assert.Single(await ReceiveAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("With-Dash")]
    public async Task ANameThatIsNoQueueIsRefused(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _queue.SendAsync(name, default, Ct).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => _queue.ReceiveAsync(name, 1, Lock, TimeSpan.Zero, Ct).AsTask());
    }

    [Fact]
    public async Task TheLargestBodyComesBackAndAByteMoreIsRefused()
    {
        var body = new byte[QueueLimits.MaxBodyBytes + 1];
        new Random(1).NextBytes(body);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _queue.SendAsync(Name, body, Ct).AsTask());
        Assert.Empty(await ReceiveAsync());
        for (var i = 0; i < 20; i++)
        {
            await _queue.SendAsync(Name, body.AsMemory(1), Ct);
        }

        var received = 0;
        while (await ReceiveAsync(50) is { Count: > 0 } some)
        {
            Assert.All(some, message => Assert.True(message.Body.Span.SequenceEqual(body.AsSpan(1))));
            received += some.Count;
        }

        Assert.Equal(20, received);
    }

    [Fact]
    public async Task AnEmptyBodyIsAMessage()
    {
        await _queue.SendAsync(Name, default, Ct);
        Assert.Equal(0, (await ReceiveOneAsync()).Body.Length);
    }

    [Fact]
    public async Task MessagesAndLocksOutliveARestart()
    {
        await SendAsync("locked");
        await ReceiveOneAsync();
        await SendAsync("waiting");
        _queue = await open(Time);
        Assert.Equal("waiting", Text(await ReceiveOneAsync()));
        Time.Advance(Lock + TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await ReceiveAsync()).Count);
    }

    [Fact]
    public async Task ReceiversOfSeveralProcessesGetEveryMessageOnce()
    {
        const int messages = 150;
        for (var i = 0; i < messages; i++)
        {
            await SendAsync($"{i}");
        }

        var receivers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => open(Time)));
        var received = await Task.WhenAll(receivers.Select(receiver => Task.Run(async () =>
        {
            var own = new List<string>();
            while (await receiver.ReceiveAsync(Name, 7, Lock, TimeSpan.Zero, Ct) is { Count: > 0 } some)
            {
                foreach (var message in some)
                {
                    own.Add(Text(message));
                    Assert.True(await receiver.CompleteAsync(message, Ct));
                }
            }

            return own;
        })));
        Assert.Equal(
            Enumerable.Range(0, messages).Select(i => $"{i}").Order(StringComparer.Ordinal),
            received.SelectMany(own => own).Order(StringComparer.Ordinal));
    }
}
