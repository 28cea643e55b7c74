using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Audit.Spool;
using Saas.Storage;

namespace Saas.Hosting.Audit;

/// <summary>
/// Runs what a spool needs: a shipper for it, one for each spool that a dead process left, the flush each second, and
/// the alarm. At shutdown the last records are shipped, for a bounded time; the rest is on the disk for the next.
/// </summary>
internal sealed partial class AuditShipping(
    AuditSpool spool, AuditLog log, TenantScopes tenants, TimeProvider time, AuditSpoolOptions options, ILogger<AuditShipping> logger)
    : BackgroundService
{
    // These are about files, processes and the process's own end, so they go by the real clock.
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AdoptInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AlarmInterval = TimeSpan.FromMinutes(1);

    private DateTimeOffset _alarmedAt = DateTimeOffset.MinValue;
    private bool _isFlushFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var abandon = new CancellationTokenSource();
        await using var patience = stoppingToken.UnsafeRegister(_ => abandon.CancelAfter(options.StopPatience), null);
        await Task.WhenAll(
            ShipOwnAsync(stoppingToken, abandon.Token), AdoptAsync(stoppingToken, abandon.Token), WatchAsync(stoppingToken));
    }

    private async Task ShipOwnAsync(CancellationToken stopping, CancellationToken abandon)
    {
        var own = new SpoolShipper(spool.Folder, spool.Wake, spool.TryClose, log, tenants, time, options, logger);
        spool.Shipping(own, isRunning: true);
        if (!await own.RunAsync(stopping, abandon))
        {
            Log.LeftOver(logger, spool.State.Bytes, options.Folder);
        }
    }

    private async Task AdoptAsync(CancellationToken stopping, CancellationToken abandon)
    {
        var adopted = new List<Task>();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                foreach (var folder in SpoolFolder.ClaimAbandoned(options.Folder, spool.Use))
                {
                    Log.Adopted(logger, folder.Id, folder.End);
                    adopted.Add(ShipAdoptedAsync(folder, stopping, abandon));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.NotAdopted(logger, e);
            }

            adopted.RemoveAll(task => task.IsCompletedSuccessfully);
            await Task.Delay(AdoptInterval, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(adopted);
    }

    private async Task ShipAdoptedAsync(SpoolFolder folder, CancellationToken stopping, CancellationToken abandon)
    {
        using (folder)
        {
            var shipper = new SpoolShipper(folder, new WakeSignal(), static _ => true, log, tenants, time, options, logger);
            spool.Shipping(shipper, isRunning: true);
            await shipper.RunAsync(stopping, abandon);
            spool.Shipping(shipper, isRunning: false);
            folder.DeleteIfEmpty();
        }
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                spool.Flush();
                _isFlushFailing = false;
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The latter: a segment was shipped and removed meanwhile.
                _isFlushFailing = e is IOException;
                Log.NotFlushed(logger, e);
            }

            Alarm();
            await Task.Delay(FlushInterval, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Alarm()
    {
        var (state, now) = (spool.State, time.GetUtcNow());
        if ((state.IsDegraded || _isFlushFailing) && now - _alarmedAt >= AlarmInterval)
        {
            _alarmedAt = now;
            Log.Degraded(
                logger, state.Bytes, state.MaxBytes, state.OldestAge, state.FailingTenants, state.FailingFor, state.IsDiskLow || _isFlushFailing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(66, LogLevel.Critical, "Audit records do not get to their logs: {Bytes} of {MaxBytes} bytes are in the spool, the oldest for {OldestAge}; {FailingTenants} logs fail, for up to {FailingFor}; disk at fault: {DiskAtFault}. Requests are refused when it is full.")]
        public static partial void Degraded(
            ILogger logger, long bytes, long maxBytes, TimeSpan oldestAge, int failingTenants, TimeSpan failingFor, bool diskAtFault);

        [LoggerMessage(67, LogLevel.Warning, "{Bytes} bytes of audit records could not be shipped before the end; they are in {Folder} for the next process.")]
        public static partial void LeftOver(ILogger logger, long bytes, string folder);

        [LoggerMessage(68, LogLevel.Information, "The audit spool {Spool} of a dead process is shipped, up to offset {End}.")]
        public static partial void Adopted(ILogger logger, string spool, long end);

        [LoggerMessage(69, LogLevel.Error, "Audit spools of dead processes cannot be opened; they are looked for again.")]
        public static partial void NotAdopted(ILogger logger, Exception exception);

        [LoggerMessage(70, LogLevel.Debug, "A segment of the audit spool was not flushed to the disk.")]
        public static partial void NotFlushed(ILogger logger, Exception exception);
    }
}
