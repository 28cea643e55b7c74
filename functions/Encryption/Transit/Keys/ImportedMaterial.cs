using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;
using Saas.Keys;

namespace Saas.Encryption.Transit.Keys;

/// <summary>The key in an import request: wrapped by the mount's wrapping key, or a public key in the clear.</summary>
/// <param name="Wrapped">Null: <paramref name="PublicKey"/> is given.</param>
internal sealed record ImportedMaterial(byte[]? Wrapped, string PublicKey, DigestAlgorithm Hash)
{
    /// <summary>The wrapped ephemeral key, as long as the modulus of the wrapping key.</summary>
    private const int EphemeralKeyBytes = 512;

    public bool IsPrivate => Wrapped is not null;

    /// <summary>No lease for a public key, which needs none: the mount may have no wrapping key yet.</summary>
    public ValueTask<Lease<KeyMaterial>> WrappingKeyAsync(VaultRequest request, CancellationToken ct) =>
        IsPrivate ? request.Service<WrappingKeys>().LeaseAsync(KeyRing.Of(request), ct) : default;

    /// <exception cref="VaultException">400: not one of the two, no base 64, or an unknown hash function.</exception>
    public static ImportedMaterial Of(VaultFields fields)
    {
        var (wrapped, publicKey) = (fields.String("ciphertext"), fields.String("public_key"));
        if (wrapped is not null && publicKey is not null)
        {
            throw VaultException.BadRequest("only one of the following fields, ciphertext and public_key, can be set");
        }

        if (wrapped is null)
        {
            return new ImportedMaterial(
                null, publicKey ?? throw VaultException.BadRequest("one of the following fields, ciphertext and public_key, must be set"), default);
        }

        var name = fields.String("hash_function") is { Length: > 0 } given ? given : "SHA256";
        if (!KeyWrapping.TryParseHash(name, out var hash))
        {
            throw VaultException.BadRequest($"unknown hash function: {name}");
        }

        var bytes = Base64(wrapped);
        return bytes.Length > EphemeralKeyBytes
            ? new ImportedMaterial(bytes, "", hash)
            : throw VaultException.BadRequest("provided ciphertext is too short");
    }

    /// <summary>A new version's material. The caller disposes it.</summary>
    /// <exception cref="VaultException">400: it is no key of the type.</exception>
    public KeyMaterial Open(KeyType type, in Lease<KeyMaterial> wrappingKey)
    {
        if (!IsPrivate)
        {
            return Checked(type, KeyImport.Public(type, PublicKey, out var half), half);
        }

        using var key = Unwrap(wrappingKey);
        return Checked(type, KeyImport.Private(type, key.Span, out var material), material);
    }

    /// <summary>The version with the private half that it lacked; null where this is no counterpart of it.</summary>
    public KeyMaterial? Complete(KeyMaterial publicOnly, in Lease<KeyMaterial> wrappingKey)
    {
        using var key = Unwrap(wrappingKey);
        return KeyImport.Complete((SigningMaterial)publicOnly, key.Span, out var material) == CryptoFault.None ? material : null;
    }

    private SecretBuffer Unwrap(in Lease<KeyMaterial> wrappingKey) =>
        KeyWrapping.Unwrap((RsaMaterial)wrappingKey.Value, Hash, Wrapped, out var key) == CryptoFault.None
            ? key!
            : throw VaultException.BadRequest("error importing key: the ciphertext does not unwrap with the wrapping key of this mount and the hash function");

    private static byte[] Base64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw VaultException.BadRequest("illegal base64 data in ciphertext");
        }
    }

    private static KeyMaterial Checked(KeyType type, CryptoFault fault, KeyMaterial? material) => fault switch
    {
        CryptoFault.None => material!,
        CryptoFault.WrongKeyLength => throw VaultException.BadRequest($"error importing key: invalid key size for key type {type.WireName}"),
        CryptoFault.NotPem => throw VaultException.BadRequest("error importing key: error parsing public key: not in PEM format"),
        CryptoFault.KeyTypeMismatch => throw VaultException.BadRequest($"error importing key: invalid key type: expected {type.WireName}"),
        CryptoFault.UnsupportedByKeyType => throw VaultException.BadRequest("provided type does not support public_key import"),
        _ => throw VaultException.BadRequest("error importing key: error parsing asymmetric key"),
    };
}
