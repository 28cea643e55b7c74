using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Queues;

namespace Saas.Hosting.Metering;

/// <summary>
/// Counts authenticated API calls by tenant and sends them to billing at least every ten seconds and at the full hour.
/// A crash loses what was counted since: at most ten seconds. Nothing is counted twice: a message whose sending failed
/// is kept as it is and sent again under the same id, which is unique in the life of the process.
/// </summary>
internal sealed partial class ApiCallMeter(
    string module, IMessageQueue queue, TimeProvider time, ILogger<ApiCallMeter> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly string _idPrefix = $"api-{module}-{Guid.NewGuid():N}-";
    private readonly Tally<TenantId> _calls = new();
    private readonly List<UsageMessage> _unsent = [];
    private long _sequence;
    private DateTimeOffset _countedFrom = time.GetUtcNow();

    public void Count(TenantId tenant) => _calls.Add(tenant);

    /// <summary>After the server: its last calls are counted.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(UntilFlush(_countedFrom), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await FlushAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>So that no count spans two hours, which are billed apart.</summary>
    private static TimeSpan UntilFlush(DateTimeOffset now)
    {
        var untilHour = TimeSpan.FromHours(1) - TimeSpan.FromTicks(now.UtcTicks % TimeSpan.TicksPerHour);
        return untilHour < Interval ? untilHour : Interval;
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        var from = _countedFrom;
        _countedFrom = time.GetUtcNow();
        foreach (var (tenant, count) in _calls.Drain())
        {
            var item = new UsageItem(_idPrefix + ++_sequence, Meters.ApiCalls, null, from, count);
            _unsent.Add(new UsageMessage(tenant.Value, [item]));
        }

        while (_unsent.Count > 0)
        {
            var message = _unsent[^1];
            try
            {
                await queue.SendAsync(
                    ClusterQueues.Usage,
                    System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(message, ClusterJson.Default.UsageMessage), ct);
            }
            catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
            {
                Log.NotSent(logger, _unsent.Count, e);
                return;
            }

            _unsent.RemoveAt(_unsent.Count - 1);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Warning, "{Count} counts of API calls could not be sent to billing; they are sent again.")]
        public static partial void NotSent(ILogger logger, int count, Exception exception);
    }
}
