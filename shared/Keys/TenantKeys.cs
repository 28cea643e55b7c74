using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Keys.Rows;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Keys;

/// <summary>
/// Tenants' root keys: made at a tenant's first use, kept in the store wrapped by the key-encryption key, and held
/// unwrapped for a bounded time and number of tenants. A warm call reads nothing and waits for nothing.
/// <para>
/// A cached key is used while its row in the store, read again at most every
/// <see cref="SecretCacheLimits.SharedRowAge"/>, is no tombstone. That takes no key-encryption key, so one that fails
/// is noticed only when <see cref="SecretCacheLimits.KeepFor"/> has passed.
/// </para>
/// </summary>
public sealed partial class TenantKeys : IDisposable
{
    public const int RootKeyBytes = 32;

    private readonly IKeyEncryptionKey _kek;
    private readonly RootKeyDestruction _destruction;
    private readonly TimeProvider _time;
    private readonly ILogger<TenantKeys> _logger;
    private readonly SecretCache<TenantId, RootKey> _cache;

    public TenantKeys(
        IKeyEncryptionKey kek, RootKeyDestruction destruction, SecretCacheLimits limits, IChangeSignal signal, TimeProvider time, ILogger<TenantKeys> logger)
    {
        (_kek, _destruction, _time, _logger) = (kek, destruction, time, logger);
        _cache = new SecretCache<TenantId, RootKey>(limits, time, signal, RootKeyRows.Topic);
    }

    /// <summary>What seals and opens the tenant's rows. Dispose it when done; while it is open the key stays in memory.</summary>
    /// <exception cref="TenantKeysDestroyedException">For ever.</exception>
    /// <exception cref="KeyEncryptionUnavailableException">The key is not cached and the key-encryption key does not answer.</exception>
    /// <exception cref="WrappedKeyBrokenException">The store's row was altered or is another tenant's.</exception>
    /// <exception cref="StorageUnavailableException">The store did not answer.</exception>
    public ValueTask<TenantSeal> OpenAsync(TenantScope tenant, CancellationToken ct) => _cache.TryLease(tenant.Tenant, out var lease)
        ? ValueTask.FromResult(new TenantSeal(tenant.Tenant, lease))
        : OpenColdAsync(tenant, rechecks: false, ct);

    /// <summary>
    /// As <see cref="OpenAsync"/>, but reads the tenant's row even if that was done a moment ago. For whoever caches for
    /// seconds what it opens: the two ages would otherwise add up to more than a revocation may take.
    /// </summary>
    public ValueTask<TenantSeal> OpenRecheckedAsync(TenantScope tenant, CancellationToken ct) => OpenColdAsync(tenant, rechecks: true, ct);

    /// <inheritdoc cref="RootKeyDestruction.DestroyAsync"/>
    public async Task DestroyAsync(TenantScope tenant, CancellationToken ct)
    {
        await _destruction.DestroyAsync(tenant, ct);
        _cache.Remove(tenant.Tenant);
    }

    public void Dispose() => _cache.Dispose();

    private async ValueTask<TenantSeal> OpenColdAsync(TenantScope tenant, bool rechecks, CancellationToken ct)
    {
        LoadSecret<TenantId, RootKey> load = (_, known, loading) => LoadAsync(tenant, known, loading);
        try
        {
            return new TenantSeal(
                tenant.Tenant, await (rechecks ? _cache.RecheckAsync(tenant.Tenant, load, ct) : _cache.LeaseAsync(tenant.Tenant, load, ct)));
        }
        catch (TenantKeysDestroyedException)
        {
            _cache.Remove(tenant.Tenant);
            throw;
        }
    }

    private async ValueTask<RootKey> LoadAsync(TenantScope tenant, RootKey? known, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                if (await RootKeyRows.FindAsync(tenant, ct) is { Value: var row })
                {
                    return await UseAsync(tenant.Tenant, row, known, ct);
                }

                if (await TryCreateAsync(tenant, ct) is { } created)
                {
                    return created;
                }
            }
        }
        catch (KeyEncryptionUnavailableException e)
        {
            Unavailable(e, tenant.Tenant.Value);
            throw;
        }
    }

    private async ValueTask<RootKey> UseAsync(TenantId tenant, RootKeyRow row, RootKey? known, CancellationToken ct)
    {
        if (row.IsDestroyed)
        {
            throw new TenantKeysDestroyedException(tenant);
        }

        return known is not null && known.CreatedAt == row.CreatedAt
            ? known
            : new RootKey(await UnwrapAsync(tenant, row.Key(), ct), row.CreatedAt!.Value);
    }

    /// <summary>Null: another instance was faster, and its key is the tenant's.</summary>
    private async ValueTask<RootKey?> TryCreateAsync(TenantScope tenant, CancellationToken ct)
    {
        var root = SecretBuffer.Random(RootKeyBytes);
        var isKept = false;
        try
        {
            var createdAt = _time.GetUtcNow();
            var row = RootKeyRow.Of(await WrapAsync(tenant.Tenant, root, ct), createdAt);
            isKept = (await RootKeyRows.Of(tenant).WriteAsync(TableWrite.Insert(RootKeyRow.Row, row.Bytes()), ct)).IsDone;
            if (isKept)
            {
                Created(tenant.Tenant.Value);
            }

            return isKept ? new RootKey(root, createdAt) : null;
        }
        finally
        {
            if (!isKept)
            {
                root.Dispose();
            }
        }
    }

    /// <summary>
    /// Unwrapped again before anything is sealed under it: a key-encryption key that may wrap and not unwrap would make
    /// data that nobody can read.
    /// </summary>
    private async ValueTask<WrappedKey> WrapAsync(TenantId tenant, SecretBuffer root, CancellationToken ct)
    {
        var wrapped = await _kek.WrapAsync(tenant, root.Memory, ct);
        using var back = await UnwrapAsync(tenant, wrapped, ct);
        return CryptographicOperations.FixedTimeEquals(back.Span, root.Span)
            ? wrapped
            : throw new WrappedKeyBrokenException($"The key-encryption key gives back another key than it wrapped for tenant {tenant}.");
    }

    private async ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
    {
        var root = await _kek.UnwrapAsync(tenant, wrapped, ct);
        if (root.Length == RootKeyBytes)
        {
            return root;
        }

        root.Dispose();
        throw new WrappedKeyBrokenException($"The root key of tenant {tenant} unwraps to a wrong length.");
    }

    [LoggerMessage(1, LogLevel.Information, "Tenant {TenantId} was given a root key.")]
    private partial void Created(string tenantId);

    [LoggerMessage(2, LogLevel.Error, "The key-encryption key does not serve; tenant {TenantId} waits for it.")]
    private partial void Unavailable(Exception e, string tenantId);
}

/// <summary>A root key in use. The row's instant of creation says which key it is.</summary>
internal sealed class RootKey(SecretBuffer key, DateTimeOffset createdAt) : IDisposable
{
    public SecretBuffer Key => key;

    public DateTimeOffset CreatedAt => createdAt;

    public void Dispose() => key.Dispose();
}
