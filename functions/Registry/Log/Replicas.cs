using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Registry.Log;

/// <summary>
/// The replicas of this process, by partition. Several times a second it looks after each of them: those with waiters hear
/// of what other instances wrote, silent leases are ended, long logs get a snapshot, and what nobody has used for a while
/// is dropped. All of it is only ever sooner or later: nothing depends on a pass taking place.
/// </summary>
internal sealed partial class Replicas(SteadyClock clock, ILogger<Replicas> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    /// <summary>What other instances write is seen by waiters within this and a beat.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan MaxIdle = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Entry> _replicas = new(StringComparer.Ordinal);

    /// <summary>Those in memory, for tests.</summary>
    public int Count => _replicas.Count;

    public Replica Of(TablePartition partition)
    {
        if (_replicas.TryGetValue(partition.Key, out var found))
        {
            return found.Replica;
        }

        return _replicas.GetOrAdd(partition.Key, _ => new Entry(new Replica(new LogStore(partition), clock))).Replica;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, clock.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Pass(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Each by itself: one whose store is slow holds up no other.</summary>
    private void Pass(CancellationToken ct)
    {
        foreach (var (key, entry) in _replicas)
        {
            if (entry.Replica.Idle > MaxIdle)
            {
                // Whoever still holds it can go on with it; it is only not found any more.
                _replicas.TryRemove(key, out _);
            }
            else if (entry.Replica.IsLoaded && (entry.Tending is null || entry.Tending.IsCompleted))
            {
                entry.Tending = TendAsync(key, entry.Replica, ct);
            }
        }
    }

    private async Task TendAsync(string key, Replica replica, CancellationToken ct)
    {
        await Task.Yield();
        try
        {
            if (replica.Watches.Count > 0 && replica.Age > MaxAge)
            {
                await replica.ReadAsync(ct);
            }

            await replica.Leases.SweepAsync(ct);
            replica.Watches.Sweep();
            if (SnapshotWriter.IsDue(replica.Position) && await replica.Snapshots.WriteAsync(replica.Position, ct) is { } pointer)
            {
                await replica.SnapshotWrittenAsync(pointer);
            }
        }
        catch (Exception e) when (e is StorageUnavailableException || (e is OperationCanceledException && ct.IsCancellationRequested))
        {
            // The next pass tries again.
            LogLater(logger, key, e.Message);
        }
        catch (Exception e)
        {
            LogFault(logger, key, e);
        }
    }

    private sealed class Entry(Replica replica)
    {
        public Replica Replica => replica;
        public Task? Tending { get; set; }
    }

    [LoggerMessage(1, LogLevel.Information, "Domain {Domain} is looked after later: {Reason}")]
    private static partial void LogLater(ILogger logger, string domain, string reason);

    [LoggerMessage(2, LogLevel.Error, "Domain {Domain} could not be looked after")]
    private static partial void LogFault(ILogger logger, string domain, Exception fault);
}
