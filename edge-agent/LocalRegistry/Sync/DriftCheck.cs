using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Registrations;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Sync;

/// <summary>
/// Whether the catalog holds of this node what the registry was told: others may write there too. Consul's agents compare
/// by asking for everything each minute; this one looks at the view it follows anyway. The view is of the default project;
/// other projects are simply told everything now and then.
/// </summary>
internal sealed class DriftCheck(CatalogViews views, string nodeName, TimeProvider time)
{
    private static readonly TimeSpan UnseenFullEvery = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, long> _lastFull = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public bool HasDrifted(string ns, NodeLedger ledger, SessionStatus told)
    {
        if (ns != RegistrationStore.DefaultProject)
        {
            return IsFullDue(ns);
        }

        // An older view shows what was told since as missing.
        if (views.Local is not { IsReached: true, Current: { } view } || view.Index < told.Index || !told.IsReached)
        {
            return false;
        }

        return view.Catalog.FindNode(nodeName) is not { } node || Differs(node, view.Catalog, ledger);
    }

    private static bool Differs(NodeEntry node, CatalogState catalog, NodeLedger ledger)
    {
        var (services, checks) = ledger.Told;
        if (node.Services.Keys.Any(id => !services.ContainsKey(id)) || services.Keys.Any(id => !node.Services.ContainsKey(id)))
        {
            return true;
        }

        // Putting in what is there already gives the very same catalog.
        var touched = new List<string>();
        foreach (var service in services.Values)
        {
            if (!ReferenceEquals(catalog.WithService(node.Node.Name, service, catalog.Index, touched), catalog))
            {
                return true;
            }
        }

        return node.Checks.Keys.Any(id => id != HealthStatus.AgentAlive && !checks.ContainsKey(id))
            || checks.Any(told => !node.Checks.TryGetValue(told.Key, out var known) || !Same(known, told.Value.Sent));
    }

    /// <summary>Outputs may have been cut on the way.</summary>
    private static bool Same(HealthCheck a, HealthCheck b) => a.Status == b.Status && PublishedCheck.SameBut(a, b, withState: false);

    private bool IsFullDue(string ns)
    {
        lock (_gate)
        {
            if (!_lastFull.TryGetValue(ns, out var at))
            {
                _lastFull[ns] = time.GetTimestamp();
                return false;
            }

            var isDue = time.GetElapsedTime(at) >= UnseenFullEvery;
            _lastFull[ns] = isDue ? time.GetTimestamp() : at;
            return isDue;
        }
    }
}
