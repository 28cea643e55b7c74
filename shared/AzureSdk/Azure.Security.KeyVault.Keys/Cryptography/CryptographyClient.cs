using Azure.Core;
using Azure.Security.KeyVault.Keys.Internal;

namespace Azure.Security.KeyVault.Keys.Cryptography;

public class CryptographyClient
{
    private readonly Uri _keyId;
    private readonly KeyVaultRest _rest;
    private Uri? _version;

    public CryptographyClient(Uri keyId, TokenCredential credential)
        : this(keyId, credential, null!)
    {
    }

    public CryptographyClient(Uri keyId, TokenCredential credential, CryptographyClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        ArgumentNullException.ThrowIfNull(credential);
        _keyId = keyId;
        _rest = new KeyVaultRest(options ?? new CryptographyClientOptions(), credential);
    }

    public virtual string KeyId => _keyId.ToString();

    public virtual async Task<WrapResult> WrapKeyAsync(
        KeyWrapAlgorithm algorithm, byte[] key, CancellationToken cancellationToken = default)
    {
        var (keyId, value) = await OperateAsync("wrapKey", algorithm, key, cancellationToken);
        return new WrapResult(keyId, value, algorithm);
    }

    public virtual async Task<UnwrapResult> UnwrapKeyAsync(
        KeyWrapAlgorithm algorithm, byte[] encryptedKey, CancellationToken cancellationToken = default)
    {
        var (keyId, value) = await OperateAsync("unwrapKey", algorithm, encryptedKey, cancellationToken);
        return new UnwrapResult(keyId, value, algorithm);
    }

    private async Task<(string KeyId, byte[] Value)> OperateAsync(
        string operation, KeyWrapAlgorithm algorithm, byte[] value, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(value);

        // As the package does: which version a key without one means is settled at a client's first call.
        _version ??= await _rest.FindVersionAsync(_keyId, ct);
        return await _rest.OperateAsync(_version, operation, algorithm.ToString(), value, ct);
    }
}
