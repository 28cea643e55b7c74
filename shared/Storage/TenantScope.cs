using Saas.Contracts;
using Saas.Storage.Tables;

namespace Saas.Storage;

/// <summary>
/// One tenant's rows, and no other's: every partition it opens begins with the tenant's id, so a query that forgets
/// the tenant cannot be written.
/// </summary>
public sealed class TenantScope
{
    private readonly ITableStore _store;

    internal TenantScope(ITableStore store, TenantId tenant) => (_store, Tenant) = (store, tenant);

    public TenantId Tenant { get; }

    /// <summary>The partition <c>tenant</c>, or <c>tenant|part|part…</c>. Parts are escaped.</summary>
    public TablePartition Partition(string table, params ReadOnlySpan<string> parts) =>
        new(_store, table, PartitionKeys.Join(Tenant.Value, parts));
}

/// <summary>Opens tenant scopes. Requests get theirs from Hosting, for the tenant that authenticated.</summary>
public sealed class TenantScopes(ITableStore store)
{
    public TenantScope For(TenantId tenant) => new(store, tenant);
}

/// <summary>
/// All tenants' rows and the platform's own (partitions beginning with <c>_platform</c>). Held by the scheduler, by
/// billing's timers and by operators' tools; never registered in a module that serves tenants' requests.
/// </summary>
public sealed class PlatformScope(ITableStore store)
{
    public TenantScope For(TenantId tenant) => new(store, tenant);

    /// <summary>A partition of the platform's own.</summary>
    public TablePartition Partition(string table, params ReadOnlySpan<string> parts) =>
        new(store, table, PartitionKeys.Join("_platform", parts));

    /// <summary>Every row of a table over all tenants, by partition and row.</summary>
    public async IAsyncEnumerable<TableRow> ScanAsync(
        string table, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? continuation = null;
        do
        {
            var page = await store.ScanAsync(table, TableLimits.MaxPageRows, continuation, ct);
            foreach (var row in page.Rows)
            {
                yield return row;
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}

/// <summary>Partition keys: the tenant first, then the parts, divided by <c>|</c>.</summary>
public static class PartitionKeys
{
    internal static string Join(string first, ReadOnlySpan<string> parts)
    {
        var key = first;
        foreach (var part in parts)
        {
            key = string.Concat(key, "|", TableKeys.Escape(part));
        }

        return key;
    }

    /// <summary>The tenant of a partition met in a scan; false for the platform's own.</summary>
    public static bool TryGetTenant(string partition, out TenantId tenant)
    {
        var bar = partition.IndexOf('|', StringComparison.Ordinal);
        return TenantId.TryParse(bar < 0 ? partition : partition[..bar], out tenant);
    }
}
