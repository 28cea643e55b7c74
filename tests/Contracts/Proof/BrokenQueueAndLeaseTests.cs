using Saas.Contracts.Tests.Leases;
using Saas.Contracts.Tests.Queues;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Proof;

/// <summary>Queues and leases with one fault each: their suites must notice.</summary>
public sealed class BrokenQueueAndLeaseTests
{
    [Fact]
    public async Task TheQueueSuiteNoticesALockThatIsNotChecked() => Assert.NotEmpty(
        await QueueFailuresAsync(static real => new ForgivesLostLocks(real), nameof(MessageQueueContract.ALostLockRefusesEverything)));

    [Fact]
    public async Task TheQueueSuiteNoticesALockThatDoesNotLock() => Assert.NotEmpty(
        await QueueFailuresAsync(static real => new LocksForATick(real), nameof(MessageQueueContract.AMessageSentIsReceivedLocked)));

    [Fact]
    public async Task TheQueueSuiteNoticesDeadLettersThatAreLost() => Assert.NotEmpty(
        await QueueFailuresAsync(static real => new DropsDeadLetters(real), nameof(MessageQueueContract.ADeadLetterKeepsItsReasonAndStays)));

    [Fact]
    public async Task TheQueueSuitePassesWhatIsNotBroken() => Assert.Empty(await QueueFailuresAsync(static real => real));

    [Fact]
    public async Task TheLeaseSuiteNoticesAnEpochThatStaysWhenTheOwnerChanges() => Assert.NotEmpty(
        await LeaseFailuresAsync(static real => new KeepsItsEpoch(real), nameof(LeaseContract.AHeldLeaseIsRefusedToOthersUntilItExpires)));

    [Fact]
    public async Task TheLeaseSuiteNoticesAReleaseThatDoesNothing() => Assert.NotEmpty(
        await LeaseFailuresAsync(static real => new NeverReleases(real), nameof(LeaseContract.AReleasedLeaseIsFreeAtOnceAndItsEpochRises)));

    [Fact]
    public async Task TheLeaseSuitePassesWhatIsNotBroken() => Assert.Empty(await LeaseFailuresAsync(static real => real));

    private static Task<IReadOnlySet<string>> QueueFailuresAsync(Func<IMessageQueue, IMessageQueue> breaking, string? only = null)
    {
        var store = new InMemoryTableStore();
        return SuiteRun.FailuresAsync<QueueSuite>(() => new QueueSuite(time => Task.FromResult(
            breaking(new StoreMessageQueue(store, new InProcessChangeSignal(time), time)))), only);
    }

    private static Task<IReadOnlySet<string>> LeaseFailuresAsync(Func<ILease, ILease> breaking, string? only = null)
    {
        var store = new InMemoryTableStore();
        return SuiteRun.FailuresAsync<LeaseSuite>(
            () => new LeaseSuite(time => Task.FromResult(breaking(new StoreLease(store, time)))), only);
    }

    private sealed class QueueSuite(Func<TimeProvider, Task<IMessageQueue>> open) : MessageQueueContract(open);

    private sealed class LeaseSuite(Func<TimeProvider, Task<ILease>> open) : LeaseContract(open);

    private abstract class QueueWrapper(IMessageQueue real) : IMessageQueue
    {
        protected IMessageQueue Real => real;

        public ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken ct) => real.SendAsync(queue, body, ct);

        public virtual ValueTask<IReadOnlyList<QueueMessage>> ReceiveAsync(
            string queue, int max, TimeSpan lockFor, TimeSpan wait, CancellationToken ct) =>
            real.ReceiveAsync(queue, max, lockFor, wait, ct);

        public virtual ValueTask<bool> CompleteAsync(QueueMessage message, CancellationToken ct) => real.CompleteAsync(message, ct);

        public ValueTask<bool> AbandonAsync(QueueMessage message, TimeSpan delay, CancellationToken ct) =>
            real.AbandonAsync(message, delay, ct);

        public ValueTask<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan lockFor, CancellationToken ct) =>
            real.RenewAsync(message, lockFor, ct);

        public virtual ValueTask<bool> DeadLetterAsync(QueueMessage message, string reason, CancellationToken ct) =>
            real.DeadLetterAsync(message, reason, ct);

        public ValueTask<IReadOnlyList<DeadLetter>> PeekDeadLettersAsync(string queue, int max, CancellationToken ct) =>
            real.PeekDeadLettersAsync(queue, max, ct);
    }

    private sealed class ForgivesLostLocks(IMessageQueue real) : QueueWrapper(real)
    {
        public override async ValueTask<bool> CompleteAsync(QueueMessage message, CancellationToken ct)
        {
            await Real.CompleteAsync(message, ct);
            return true;
        }
    }

    private sealed class LocksForATick(IMessageQueue real) : QueueWrapper(real)
    {
        public override async ValueTask<IReadOnlyList<QueueMessage>> ReceiveAsync(
            string queue, int max, TimeSpan lockFor, TimeSpan wait, CancellationToken ct)
        {
            var received = await Real.ReceiveAsync(queue, max, lockFor, wait, ct);
            foreach (var message in received)
            {
                await Real.AbandonAsync(message, TimeSpan.Zero, ct);
            }

            return received;
        }
    }

    private sealed class DropsDeadLetters(IMessageQueue real) : QueueWrapper(real)
    {
        public override ValueTask<bool> DeadLetterAsync(QueueMessage message, string reason, CancellationToken ct) =>
            Real.CompleteAsync(message, ct);
    }

    private abstract class LeaseWrapper(ILease real) : ILease
    {
        protected ILease Real => real;

        public virtual ValueTask<LeaseGrant?> AcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken ct) =>
            real.AcquireAsync(name, owner, ttl, ct);

        public ValueTask<LeaseGrant?> RenewAsync(LeaseGrant grant, TimeSpan ttl, CancellationToken ct) =>
            real.RenewAsync(grant, ttl, ct);

        public virtual ValueTask ReleaseAsync(LeaseGrant grant, CancellationToken ct) => real.ReleaseAsync(grant, ct);
    }

    private sealed class KeepsItsEpoch(ILease real) : LeaseWrapper(real)
    {
        public override async ValueTask<LeaseGrant?> AcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken ct) =>
            await Real.AcquireAsync(name, owner, ttl, ct) is { } grant ? grant with { Epoch = 1 } : null;
    }

    private sealed class NeverReleases(ILease real) : LeaseWrapper(real)
    {
        public override ValueTask ReleaseAsync(LeaseGrant grant, CancellationToken ct) => ValueTask.CompletedTask;
    }
}
