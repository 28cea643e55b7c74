using Microsoft.Extensions.Logging;
using Saas.Storage;
using Saas.Storage.Queues;

namespace Saas.Hosting.Triggers;

/// <summary>What becomes of a message.</summary>
internal readonly record struct Settlement(SettlementKind Kind, TimeSpan Delay, string? Reason)
{
    public static readonly Settlement Complete = new(SettlementKind.Complete, default, null);

    public static Settlement Abandon(TimeSpan delay) => new(SettlementKind.Abandon, delay, null);

    public static Settlement DeadLetter(string reason) => new(SettlementKind.DeadLetter, default, reason);
}

internal enum SettlementKind
{
    Complete,
    Abandon,
    DeadLetter,
}

/// <summary>A message whose lock is renewed at half time until it is settled.</summary>
internal sealed partial class HeldMessage : IAsyncDisposable
{
    private readonly IMessageQueue _queue;
    private readonly TimeSpan _lockFor;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _settled = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _renewing;
    private QueueMessage _message;

    public HeldMessage(IMessageQueue queue, QueueMessage message, TimeSpan lockFor, TimeProvider time, ILogger logger)
    {
        (_queue, _message, _lockFor, _time, _logger) = (queue, message, lockFor, time, logger);
        _renewing = RenewAsync();
    }

    /// <summary>Cancelled when the lock is lost: somebody else has the message.</summary>
    public CancellationToken Lost => _lost.Token;

    public async Task SettleAsync(Settlement settlement)
    {
        await StopRenewingAsync();
        var done = settlement.Kind switch
        {
            SettlementKind.Complete => await _queue.CompleteAsync(_message, CancellationToken.None),
            SettlementKind.Abandon => await _queue.AbandonAsync(_message, settlement.Delay, CancellationToken.None),
            _ => await _queue.DeadLetterAsync(_message, settlement.Reason ?? "", CancellationToken.None),
        };
        if (!done)
        {
            Log.LockLost(_logger, _message.Queue, _message.Id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopRenewingAsync();
        _settled.Dispose();
        _lost.Dispose();
    }

    private async Task StopRenewingAsync()
    {
        await _settled.CancelAsync();
        await _renewing;
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(_lockFor / 2, _time, _settled.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_settled.IsCancellationRequested)
            {
                return;
            }

            try
            {
                if (await _queue.RenewAsync(_message, _lockFor, CancellationToken.None) is not { } renewed)
                {
                    await _lost.CancelAsync();
                    return;
                }

                _message = renewed;
            }
            catch (StorageUnavailableException e)
            {
                // The lock stands for the other half of its time; the next round tries again.
                Log.CannotRenew(_logger, _message.Queue, _message.Id, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(24, LogLevel.Warning, "The lock of message {Message} of {Queue} was lost; it is or will be delivered again.")]
        public static partial void LockLost(ILogger logger, string queue, string message);

        [LoggerMessage(25, LogLevel.Warning, "The lock of message {Message} of {Queue} could not be renewed this time.")]
        public static partial void CannotRenew(ILogger logger, string queue, string message, Exception exception);
    }
}
