using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// Bring your own key, PKCS#11's CKM_RSA_AES_KEY_WRAP: an ephemeral AES key under RSA-OAEP (as many bytes as the
/// wrapping key's modulus), then the target key under AES-KWP (RFC 5649) with the ephemeral one.
/// </summary>
internal static class KeyWrapping
{
    private const int EphemeralKeyBytes = 32;
    private const int BlockBytes = 8;

    /// <summary>The hash_function of import requests: SHA1, SHA224, SHA256, SHA384, SHA512, in any case.</summary>
    public static bool TryParseHash(string name, out DigestAlgorithm hash)
    {
        hash = name.ToUpperInvariant() switch
        {
            "SHA1" => DigestAlgorithm.Sha1,
            "SHA224" => DigestAlgorithm.Sha224,
            "SHA256" => DigestAlgorithm.Sha256,
            "SHA384" => DigestAlgorithm.Sha384,
            "SHA512" => DigestAlgorithm.Sha512,
            _ => DigestAlgorithm.None,
        };
        return hash != DigestAlgorithm.None;
    }

    /// <param name="target">What <see cref="KeyImport.Private"/> takes. The caller's to dispose; null when it fails.</param>
    public static CryptoFault Unwrap(
        RsaMaterial wrappingKey, DigestAlgorithm hash, ReadOnlySpan<byte> blob, out SecretBuffer? target)
    {
        target = null;
        if (!wrappingKey.HasPrivateKey)
        {
            return CryptoFault.PrivateKeyMissing;
        }

        var modulusBytes = wrappingKey.Pair.MaxOutputBytes;
        if (blob.Length < modulusBytes + (2 * BlockBytes) || (blob.Length - modulusBytes) % BlockBytes != 0)
        {
            return CryptoFault.UnwrapFailed;
        }

        using var ephemeral = EvpOperations.RsaDecrypt(
            wrappingKey.Pair, Crypto.RsaOaepPadding, hash, blob[..modulusBytes]);
        if (ephemeral is not { Length: 16 or EphemeralKeyBytes })
        {
            return CryptoFault.UnwrapFailed;
        }

        var wrapped = blob[modulusBytes..];
        using var aes = Aes.Create();
        aes.SetKey(ephemeral.Span);
        using var room = SecretBuffer.Allocate(wrapped.Length - BlockBytes);
        try
        {
            var length = aes.DecryptKeyWrapPadded(wrapped, room.Span);
            target = SecretBuffer.CopyOf(room.Span[..length]);
            return CryptoFault.None;
        }
        catch (CryptographicException)
        {
            return CryptoFault.UnwrapFailed;
        }
    }

    /// <summary>The key of a version for another system's import, under that system's wrapping key.</summary>
    public static CryptoFault Wrap(RsaMaterial wrappingKey, DigestAlgorithm hash, KeyMaterial target, out byte[] blob)
    {
        blob = [];
        if (!target.HasPrivateKey)
        {
            return CryptoFault.PrivateKeyMissing;
        }

        using var key = target.ToImportable();
        using var ephemeral = SecretBuffer.Random(EphemeralKeyBytes);
        var wrappedEphemeral = EvpOperations.RsaEncrypt(wrappingKey.Pair, Crypto.RsaOaepPadding, hash, ephemeral.Span)
            ?? throw new InvalidOperationException("OpenSSL refused to encrypt 32 bytes with an RSA key.");
        using var aes = Aes.Create();
        aes.SetKey(ephemeral.Span);
        blob = [.. wrappedEphemeral, .. aes.EncryptKeyWrapPadded(key.Span)];
        return CryptoFault.None;
    }
}
