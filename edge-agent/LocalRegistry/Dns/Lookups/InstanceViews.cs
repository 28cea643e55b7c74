using System.Runtime.CompilerServices;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>
/// Views of services by the catalog's lists, and of queries by their answers: they go when those go. Safe for concurrent
/// use; two that ask at once for a new list may both work it out.
/// </summary>
internal sealed class InstanceViews(DnsOptions options, ICatalogViews catalogs, Zones zones)
{
    private readonly ConditionalWeakTable<IReadOnlyList<CheckServiceNode>, InstanceView> _services = [];
    private readonly ConditionalWeakTable<QueryAnswer, InstanceView> _queries = [];

    /// <summary>A service's healthy instances, in the catalog's order.</summary>
    /// <returns>Null: there is no such service.</returns>
    public InstanceView? OfService(CatalogView catalog, string service)
    {
        var instances = catalog.Catalog.InstancesOf(service);
        return instances.Count == 0 ? null
            : _services.TryGetValue(instances, out var known) ? known
            : _services.GetValue(instances, list => Build(list.Where(IsGiven), catalog.Datacenter));
    }

    /// <summary>A query's instances in its order; the query has left out who is not healthy.</summary>
    public InstanceView OfQuery(QueryAnswer answer) =>
        _queries.TryGetValue(answer, out var known)
            ? known
            : _queries.GetValue(answer, a => Build(a.Instances, a.Datacenter));

    private InstanceView Build(IEnumerable<CheckServiceNode> instances, string datacenter) => InstanceView.Of(
        instances,
        datacenter,
        options.TranslateWanAddresses && !string.Equals(datacenter, catalogs.LocalDatacenter, StringComparison.OrdinalIgnoreCase),
        zones.MaxLabelsBytes);

    private bool IsGiven(CheckServiceNode found) =>
        HealthStatus.Severity(found.Status()) <= HealthStatus.Severity(options.OnlyPassing ? HealthStatus.Passing : HealthStatus.Warning);
}
