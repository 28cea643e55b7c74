using Saas.Keys;

namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>One call of one operation, from spans. What depends on the caller's bytes comes back as null or false.</summary>
internal static unsafe class EvpOperations
{
    private static ReadOnlySpan<byte> Nothing => [0];

    /// <summary>RSA or ECDSA (then a DER) over a digest.</summary>
    public static byte[]? SignDigest(EvpKey key, in RsaSignaturePadding? padding, ReadOnlySpan<byte> digest)
    {
        using var context = EvpContext.ForSignature(key, verify: false, padding);
        var signature = new byte[key.MaxOutputBytes];
        var length = (nuint)signature.Length;
        fixed (byte* to = signature, from = digest.IsEmpty ? Nothing : digest)
        {
            if (!Crypto.Succeeded(Crypto.EVP_PKEY_sign(context.Handle, to, &length, from, (nuint)digest.Length)))
            {
                return null;
            }
        }

        return (int)length == signature.Length ? signature : signature[..(int)length];
    }

    public static bool VerifyDigest(
        EvpKey key, in RsaSignaturePadding? padding, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        using var context = EvpContext.ForSignature(key, verify: true, padding);
        fixed (byte* claimed = signature.IsEmpty ? Nothing : signature, from = digest.IsEmpty ? Nothing : digest)
        {
            return Crypto.Succeeded(Crypto.EVP_PKEY_verify(
                context.Handle, claimed, (nuint)signature.Length, from, (nuint)digest.Length));
        }
    }

    /// <summary>Ed25519 over the message itself, 64 bytes.</summary>
    public static byte[] SignMessage(EvpKey key, ReadOnlySpan<byte> message)
    {
        var signature = new byte[64];
        var length = (nuint)signature.Length;
        var context = Crypto.EVP_MD_CTX_new();
        fixed (byte* to = signature, from = message.IsEmpty ? Nothing : message)
        {
            var signed = context != 0
                && Crypto.EVP_DigestSignInit(context, 0, 0, 0, key) > 0
                && Crypto.EVP_DigestSign(context, to, &length, from, (nuint)message.Length) > 0;
            Crypto.EVP_MD_CTX_free(context);
            Crypto.Require(signed, nameof(Crypto.EVP_DigestSign));
        }

        return signature;
    }

    public static bool VerifyMessage(EvpKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var context = Crypto.EVP_MD_CTX_new();
        Crypto.Require(context != 0, nameof(Crypto.EVP_MD_CTX_new));
        fixed (byte* claimed = signature.IsEmpty ? Nothing : signature, from = message.IsEmpty ? Nothing : message)
        {
            var valid = Crypto.EVP_DigestVerifyInit(context, 0, 0, 0, key) > 0
                && Crypto.EVP_DigestVerify(
                    context, claimed, (nuint)signature.Length, from, (nuint)message.Length) > 0;
            Crypto.EVP_MD_CTX_free(context);
            return Crypto.Succeeded(valid ? 1 : 0);
        }
    }

    /// <summary>Null: the plaintext is too long for the key.</summary>
    public static byte[]? RsaEncrypt(EvpKey key, int padding, DigestAlgorithm digest, ReadOnlySpan<byte> plaintext)
    {
        using var context = EvpContext.ForRsaEncryption(key, decrypt: false, padding, digest);
        var ciphertext = new byte[key.MaxOutputBytes];
        var length = (nuint)ciphertext.Length;
        fixed (byte* to = ciphertext, from = plaintext.IsEmpty ? Nothing : plaintext)
        {
            return Crypto.Succeeded(
                Crypto.EVP_PKEY_encrypt(context.Handle, to, &length, from, (nuint)plaintext.Length))
                ? ciphertext
                : null;
        }
    }

    /// <summary>Null: no ciphertext of this key and padding.</summary>
    /// <param name="label">Of OAEP; transit's is empty.</param>
    public static SecretBuffer? RsaDecrypt(
        EvpKey key, int padding, DigestAlgorithm digest, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> label = default)
    {
        using var context = EvpContext.ForRsaEncryption(key, decrypt: true, padding, digest);
        if (!label.IsEmpty)
        {
            context.SetOaepLabel(label);
        }

        using var room = SecretBuffer.Allocate(key.MaxOutputBytes);
        var length = (nuint)room.Length;
        fixed (byte* to = room.Span, from = ciphertext.IsEmpty ? Nothing : ciphertext)
        {
            if (!Crypto.Succeeded(
                Crypto.EVP_PKEY_decrypt(context.Handle, to, &length, from, (nuint)ciphertext.Length)))
            {
                return null;
            }
        }

        return SecretBuffer.CopyOf(room.Span[..(int)length]);
    }
}
