using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Saas.Contracts;
using Saas.Encryption.Vault;
using Saas.Identity;
using Saas.Identity.Credentials;
using Saas.Identity.Tenants;
using Saas.Keys;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Wrapping;

/// <summary>A wrapped answer as found by its token.</summary>
internal sealed record FoundWrapping(TenantScope Tenant, string Accessor, WrappedAnswer Answer, string ETag);

/// <summary>
/// Answers that wait for their reader. The token is the only way to one: its tenant is in it, its hash in the row, and
/// the answer is sealed under the tenant's key.
/// </summary>
internal sealed class WrappingStore(TenantScopes scopes, TenantKeys keys, TimeProvider time)
{
    /// <summary>Of the answer before it is sealed: base 64 in a row of the store.</summary>
    public const int MaxBytes = 700_000;

    /// <summary>Vault's longest lease.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(768);

    /// <exception cref="VaultException">400: larger than a row holds.</exception>
    public async Task<WrapInfo> PutAsync(
        TenantScope tenant, ReadOnlyMemory<byte> envelope, TimeSpan ttl, string creationPath, string? wrappedAccessor, CancellationToken ct)
    {
        if (envelope.Length > MaxBytes)
        {
            throw VaultException.BadRequest($"the answer has {envelope.Length} bytes; at most {MaxBytes} can be wrapped");
        }

        var accessor = EntityId.New(IdPrefixes.WrappedAnswer, time);
        var token = CredentialText.Mint(CredentialKind.WrappingToken, tenant.Tenant, accessor);
        var rows = tenant.WrappingsOf();
        using var seal = await keys.OpenAsync(tenant, ct);
        var answer = new WrappedAnswer
        {
            Hash = CredentialText.Hash(token),
            Sealed = seal.Seal(rows, accessor, envelope.Span),
            CreatedAt = time.GetUtcNow(),
            Ttl = ttl > MaxTtl ? MaxTtl : ttl,
            CreationPath = creationPath,
            WrappedAccessor = wrappedAccessor,
        };
        var written = await rows.WriteAsync(TableWrite.Insert(accessor, TablePartition.Bytes(answer, WrappingJson.Default.WrappedAnswer)), ct);
        return written.IsDone
            ? new WrapInfo(token, accessor, answer.Ttl, answer.CreatedAt, creationPath, wrappedAccessor)
            : throw new StorageUnavailableException("The wrapped answer's row was there already.");
    }

    /// <summary>Null: no such token, or it was used, or its time is over, or its tenant is suspended. Not told apart.</summary>
    public async Task<FoundWrapping?> FindAsync(string token, CancellationToken ct)
    {
        if (!TryName(token, out var tenant, out var accessor))
        {
            return null;
        }

        var scope = scopes.For(tenant);
        var row = await scope.WrappingsOf().GetAsync(accessor, WrappingJson.Default.WrappedAnswer, ct);
        return row is not null
            && CryptographicOperations.FixedTimeEquals(row.Value.Hash, CredentialText.Hash(token))
            && row.Value.ExpiresAt > time.GetUtcNow()
            && await scope.FindTenantAsync(ct) is { Status: TenantStatus.Active }
            ? new FoundWrapping(scope, accessor, row.Value, row.ETag)
            : null;
    }

    /// <summary>The answer. The caller disposes it, and gives it to nobody before <see cref="TryUseUpAsync"/>.</summary>
    public async Task<SecretBuffer> OpenAsync(FoundWrapping found, CancellationToken ct)
    {
        using var seal = await keys.OpenAsync(found.Tenant, ct);
        return seal.Open(found.Tenant.WrappingsOf(), found.Accessor, found.Answer.Sealed);
    }

    /// <summary>
    /// Deletes the row as it was read: of two that have the token, on however many instances, one gets the answer. It
    /// comes before answering, so whoever dies in between has lost it, and nobody gets it twice.
    /// </summary>
    /// <returns>False: somebody else was faster.</returns>
    public static async Task<bool> TryUseUpAsync(FoundWrapping found, CancellationToken ct) =>
        (await found.Tenant.WrappingsOf().WriteAsync(TableWrite.Delete(found.Accessor, found.ETag), ct)).IsDone;

    public static async Task ForgetAsync(TenantScope tenant, string accessor, CancellationToken ct) =>
        await tenant.WrappingsOf().WriteAsync(TableWrite.Delete(accessor), ct);

    private static bool TryName(string token, out TenantId tenant, [NotNullWhen(true)] out string? accessor)
    {
        if (CredentialText.TryLocate(token, out var kind, out var locator) && kind == CredentialKind.WrappingToken)
        {
            (tenant, accessor) = CredentialText.Names(kind, locator);
            return true;
        }

        (tenant, accessor) = (default, null);
        return false;
    }
}
