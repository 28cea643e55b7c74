using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Telemetry;
using Saas.Storage.Leases;

namespace Saas.Hosting.Triggers;

/// <summary>
/// Runs one timer's handler at its times, over all instances once a tick. The instance that gets the tick's lease runs
/// it and keeps the lease for half the time to the next tick (at most five minutes), so another whose clock is behind
/// finds the tick taken. A tick missed because nothing ran is not made up: handlers work on state, not on ticks.
/// </summary>
internal sealed partial class TimerRunner(
    string module, TimerTrigger trigger, ILease lease, IServiceProvider services, TimeProvider time, ILogger<TimerRunner> logger)
    : BackgroundService
{
    private static readonly TimeSpan MaxHold = TimeSpan.FromMinutes(5);

    private readonly string _lease = $"timer-{module}-{trigger.Function}";
    private readonly string _owner = Guid.NewGuid().ToString("N");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (trigger.Schedule.Next(time.GetUtcNow()) is { } due)
        {
            if (!await WaitUntilAsync(due, stoppingToken))
            {
                return;
            }

            await TickAsync(due, stoppingToken);
        }
    }

    /// <summary>In steps of at most an hour: a timer has a longest time, and a corrected clock is noticed.</summary>
    private async Task<bool> WaitUntilAsync(DateTimeOffset due, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var left = due - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return true;
            }

            var step = left < TimeSpan.FromHours(1) ? left : TimeSpan.FromHours(1);
            await Task.Delay(step, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    private async Task TickAsync(DateTimeOffset due, CancellationToken stopping)
    {
        using var activity = HostingTelemetry.Source.StartActivity(trigger.Function, ActivityKind.Internal);
        using var scope = LogScopes.Function(logger, trigger.Function);
        try
        {
            var hold = HoldFor(due);
            if (await lease.AcquireAsync(_lease, _owner, hold, stopping) is not { } grant)
            {
                HostingTelemetry.TimerTicked(trigger.Function, "elsewhere");
                return;
            }

            using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            using var done = new CancellationTokenSource();
            var renewing = RenewAsync(grant, hold, lost, done.Token);
            try
            {
                await trigger.Handler(services, lost.Token);
            }
            finally
            {
                await done.CancelAsync();
                await renewing;
            }

            HostingTelemetry.TimerTicked(trigger.Function, "completed");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            HostingTelemetry.TimerTicked(trigger.Function, "interrupted");
        }
        catch (Exception e)
        {
            Log.Failed(logger, trigger.Function, e);
            HostingTelemetry.TimerTicked(trigger.Function, "failed");
            activity?.SetStatus(ActivityStatusCode.Error);
        }
    }

    private TimeSpan HoldFor(DateTimeOffset due)
    {
        var half = (trigger.Schedule.Next(due) ?? DateTimeOffset.MaxValue) - due;
        return half / 2 < MaxHold ? half / 2 : MaxHold;
    }

    /// <summary>A handler that outlasts its lease keeps it; if it is lost, another runs, and this one is cancelled.</summary>
    private async Task RenewAsync(LeaseGrant grant, TimeSpan hold, CancellationTokenSource lost, CancellationToken done)
    {
        while (true)
        {
            await Task.Delay(hold / 2, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                return;
            }

            try
            {
                if (await lease.RenewAsync(grant, hold, CancellationToken.None) is not { } renewed)
                {
                    Log.Lost(logger, trigger.Function);
                    await lost.CancelAsync();
                    return;
                }

                grant = renewed;
            }
            catch (Storage.StorageUnavailableException e)
            {
                Log.CannotRenew(logger, trigger.Function, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Error, "{Function} failed; its next tick runs it again.")]
        public static partial void Failed(ILogger logger, string function, Exception exception);

        [LoggerMessage(31, LogLevel.Warning, "{Function} lost its lease to another instance and is cancelled.")]
        public static partial void Lost(ILogger logger, string function);

        [LoggerMessage(32, LogLevel.Warning, "{Function} could not renew its lease this time.")]
        public static partial void CannotRenew(ILogger logger, string function, Exception exception);
    }
}
