using Saas.Storage.Signals;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Signals;

/// <summary>What every <see cref="IChangeSignal"/> keeps. Time is faked.</summary>
public abstract class ChangeSignalContract
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly IChangeSignal _signal;

    protected ChangeSignalContract(Func<TimeProvider, IChangeSignal> open) => _signal = open(_time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task Completes(Task waiting) => waiting.WaitAsync(Poll.DefaultTimeout, Ct);

    [Fact]
    public void AVersionRisesFromZeroWithEveryRaise()
    {
        Assert.Equal(0, _signal.Version("topic"));
        for (var last = 0L; last < 3; last = _signal.Version("topic"))
        {
            _signal.Raise("topic");
            Assert.True(_signal.Version("topic") > last);
        }

        Assert.Equal(0, _signal.Version("other"));
    }

    [Fact]
    public async Task ARaiseWakesEveryWaiterOfItsTopicAndNoOther()
    {
        var waiting = Enumerable.Range(0, 1000).Select(_ => _signal.WaitAsync("topic", 0, Long, Ct)).ToArray();
        var other = _signal.WaitAsync("other", 0, Long, Ct);
        Assert.All(waiting, static task => Assert.False(task.IsCompleted));
        _signal.Raise("topic");
        await Completes(Task.WhenAll(waiting));
        Assert.False(other.IsCompleted);
        _signal.Raise("other");
        await Completes(other);
    }

    [Fact]
    public async Task ARaiseBetweenReadingTheVersionAndWaitingIsNotMissed()
    {
        var seen = _signal.Version("topic");
        _signal.Raise("topic");
        await Completes(_signal.WaitAsync("topic", seen, Long, Ct));
        var next = _signal.WaitAsync("topic", _signal.Version("topic"), Long, Ct);
        Assert.False(next.IsCompleted);
        _signal.Raise("topic");
        await Completes(next);
    }

    [Fact]
    public async Task AWaitEndsQuietlyAfterItsTimeout()
    {
        var waiting = _signal.WaitAsync("topic", 0, Long, Ct);
        _time.Advance(Long - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Completes(waiting);
        await Completes(_signal.WaitAsync("topic", 0, TimeSpan.Zero, Ct));
    }

    [Fact]
    public async Task ACancelledWaitThrowsAndLeavesTheOthers()
    {
        using var cancel = new CancellationTokenSource();
        var cancelled = _signal.WaitAsync("topic", 0, Long, cancel.Token);
        var patient = _signal.WaitAsync("topic", 0, Long, Ct);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(patient.IsCompleted);
        _signal.Raise("topic");
        await Completes(patient);
    }

    [Fact]
    public async Task WaitersThatComeWhileItIsRaisedAreNeverLeftBehind()
    {
        const int raises = 2000;
        var follower = Task.Run(async () =>
        {
            var seen = 0L;
            while (seen < raises)
            {
                await _signal.WaitAsync("topic", seen, Long, Ct);
                seen = _signal.Version("topic");
            }
        });
        for (var i = 0; i < raises; i++)
        {
            _signal.Raise("topic");
        }

        await Completes(follower);
    }
}

public sealed class InProcessChangeSignalContractTests() : ChangeSignalContract(static time => new InProcessChangeSignal(time));
