using Saas.Discovery.Catalog;
using Saas.Discovery.Sync;

namespace Saas.LocalRegistry.View;

/// <summary>The catalogs this agent knows, followed from the registry and kept through its outages. Safe for concurrent use.</summary>
internal interface ICatalogViews
{
    /// <summary>The datacenter this machine is in; empty until the registry has said.</summary>
    string LocalDatacenter { get; }

    /// <summary>The name of this machine's node in the catalog.</summary>
    string NodeName { get; }

    /// <summary>
    /// The catalog as last heard. For another datacenter than the local one the first call begins to follow it and waits for
    /// the first answer.
    /// </summary>
    /// <param name="datacenter">Null or empty: the local one. Without regard to case.</param>
    /// <returns>Null: there is no such datacenter, or nothing is known of it yet.</returns>
    ValueTask<CatalogView?> FindAsync(string? datacenter, CancellationToken ct);

    /// <summary>Runs a prepared query in the registry; what it answered is used again for a few seconds, and in an outage.</summary>
    /// <returns>Null: there is no such query, or the registry does not answer and never did.</returns>
    ValueTask<QueryAnswer?> ExecuteAsync(string query, string? datacenter, CancellationToken ct);
}

/// <summary>A catalog, and how it came.</summary>
/// <param name="HeardAt">A timestamp of the monotonic clock: when the registry was last heard.</param>
internal sealed record CatalogView(CatalogState Catalog, ulong Index, string Datacenter, long HeardAt);
