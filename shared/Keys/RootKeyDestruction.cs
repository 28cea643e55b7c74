using Microsoft.Extensions.Logging;
using Saas.Keys.Rows;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Keys;

/// <summary>
/// Crypto-shredding: overwrites a tenant's wrapped root key with a tombstone, which makes everything sealed under it
/// unreadable for ever. Needs no key-encryption key, so an app without access to one can still do it.
/// </summary>
public sealed partial class RootKeyDestruction(IChangeSignal signal, TimeProvider time, ILogger<RootKeyDestruction> logger)
{
    private const int Attempts = 20;

    /// <summary>
    /// Idempotent: a tombstone stays as it is. A tenant that never had a root key gets a tombstone too, and never will
    /// have one. Caches of this process drop the key at once, those of others within
    /// <see cref="SecretCacheLimits.SharedRowAge"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row changed under every one of the attempts.</exception>
    /// <exception cref="StorageUnavailableException">Repeat: it may have been destroyed or not.</exception>
    public async Task DestroyAsync(TenantScope tenant, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var found = await RootKeyRows.FindAsync(tenant, ct);
            if (found is { Value.IsDestroyed: true })
            {
                signal.Raise(RootKeyRows.Topic(tenant.Tenant));
                return;
            }

            // Conditional, although nothing may win over a tombstone: the store then refuses a rewrap that read before.
            var tombstone = RootKeyRow.Tombstone(time.GetUtcNow()).Bytes();
            var written = await RootKeyRows.Of(tenant).WriteAsync(
                found is null ? TableWrite.Insert(RootKeyRow.Row, tombstone) : TableWrite.Replace(RootKeyRow.Row, tombstone, found.ETag), ct);
            if (written.IsDone)
            {
                signal.Raise(RootKeyRows.Topic(tenant.Tenant));
                Destroyed(tenant.Tenant.Value);
                return;
            }
        }

        throw new InvalidOperationException($"The root key of tenant {tenant.Tenant} changed during {Attempts} attempts to destroy it.");
    }

    [LoggerMessage(1, LogLevel.Information, "The root key of tenant {TenantId} was destroyed: what it sealed is unreadable from now on.")]
    private partial void Destroyed(string tenantId);
}
