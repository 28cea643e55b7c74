using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Modules;
using Saas.Hosting.Telemetry;
using Saas.Storage;
using Saas.Storage.Queues;

namespace Saas.Hosting.Triggers;

/// <summary>
/// Feeds one queue to its handler: receive with a lock, keep the lock while the handler runs, then complete it, give it
/// back with growing delay, or set it aside. A message that comes again (crash, lost lock) is the handler's to bear.
/// On shutdown nothing more is received; handlers under way get the host's shutdown time, and what they have not
/// finished by then is given back at once.
/// </summary>
internal sealed partial class QueuePump(
    QueueTrigger trigger, IMessageQueue queue, IServiceProvider services, TimeProvider time, ILogger<QueuePump> logger)
    : BackgroundService
{
    /// <summary>Handlers at a time. They wait for the store most of the time.</summary>
    public const int Concurrency = 8;

    public static readonly TimeSpan LockFor = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ReceiveWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _room = new(Concurrency);
    private readonly CancellationTokenSource _abort = new();

    /// <summary>Delay before the next delivery: 1 s, doubled with each, at most five minutes.</summary>
    public static TimeSpan Backoff(int deliveryCount) =>
        TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(deliveryCount, 20) - 1), MaxDelay.TotalSeconds));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await using var deadline = cancellationToken.Register(_abort.Cancel);
        for (var i = 0; i < Concurrency; i++)
        {
            await _room.WaitAsync(CancellationToken.None);
        }

        // A host may be stopped twice.
        _room.Release(Concurrency);
    }

    public override void Dispose()
    {
        base.Dispose();
        _abort.Dispose();
        _room.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReceiveAsync(stoppingToken);
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failures++;
                Log.CannotReceive(logger, trigger.Queue, failures, e);
                await Task.Delay(Backoff(Math.Min(failures, 6)), time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Takes as many as there is room for and starts them, without waiting for their end.</summary>
    private async Task ReceiveAsync(CancellationToken ct)
    {
        await _room.WaitAsync(ct);
        var taken = 1;
        IReadOnlyList<QueueMessage> messages = [];
        try
        {
            while (taken < Concurrency && await _room.WaitAsync(0, ct))
            {
                taken++;
            }

            messages = await queue.ReceiveAsync(trigger.Queue, taken, LockFor, ReceiveWait, ct);
        }
        finally
        {
            if (taken > messages.Count)
            {
                _room.Release(taken - messages.Count);
            }
        }

        foreach (var message in messages)
        {
            _ = RunAsync(message);
        }
    }

    private async Task RunAsync(QueueMessage message)
    {
        try
        {
            await using var held = new HeldMessage(queue, message, LockFor, time, logger);
            await held.SettleAsync(await HandleAsync(message, held.Lost));
        }
        catch (StorageUnavailableException e)
        {
            // Its lock runs out and it comes again.
            Log.NotSettled(logger, trigger.Function, message.Id, e);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task<Settlement> HandleAsync(QueueMessage message, CancellationToken lost)
    {
        using var activity = HostingTelemetry.Source.StartActivity(trigger.Function, ActivityKind.Consumer);
        using var scope = LogScopes.Message(logger, trigger.Function, message.Id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, lost);
        try
        {
            await trigger.Handler(services, message.Body, stop.Token);
            HostingTelemetry.MessageHandled(trigger.Function, "completed");
            return Settlement.Complete;
        }
        catch (PoisonMessageException e)
        {
            Log.Poison(logger, trigger.Function, message.Id, e);
            HostingTelemetry.MessageHandled(trigger.Function, "poison");
            activity?.SetStatus(ActivityStatusCode.Error);
            return Settlement.DeadLetter(e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            HostingTelemetry.MessageHandled(trigger.Function, "interrupted");
            return Settlement.Abandon(TimeSpan.Zero);
        }
        catch (Exception e)
        {
            Log.Failed(logger, trigger.Function, message.Id, message.DeliveryCount, e);
            HostingTelemetry.MessageHandled(trigger.Function, "failed");
            activity?.SetStatus(ActivityStatusCode.Error);
            return Settlement.Abandon(Backoff(message.DeliveryCount));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "Queue {Queue} cannot be read, {Failures} times by now.")]
        public static partial void CannotReceive(ILogger logger, string queue, int failures, Exception exception);

        [LoggerMessage(21, LogLevel.Error, "{Function} failed on message {Message}, delivery {Delivery}.")]
        public static partial void Failed(ILogger logger, string function, string message, int delivery, Exception exception);

        [LoggerMessage(22, LogLevel.Error, "{Function} refused message {Message}; it is set aside.")]
        public static partial void Poison(ILogger logger, string function, string message, Exception exception);

        [LoggerMessage(23, LogLevel.Warning, "{Function} could not settle message {Message}; it comes again.")]
        public static partial void NotSettled(ILogger logger, string function, string message, Exception exception);
    }
}
