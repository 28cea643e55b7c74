using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Security.KeyVault.Keys.Cryptography;
using Saas.Contracts;

namespace Saas.Keys.AzureKeyVault;

/// <summary>
/// An RSA key in Azure Key Vault: <c>wrapKey</c> and <c>unwrapKey</c> with RSA-OAEP-256. The version that wrapped is
/// recorded and unwraps. A key named without its version wraps by the newest, with one it stays with that.
/// <para>
/// RSA-OAEP has no associated data, so the tenant is bound inside: what is wrapped is the root key and the SHA-256 of
/// the tenant's id behind it, compared in constant time. It has no sender either: whoever has the public key and may
/// write to the store can put a root key of his own there. He reads nothing old by it, but what is sealed from then on.
/// </para>
/// </summary>
public sealed class AzureKeyVaultKey : IKeyEncryptionKey
{
    private const int TenantHashBytes = SHA256.HashSizeInBytes;
    private const int ClientsKept = 64;

    private static readonly KeyWrapAlgorithm Algorithm = KeyWrapAlgorithm.RsaOaep256;

    private readonly KeyVaultKeyName _name;
    private readonly TokenCredential _credential;
    private readonly CryptographyClientOptions _options;

    /// <summary>By version, because a client may ask the vault about its key once.</summary>
    private readonly ConcurrentDictionary<string, CryptographyClient> _unwrapping = new(StringComparer.Ordinal);

    /// <param name="key"><c>https://VAULT/keys/NAME</c>, with or without <c>/VERSION</c>.</param>
    /// <exception cref="FormatException">It is no address of a key.</exception>
    public AzureKeyVaultKey(string key, TokenCredential credential, CryptographyClientOptions? options = null)
    {
        _name = KeyVaultKeyName.Parse(key);
        _credential = credential;
        _options = options ?? DefaultOptions();
    }

    public bool Knows(string kekId) => KeyVaultKeyName.TryParse(kekId, out var other) && other.IsVersionOf(_name);

    /// <summary>Asks by wrapping nothing of worth, which takes no permission that wrapping does not take.</summary>
    public async ValueTask<string> CurrentIdAsync(CancellationToken ct) => (await WrapAsync(new byte[TenantHashBytes], ct)).KeyId;

    public async ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct)
    {
        var bound = GC.AllocateUninitializedArray<byte>(rootKey.Length + TenantHashBytes, pinned: true);
        try
        {
            rootKey.CopyTo(bound);
            HashTenant(tenant, bound.AsSpan(rootKey.Length));
            var result = await WrapAsync(bound, ct);
            return new WrappedKey(result.KeyId, result.EncryptedKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bound);
        }
    }

    public async ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
    {
        if (!Knows(wrapped.KekId))
        {
            throw new KeyEncryptionUnavailableException($"{wrapped.KekId} is no version of the key {_name}.");
        }

        var bound = await KeyVaultFault.CatchAsync(
            async () => (await Unwrapping(wrapped.KekId).UnwrapKeyAsync(Algorithm, wrapped.Bytes, ct)).Key, tenant, ct);
        try
        {
            return Unbind(tenant, bound);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bound);
        }
    }

    /// <summary>With a client of its own: one that has settled on a version would miss the next rotation.</summary>
    private Task<WrapResult> WrapAsync(byte[] bound, CancellationToken ct) => KeyVaultFault.CatchAsync(
        () => new CryptographyClient(_name.Address, _credential, _options).WrapKeyAsync(Algorithm, bound, ct), null, ct);

    private CryptographyClient Unwrapping(string kekId)
    {
        if (_unwrapping.Count >= ClientsKept)
        {
            _unwrapping.Clear();
        }

        return _unwrapping.GetOrAdd(kekId, id => new CryptographyClient(new Uri(id), _credential, _options));
    }

    private static SecretBuffer Unbind(TenantId tenant, ReadOnlySpan<byte> bound)
    {
        Span<byte> hash = stackalloc byte[TenantHashBytes];
        HashTenant(tenant, hash);
        return bound.Length > TenantHashBytes && CryptographicOperations.FixedTimeEquals(bound[^TenantHashBytes..], hash)
            ? SecretBuffer.CopyOf(bound[..^TenantHashBytes])
            : throw KeyVaultFault.Broken(tenant, null);
    }

    private static void HashTenant(TenantId tenant, Span<byte> hash) => SHA256.HashData(Encoding.UTF8.GetBytes("saas/rootkey/1/" + tenant.Value), hash);

    private static CryptographyClientOptions DefaultOptions()
    {
        var options = new CryptographyClientOptions();
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        options.Retry.MaxRetries = 3;
        return options;
    }
}
