using Saas.Cluster;
using Saas.Cluster.Sessions;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Client.Sessions;

/// <summary>
/// Which sessions a tenant's nodes have, asked by the long polls of all of its agents together: one look an interval,
/// however many agents wait. It is at most one interval old; what this process opens and closes is signalled. Who looks also
/// sweeps sessions whose clients have gone with their instance. What nobody waits for is not kept.
/// </summary>
internal sealed class SessionWatch(ProvisioningOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Look> _looks = new(StringComparer.Ordinal);

    /// <summary>Takes part in watching a tenant's sessions until disposed.</summary>
    public Participant Join(TenantScope tenant)
    {
        lock (_gate)
        {
            if (!_looks.TryGetValue(tenant.Tenant.Value, out var look))
            {
                _looks[tenant.Tenant.Value] = look = new Look(tenant);
            }

            look.Participants++;
            return new Participant(this, look);
        }
    }

    private async Task<string> MarkAsync(Look look, string nodeId, CancellationToken ct)
    {
        Task<Dictionary<string, string>> marks;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (look.Marks is null || look.Marks.IsFaulted || time.GetElapsedTime(look.At, now) >= options.AssignmentRecheck * 0.9)
            {
                (look.Marks, look.At) = (LookAsync(look.Tenant), now);
            }

            marks = look.Marks;
        }

        return (await marks.WaitAsync(ct)).GetValueOrDefault(nodeId, "");
    }

    /// <summary>Shared, so no single poll's cancellation ends it.</summary>
    private async Task<Dictionary<string, string>> LookAsync(TenantScope tenant)
    {
        // Not under the lock that starts it: an embedded store answers on the calling thread.
        await Task.Yield();
        var (marks, now) = (new Dictionary<string, string>(StringComparer.Ordinal), time.GetUtcNow());
        await foreach (var row in tenant.SessionsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.SessionRecord, CancellationToken.None))
        {
            if (row.Value.LeaseUntil <= now)
            {
                await SessionRows.CloseAsync(tenant, row.Value.NodeId, row.Value.Id, CancellationToken.None);
                continue;
            }

            marks[row.Value.NodeId] = marks.GetValueOrDefault(row.Value.NodeId, "") + row.Value.Id;
        }

        return marks;
    }

    private void Leave(Look look)
    {
        lock (_gate)
        {
            if (--look.Participants == 0)
            {
                _looks.Remove(look.Tenant.Tenant.Value);
            }
        }
    }

    /// <summary>One waiting poll's part in watching.</summary>
    internal readonly struct Participant : IDisposable
    {
        private readonly SessionWatch _watch;
        private readonly Look _look;

        internal Participant(SessionWatch watch, object look) => (_watch, _look) = (watch, (Look)look);

        /// <summary>Another one when the node's sessions are others; only ever compared.</summary>
        public Task<string> MarkAsync(string nodeId, CancellationToken ct) => _watch.MarkAsync(_look, nodeId, ct);

        public void Dispose() => _watch.Leave(_look);
    }

    private sealed class Look(TenantScope tenant)
    {
        public TenantScope Tenant => tenant;
        public int Participants { get; set; }
        public Task<Dictionary<string, string>>? Marks { get; set; }
        public long At { get; set; }
    }
}
