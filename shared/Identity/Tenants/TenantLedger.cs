using Saas.Identity.Rows;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Identity.Tenants;

/// <summary>
/// Changes a tenant's identity rows: everything that counts against a quota, needs a free name or must see the whole.
/// <para>
/// Naive would be to count the rows and then insert: two requests count the same and both insert. Here all such rows
/// are in one partition, and every change replaces the tenant's row with its ETag in the same batch. So the changes of
/// one tenant follow one another, as if under a lock that no process can forget to release. The price is that a lost
/// race reads and plans again; within a process a lock per tenant spares most of those.
/// </para>
/// </summary>
public sealed class TenantLedger(IChangeSignal signal)
{
    private const int MaxAttempts = 50;
    private const int Stripes = 64;

    private readonly SemaphoreSlim[] _turns = Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1)).ToArray();

    /// <param name="plan">
    /// Must not write by itself, and may be called several times. When it returns an error nothing is written.
    /// </param>
    /// <exception cref="StorageUnavailableException">The store's, or the tenant is changed faster than we can follow.</exception>
    public async Task<Outcome<T>> ChangeAsync<T>(
        TenantScope scope, Func<TenantChange, CancellationToken, ValueTask<Outcome<T>>> plan, CancellationToken ct)
        where T : class
    {
        var turn = _turns[(uint)scope.Tenant.GetHashCode() % Stripes];
        await turn.WaitAsync(ct);
        try
        {
            var rows = scope.IdentityRows();
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (await rows.GetAsync(IdentityTable.TenantRow, IdentityJson.Default.TenantRecord, ct) is not { } tenant)
                {
                    return IdentityError.NotFound("tenant");
                }

                var change = new TenantChange(scope, tenant.Value);
                var outcome = await plan(change, ct);
                if (!outcome.IsDone || !change.ChangesAnything)
                {
                    return outcome;
                }

                var replaced = TableWrite.Replace(
                    IdentityTable.TenantRow, TablePartition.Bytes(change.Tenant, IdentityJson.Default.TenantRecord), tenant.ETag);
                if ((await rows.WriteBatchAsync([replaced, .. change.Writes], ct)).IsDone)
                {
                    if (change.ConcernsAccess)
                    {
                        signal.Raise(IdentityTopics.Of(scope.Tenant));
                    }

                    return outcome;
                }
            }
        }
        finally
        {
            turn.Release();
        }

        throw new StorageUnavailableException($"The tenant changed during each of {MaxAttempts} attempts.");
    }
}
