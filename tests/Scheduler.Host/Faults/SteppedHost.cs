using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Cluster;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>
/// What <see cref="SchedulerHost"/> and <see cref="CellLeader"/> do for one cell, one thing after the other: lease, reign,
/// inbox, work, acknowledgement. So the n-th storage call is the same one in every run.
/// </summary>
internal sealed class SteppedHost(World world, ITableStore store, string owner)
{
    private readonly TestPlatform _platform = world.Platform;
    private readonly StoreLease _lease = new(store, world.Platform.Time);
    private readonly StoreMessageQueue _queue = new(store, world.Platform.Signal, world.Platform.Time);
    private LeaseGrant? _grant;
    private Cell? _cell;

    /// <summary>False: another host leads.</summary>
    public async Task<bool> TurnAsync()
    {
        try
        {
            return await TryTurnAsync();
        }
        catch
        {
            await ResignAsync();
            throw;
        }
    }

    /// <summary>Ends the reign and gives the lease up, as far as the store can be reached.</summary>
    public async Task ResignAsync()
    {
        var grant = _grant;
        (_grant, _cell) = (null, null);
        try
        {
            await (grant is null ? ValueTask.CompletedTask : _lease.ReleaseAsync(grant, CancellationToken.None));
        }
        catch (StorageUnavailableException)
        {
            // It runs out by itself.
            _grant = null;
        }
    }

    private async Task<bool> TryTurnAsync()
    {
        var (ttl, options) = (_platform.Options.LeaseTtl, _platform.Options);
        if (_cell is not null && await _lease.RenewAsync(_grant!, ttl, CancellationToken.None) is null)
        {
            (_grant, _cell) = (null, null);
        }

        if (_cell is null)
        {
            _grant = await _lease.AcquireAsync(_platform.Cell.LeaseName, owner, ttl, CancellationToken.None);
            _cell = _grant is null ? null : await OpenAsync(_grant.Epoch);
            if (_cell is null)
            {
                return false;
            }
        }

        var messages = await _queue.ReceiveAsync(
            ClusterQueues.SchedulerInbox, options.InboxBatch, options.InboxLock, TimeSpan.Zero, CancellationToken.None);
        await _cell.WorkAsync(
            [.. messages.Select(static message => JsonSerializer.Deserialize(message.Body.Span, ClusterJson.Default.InboxMessage)!)],
            CancellationToken.None);
        foreach (var message in messages)
        {
            await CompleteAsync(message);
        }

        return true;
    }

    private Task<Cell?> OpenAsync(long epoch)
    {
        var projects = new ProjectDirectory();
        projects.Add(_platform.Tenant, TestPlatform.ProjectId);
        var environment = new CellEnvironment(
            new PlatformScope(store), _platform.Signal, _platform.Time, _platform.Options, NullLoggerFactory.Instance, projects);
        return Cell.OpenAsync(_platform.Cell, epoch, environment, CancellationToken.None);
    }

    private async Task CompleteAsync(QueueMessage message)
    {
        try
        {
            await _queue.CompleteAsync(message, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // It comes again, and finds nothing left to do. A host that was killed finds out at its next call.
            _ = message;
        }
    }
}
