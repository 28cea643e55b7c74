using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;

namespace Saas.Scheduler.Host;

/// <summary>
/// The always-on part of the scheduler: leads cells, and hands each the messages of the inbox that are for it. Several
/// hosts may run over one store; each cell has one leader at a time, and a dead host's cells pass to others when its
/// leases have run out. Run once per instance.
/// </summary>
public sealed partial class SchedulerHost
{
    /// <summary>How long one look into the inbox waits. A message ends it at once.</summary>
    private static readonly TimeSpan InboxWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly IMessageQueue _queue;
    private readonly ILease _lease;
    private readonly CellEnvironment _environment;
    private readonly ILogger _logger;

    /// <summary>Of this run: a lease found in its name would else be taken for its own.</summary>
    private readonly string _owner;

    private readonly ConcurrentDictionary<CellId, (CellLeader Leader, Task Run)> _cells = [];

    public SchedulerHost(
        PlatformScope scope, IMessageQueue queue, ILease lease, IChangeSignal signal, TimeProvider time,
        SchedulerOptions options, ILoggerFactory loggers)
    {
        (_queue, _lease) = (queue, lease);
        _environment = new CellEnvironment(scope, signal, time, options, loggers, new ProjectDirectory());
        _logger = loggers.CreateLogger<SchedulerHost>();
        _owner = EntityId.New("host", time);
    }

    /// <summary>Whether the cells there are were found, so that they are led by this host or another.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Runs until cancelled; then gives up its leases and returns. Faults of the store are waited out.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await Task.WhenAll(DiscoverAsync(ct), ReceiveAsync(ct));
        await Task.WhenAll(_cells.Values.Select(static cell => cell.Run));
    }

    private async Task DiscoverAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var pause = _environment.Options.ResyncEvery;
            try
            {
                foreach (var cell in await CellDiscovery.ScanAsync(_environment.Scope, _environment.Projects, ct))
                {
                    Lead(cell, ct);
                }

                IsReady = true;
            }
            catch (Exception error)
            {
                if (ct.IsCancellationRequested)
                {
                    return;
                }

                Log.DiscoveryFailed(_logger, error);
                pause = PauseAfterFailure;
            }

            await PauseAsync(pause, ct);
        }
    }

    private async Task ReceiveAsync(CancellationToken ct)
    {
        var options = _environment.Options;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                foreach (var message in await _queue.ReceiveAsync(
                    ClusterQueues.SchedulerInbox, options.InboxBatch, options.InboxLock, InboxWait, ct))
                {
                    await PassOnAsync(message, ct);
                }
            }
            catch (Exception error)
            {
                if (ct.IsCancellationRequested)
                {
                    return;
                }

                Log.InboxFailed(_logger, error);
                await PauseAsync(PauseAfterFailure, ct);
            }
        }
    }

    private async Task PassOnAsync(QueueMessage message, CancellationToken ct)
    {
        if (Read(message) is not { } content || !TenantId.TryParse(content.Tenant, out var tenant))
        {
            await _queue.DeadLetterAsync(message, "not a message of the scheduler's inbox", ct);
            return;
        }

        if (content.ProjectId is { } projectId)
        {
            _environment.Projects.Add(tenant, projectId);
        }

        if (!Lead(new CellId(tenant, content.Region), ct).TryPost(new CellMail(message, content)))
        {
            await _queue.AbandonAsync(message, PauseAfterFailure, ct);
        }
    }

    private CellLeader Lead(CellId cell, CancellationToken ct)
    {
        if (!_cells.TryGetValue(cell, out var found))
        {
            var leader = new CellLeader(cell, _environment, _lease, _queue, _owner);
            found = (leader, Run: Task.CompletedTask);
            if (!_cells.TryAdd(cell, found))
            {
                return _cells[cell].Leader;
            }

            _cells[cell] = (leader, Task.Run(() => leader.RunAsync(ct), CancellationToken.None));
        }

        return found.Leader;
    }

    private static InboxMessage? Read(QueueMessage message)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Body.Span, ClusterJson.Default.InboxMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken ct) =>
        await Task.Delay(pause, _environment.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Looking for cells failed; trying again.")]
        public static partial void DiscoveryFailed(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Error, "Reading the inbox failed; trying again.")]
        public static partial void InboxFailed(ILogger logger, Exception error);
    }
}
