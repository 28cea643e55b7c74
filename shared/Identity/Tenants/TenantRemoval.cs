using Saas.Identity.Rows;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Identity.Tenants;

/// <summary>Deletion with a grace period: asked for, taken back, and at last carried out.</summary>
/// <remarks>
/// The row in <see cref="IdentityTable.Deletions"/> is only where the timer looks; the tenant's own row decides. It is
/// written before the tenant's row changes, so a crash in between leaves a mark that the timer finds without meaning.
/// </remarks>
public sealed class TenantRemoval(TenantLedger ledger, IChangeSignal signal, TimeProvider time)
{
    /// <summary>From now on nothing but taking it back works. Repeating leaves the first date.</summary>
    public async Task<Outcome<TenantRecord>> BeginAsync(TenantScope scope, TimeSpan grace, CancellationToken ct)
    {
        var purgeAt = time.GetUtcNow() + grace;
        var mark = TablePartition.Bytes(new DeletionRecord(purgeAt), IdentityJson.Default.DeletionRecord);
        await scope.Partition(IdentityTable.Deletions).WriteAsync(TableWrite.Upsert(IdentityTable.DeletionRow, mark), ct);
        return await ledger.ChangeAsync<TenantRecord>(
            scope,
            (change, _) =>
            {
                if (change.Tenant.Status == TenantStatus.Active)
                {
                    change.Tenant = change.Tenant with { Status = TenantStatus.Deleting, PurgeAt = purgeAt };
                }

                return ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant);
            },
            ct);
    }

    public Task<Outcome<TenantRecord>> TakeBackAsync(TenantScope scope, CancellationToken ct) =>
        ledger.ChangeAsync<TenantRecord>(
            scope,
            (change, _) =>
            {
                if (change.Tenant.Status == TenantStatus.Deleting)
                {
                    change.Tenant = change.Tenant with { Status = TenantStatus.Active, PurgeAt = null };
                }

                return ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant);
            },
            ct);

    /// <summary>Whether the tenant's time is up; a mark without meaning is cleared.</summary>
    public async Task<bool> IsDueAsync(TenantScope scope, CancellationToken ct)
    {
        var tenant = await scope.FindTenantAsync(ct);
        var marks = scope.Partition(IdentityTable.Deletions);
        var mark = await marks.GetAsync(IdentityTable.DeletionRow, ct);
        if (tenant is { Status: TenantStatus.Deleting })
        {
            return tenant.PurgeAt <= time.GetUtcNow();
        }

        // A mark just written may still be before its change of the tenant: only an old one is cleared.
        if (mark is not null && TablePartition.Read(mark, IdentityJson.Default.DeletionRecord).Value.PurgeAt <= time.GetUtcNow())
        {
            if (tenant is null)
            {
                return true;
            }

            await marks.WriteAsync(TableWrite.Delete(IdentityTable.DeletionRow, mark.ETag), ct);
        }

        return false;
    }

    /// <summary>
    /// Removes the tenant's identity, its own row last but for the mark: a crash leaves the rest to the next run.
    /// Whatever other apps keep must be removed before, because afterwards nobody knows the tenant's projects and sites.
    /// </summary>
    public async Task FinishAsync(TenantScope scope, CancellationToken ct)
    {
        await scope.IdentityRows().ClearAsync(row => row != IdentityTable.TenantRow, ct);
        await scope.IdentityRows().ClearAsync(_ => true, ct);
        await scope.Partition(IdentityTable.Deletions).ClearAsync(_ => true, ct);
        signal.Raise(IdentityTopics.Of(scope.Tenant));
    }
}

public static class PartitionClearing
{
    /// <summary>Deletes the rows one asks for, whatever is written to them meanwhile.</summary>
    public static async Task ClearAsync(this TablePartition partition, Func<string, bool> isWanted, CancellationToken ct)
    {
        string? continuation = null;
        do
        {
            var page = await partition.QueryAsync(RowRange.All, TableLimits.MaxPageRows, continuation, ct);
            foreach (var row in page.Rows.Where(row => isWanted(row.Row)))
            {
                await partition.WriteAsync(TableWrite.Delete(row.Row), ct);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}
