using System.Collections.Concurrent;
using Saas.Cluster;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>
/// Says that a node's agent was heard: bumps the node's counter, at most three times in its time to live. Only the
/// counter's change has a meaning, so it need not count: the clock's ticks differ from bump to bump, and no row has to
/// be read to write them. What follows from silence and from speaking again is the scheduler's to decide.
/// </summary>
internal sealed class Heartbeats(ProvisioningOptions options, TimeProvider time)
{
    private const int SweepAbove = 4096;

    private readonly ConcurrentDictionary<string, long> _bumped = new(StringComparer.Ordinal);
    private int _sweepAt = SweepAbove;

    /// <summary>Cheap when called often.</summary>
    public async ValueTask HeardAsync(TenantScope tenant, string nodeId, CancellationToken ct)
    {
        var now = time.GetTimestamp();
        var known = _bumped.TryGetValue(nodeId, out var last);
        if (known && time.GetElapsedTime(last, now) < options.HeartbeatTtl / 3)
        {
            return;
        }

        // Of several requests of one node, one bumps.
        if (!(known ? _bumped.TryUpdate(nodeId, now, last) : _bumped.TryAdd(nodeId, now)))
        {
            return;
        }

        try
        {
            await BumpAsync(tenant, nodeId, ct);
        }
        catch
        {
            _bumped.TryRemove(nodeId, out _);
            throw;
        }

        Sweep(now);
    }

    private async Task BumpAsync(TenantScope tenant, string nodeId, CancellationToken ct)
    {
        var bump = new HeartbeatRecord(time.GetUtcNow().UtcTicks);
        await tenant.HeartbeatsOf().WriteAsync(
            TableWrite.Upsert(nodeId, TablePartition.Bytes(bump, ClusterJson.Default.HeartbeatRecord)), ct);
    }

    /// <summary>Forgets nodes that fell silent, now and then.</summary>
    private void Sweep(long now)
    {
        if (_bumped.Count < _sweepAt)
        {
            return;
        }

        foreach (var (nodeId, last) in _bumped)
        {
            if (time.GetElapsedTime(last, now) > options.HeartbeatTtl)
            {
                _bumped.TryRemove(KeyValuePair.Create(nodeId, last));
            }
        }

        _sweepAt = Math.Max(SweepAbove, 2 * _bumped.Count);
    }
}
