using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>Catalogs by what a name says of its place.</summary>
internal sealed class Datacenters(DnsOptions options, ICatalogViews catalogs, TimeProvider time)
{
    /// <returns>No catalog, and what to answer then: of a datacenter that nobody knows there is no such name.</returns>
    public async ValueTask<(CatalogView? Catalog, LookupOutcome Failure)> FindAsync(LookupContext context, Locality locality, CancellationToken ct)
    {
        var isLocal = locality.Datacenter is null || string.Equals(locality.Datacenter, catalogs.LocalDatacenter, StringComparison.OrdinalIgnoreCase);
        if (!isLocal && !context.CanWait)
        {
            return (null, LookupOutcome.Failed);
        }

        var finding = catalogs.FindAsync(isLocal ? null : locality.Datacenter, ct);
        try
        {
            var catalog = finding.IsCompletedSuccessfully ? await finding : await finding.AsTask().WaitAsync(options.LookupTimeout, time, ct);
            return (catalog, isLocal ? LookupOutcome.Failed : LookupOutcome.NotFound);
        }
        catch (TimeoutException)
        {
            return (null, LookupOutcome.Failed);
        }
    }
}
