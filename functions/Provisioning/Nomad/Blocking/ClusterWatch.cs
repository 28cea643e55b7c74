using Microsoft.Extensions.Logging;
using Saas.Storage;
using Saas.Storage.Signals;

namespace Saas.Provisioning.Nomad.Blocking;

/// <summary>The tenants of which someone waits for a change, each watched once. What nobody waits for is not watched.</summary>
internal sealed class ClusterWatch(IChangeSignal signal, TimeProvider time, ILogger<ClusterWatch> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TenantWatch> _tenants = new(StringComparer.Ordinal);

    /// <summary>Takes part in watching until disposed.</summary>
    public Participant Join(TenantScope tenant)
    {
        TenantWatch watch;
        lock (_gate)
        {
            if (!_tenants.TryGetValue(tenant.Tenant.Value, out watch!))
            {
                _tenants[tenant.Tenant.Value] = watch = new TenantWatch(tenant, signal, time, logger);
                _ = watch.RunAsync(() => IsNeeded(watch));
            }

            watch.Participants++;
        }

        return new Participant(this, watch);
    }

    private bool IsNeeded(TenantWatch watch)
    {
        lock (_gate)
        {
            return watch.Participants > 0 || !_tenants.Remove(watch.TenantId);
        }
    }

    private void Leave(TenantWatch watch)
    {
        lock (_gate)
        {
            watch.Participants--;
        }
    }

    internal readonly struct Participant(ClusterWatch owner, TenantWatch watch) : IDisposable
    {
        public TenantWatch Watch => watch;

        public void Dispose() => owner.Leave(watch);
    }
}
