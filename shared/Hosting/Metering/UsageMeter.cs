using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Queues;

namespace Saas.Hosting.Metering;

/// <summary>
/// Counts usage by tenant, meter and project and sends it to billing at least every ten seconds and at the full hour.
/// A crash loses what was counted since: at most ten seconds. Nothing is counted twice: a message whose sending failed
/// is kept as it is and sent again under the same ids, which are unique in the life of the process. While messages are
/// left over, counting goes on in memory until the hour ends, so that what an outage costs is bounded by the number of
/// tenants, meters and projects, not by its length.
/// </summary>
public sealed partial class UsageMeter(
    string module, IMessageQueue queue, TimeProvider time, ILogger<UsageMeter> logger) : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Of one message: with their sums they fit into few batches of billing's, and far into a queue's limit.</summary>
    internal const int MaxItems = 100;

    private readonly string _idPrefix = $"app-{module}-{Guid.NewGuid():N}-";
    private readonly Tally<Key> _usage = new();
    private readonly List<UsageMessage> _unsent = [];
    private long _sequence;
    private DateTimeOffset _countedFrom = time.GetUtcNow();
    private DateTimeOffset _flushedAt = time.GetUtcNow();

    /// <summary>Takes no lock, and allocates nothing where the same was counted before. Safe for concurrent use.</summary>
    /// <param name="meter">One of <see cref="Meters"/>.</param>
    /// <param name="projectId">Null for what belongs to no project.</param>
    /// <param name="quantity">In the meter's base unit; not negative.</param>
    public void Count(TenantId tenant, string meter, string? projectId, long quantity) =>
        _usage.Add(new Key(tenant, meter, projectId), quantity);

    /// <summary>After the server: its last calls are counted.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Drain();
        await SendAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(UntilFlush(_flushedAt), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                _flushedAt = time.GetUtcNow();
                if (_unsent.Count == 0 || HourOf(_countedFrom) != HourOf(_flushedAt))
                {
                    Drain();
                }

                await SendAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>So that no count spans two hours, which are billed apart.</summary>
    private static TimeSpan UntilFlush(DateTimeOffset now)
    {
        var untilHour = TimeSpan.FromHours(1) - TimeSpan.FromTicks(now.UtcTicks % TimeSpan.TicksPerHour);
        return untilHour < Interval ? untilHour : Interval;
    }

    private static long HourOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerHour;

    private void Drain()
    {
        var from = _countedFrom;
        _countedFrom = time.GetUtcNow();
        foreach (var tenant in _usage.Drain().GroupBy(counted => counted.Key.Tenant))
        {
            _unsent.AddRange(tenant
                .Select(counted => new UsageItem(
                    _idPrefix + ++_sequence, counted.Key.Meter, counted.Key.ProjectId, from, counted.Count))
                .Chunk(MaxItems)
                .Select(items => new UsageMessage(tenant.Key.Value, items)));
        }
    }

    private async Task SendAsync(CancellationToken ct)
    {
        while (_unsent.Count > 0)
        {
            try
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(_unsent[^1], ClusterJson.Default.UsageMessage);
                await queue.SendAsync(ClusterQueues.Usage, body, ct);
            }
            catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
            {
                Log.NotSent(logger, _unsent.Count, e);
                return;
            }

            _unsent.RemoveAt(_unsent.Count - 1);
        }
    }

    private readonly record struct Key(TenantId Tenant, string Meter, string? ProjectId);

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Warning, "{Count} messages of usage could not be sent to billing; they are sent again.")]
        public static partial void NotSent(ILogger logger, int count, Exception exception);
    }
}
