using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// Tries to lead one cell, for as long as the host runs: takes the lease, reigns while it is renewed, and begins anew
/// after any failure. While another host leads, it asks three times per lease time whether the lease is free.
/// </summary>
internal sealed partial class CellLeader(
    CellId id, CellEnvironment environment, ILease lease, IMessageQueue queue, string owner)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = environment.Loggers.CreateLogger<CellLeader>();
    private readonly Channel<CellMail> _mail = Channel.CreateBounded<CellMail>(
        new BoundedChannelOptions(environment.Options.CellBacklog) { SingleReader = true });

    private Task<bool>? _mailArrives;

    private TimeSpan RenewEvery => environment.Options.LeaseTtl / 3;

    /// <summary>False: too much waits already.</summary>
    public bool TryPost(CellMail mail) => _mail.Writer.TryWrite(mail);

    /// <summary>Returns when cancelled, with the lease given up.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var pause = RenewEvery;
            try
            {
                if (await lease.AcquireAsync(id.LeaseName, owner, environment.Options.LeaseTtl, ct) is { } grant)
                {
                    await ReignAsync(grant, ct);
                    pause = TimeSpan.Zero;
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Whatever it was, the next reign starts from the store; only its cause is worth knowing.
                Log.ReignFailed(_logger, id, error);
                pause = PauseAfterFailure;
            }

            await GiveBackAsync(TakeMail());
            await WaitForMailAsync(pause, ct);
        }
    }

    private async Task ReignAsync(LeaseGrant grant, CancellationToken ct)
    {
        using var reign = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var renewal = RenewAsync(grant, reign);
        try
        {
            if (await Cell.OpenAsync(id, grant.Epoch, environment, reign.Token) is { } cell)
            {
                await WorkAsync(cell, reign.Token);
            }
        }
        catch (DeposedException)
        {
            Log.Deposed(_logger, id, grant.Epoch);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Log.LeaseLost(_logger, id, grant.Epoch);
        }
        finally
        {
            // The next reign of this host gets another epoch, so that no write of this one can reach into it.
            await reign.CancelAsync();
            await renewal;
            await ReleaseAsync(grant);
        }
    }

    private async Task WorkAsync(Cell cell, CancellationToken ct)
    {
        while (true)
        {
            await WaitForMailAsync(cell.UntilNextDue(), ct);
            ct.ThrowIfCancellationRequested();
            var mail = TakeMail();
            try
            {
                await cell.WorkAsync([.. mail.Select(static item => item.Content)], ct);
            }
            catch
            {
                await GiveBackAsync(mail);
                throw;
            }

            await Task.WhenAll(mail.Select(item => CompleteAsync(item, ct)));
        }
    }

    /// <summary>
    /// Renews until the reign ends, and ends it when it cannot: by this host's monotonic clock before the lease runs
    /// out in the store, so that two leaders overlap as little as possible. The fence makes the rest harmless.
    /// </summary>
    private async Task RenewAsync(LeaseGrant grant, CancellationTokenSource reign)
    {
        var (time, ttl) = (environment.Time, environment.Options.LeaseTtl);
        var renewedAt = time.GetTimestamp();
        while (!reign.IsCancellationRequested)
        {
            await Task.Delay(RenewEvery, time, reign.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reign.IsCancellationRequested)
            {
                return;
            }

            var askedAt = time.GetTimestamp();
            var isRenewed = false;
            try
            {
                if (await lease.RenewAsync(grant, ttl, reign.Token) is null)
                {
                    await reign.CancelAsync();
                    return;
                }

                isRenewed = true;
            }
            catch (Exception error) when (error is StorageUnavailableException or OperationCanceledException)
            {
                Log.RenewalFailed(_logger, id, error);
            }

            renewedAt = isRenewed ? askedAt : renewedAt;
            if (time.GetElapsedTime(renewedAt) + RenewEvery >= ttl)
            {
                await reign.CancelAsync();
            }
        }
    }

    private async Task ReleaseAsync(LeaseGrant grant)
    {
        try
        {
            await lease.ReleaseAsync(grant, CancellationToken.None);
        }
        catch (StorageUnavailableException error)
        {
            // It runs out by itself.
            Log.ReleaseFailed(_logger, id, error);
        }
    }

    private async Task WaitForMailAsync(TimeSpan timeout, CancellationToken ct)
    {
        if (timeout > TimeSpan.Zero)
        {
            // One waiting read at a time: a read that timed out stays, and is waited for again.
            _mailArrives ??= _mail.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            await ((Task)_mailArrives).WaitAsync(timeout, environment.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _mailArrives = _mailArrives is { IsCompleted: true } ? null : _mailArrives;
    }

    private List<CellMail> TakeMail()
    {
        var mail = new List<CellMail>();
        while (mail.Count < environment.Options.InboxBatch && _mail.Reader.TryRead(out var item))
        {
            mail.Add(item);
        }

        return mail;
    }

    private async Task CompleteAsync(CellMail mail, CancellationToken ct)
    {
        try
        {
            await queue.CompleteAsync(mail.Message, ct);
        }
        catch (StorageUnavailableException error)
        {
            // It comes again, and finds nothing left to do.
            Log.CompletionFailed(_logger, id, error);
        }
    }

    /// <summary>
    /// For whoever leads the cell. A message that went around often enough is completed instead: its leader finds by
    /// its resync what the message would have told, and dead letters are for messages that are broken.
    /// </summary>
    private async Task GiveBackAsync(List<CellMail> mail)
    {
        foreach (var item in mail)
        {
            try
            {
                if (item.Message.DeliveryCount >= QueueLimits.MaxDeliveries)
                {
                    await queue.CompleteAsync(item.Message, CancellationToken.None);
                }
                else
                {
                    await queue.AbandonAsync(item.Message, TimeSpan.FromMilliseconds(50 * item.Message.DeliveryCount), CancellationToken.None);
                }
            }
            catch (StorageUnavailableException error)
            {
                // Its lock runs out by itself.
                Log.CompletionFailed(_logger, id, error);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Leading cell {Cell} failed; it is loaded anew.")]
        public static partial void ReignFailed(ILogger logger, CellId cell, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "Cell {Cell} has a newer leader than epoch {Epoch}.")]
        public static partial void Deposed(ILogger logger, CellId cell, long epoch);

        [LoggerMessage(3, LogLevel.Warning, "The lease of cell {Cell} was lost in epoch {Epoch}.")]
        public static partial void LeaseLost(ILogger logger, CellId cell, long epoch);

        [LoggerMessage(4, LogLevel.Warning, "The lease of cell {Cell} could not be renewed.")]
        public static partial void RenewalFailed(ILogger logger, CellId cell, Exception error);

        [LoggerMessage(5, LogLevel.Warning, "The lease of cell {Cell} could not be released.")]
        public static partial void ReleaseFailed(ILogger logger, CellId cell, Exception error);

        [LoggerMessage(6, LogLevel.Warning, "A message of cell {Cell} could not be completed or given back.")]
        public static partial void CompletionFailed(ILogger logger, CellId cell, Exception error);
    }
}
