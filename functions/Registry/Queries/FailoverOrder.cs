using Saas.Registry.Domains;

namespace Saas.Registry.Queries;

/// <summary>
/// The other datacenters a query asks, in order, each once: the nearest, then those it names. All are served from one place
/// and so are equally near, which Consul decides by name. Those that are not there are passed over.
/// </summary>
internal static class FailoverOrder
{
    public static IReadOnlyList<Datacenter> Of(QueryFailover failover, string own, IReadOnlyList<Datacenter> all)
    {
        var others = all.Where(d => !IsSame(d.Name, own)).OrderBy(d => d.Name, StringComparer.Ordinal).ToList();
        var order = others.Take(failover.NearestN).ToList();
        foreach (var name in failover.Datacenters.Concat(failover.Targets))
        {
            if (others.Find(d => IsSame(d.Name, name)) is { } named && !order.Contains(named))
            {
                order.Add(named);
            }
        }

        return order;
    }

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
