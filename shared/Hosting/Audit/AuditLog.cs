using System.Collections.Concurrent;
using System.Text.Json;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Hosting.Audit;

/// <summary>Every tenant's log of decisions and changing calls: a hash chain in a partition of its own.</summary>
public sealed class AuditLog(TimeProvider time)
{
    private const string Table = "audit";

    /// <summary>Chains kept in memory, each some hundred bytes; beyond that they are forgotten and read anew.</summary>
    private const int MaxChains = 10_000;

    private ConcurrentDictionary<TenantId, AuditChain> _chains = new();

    /// <summary>Durable when it ends. May be appended to from several instances at once.</summary>
    /// <exception cref="StorageUnavailableException">Whether it was written is unknown.</exception>
    public Task AppendAsync(TenantScope tenant, AuditEvent happened)
    {
        if (_chains.Count >= MaxChains)
        {
            // A chain still writing goes on by itself; a second one of the tenant is as good as another instance's.
            _chains = new ConcurrentDictionary<TenantId, AuditChain>();
        }

        return _chains.GetOrAdd(tenant.Tenant, static (_, x) => new AuditChain(x.Rows, x.time), (Rows: Open(tenant), time))
            .AppendAsync(happened);
    }

    /// <summary>A page of the log, oldest first.</summary>
    /// <param name="from">The first sequence wanted, from 1.</param>
    /// <param name="take">1 to 1000.</param>
    public static async Task<AuditPage> ReadAsync(TenantScope tenant, long from, int take, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, TableLimits.MaxPageRows);
        var records = new List<AuditRecord>(take);
        var range = new RowRange(AuditChain.RowOf(from), null);
        await foreach (var row in Open(tenant).ReadAllAsync(range, ct))
        {
            if (records.Count == take)
            {
                return new AuditPage(records, records[^1].Entry.Sequence + 1);
            }

            var entry = JsonSerializer.Deserialize(row.Value.Span, AuditJson.Default.AuditEntry)
                ?? throw new InvalidDataException($"Audit entry {row.Row} holds null.");
            records.Add(new AuditRecord(entry, AuditEntry.HashOf(row.Value.Span)));
        }

        return new AuditPage(records, null);
    }

    /// <summary>Where the log ends now: for the tenant to keep.</summary>
    public static async Task<AuditHead> HeadAsync(TenantScope tenant, CancellationToken ct) =>
        (await Open(tenant).GetAsync(AuditChain.HeadRow, AuditJson.Default.AuditHead, ct))?.Value ?? AuditHead.Empty;

    private static TablePartition Open(TenantScope tenant) => tenant.Partition(Table);
}
