using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>A version of an rsa key: encrypts and signs.</summary>
internal sealed class RsaMaterial : SigningMaterial
{
    /// <summary>Takes both over. The modulus has the type's size.</summary>
    internal RsaMaterial(KeyType type, EvpKey key, bool hasPrivateKey, SecretBuffer hmacKey)
        : base(type, key, hasPrivateKey, hmacKey)
    {
        PublicKey = Pem.Write("PUBLIC KEY", key.ToPublicDer());
    }

    public override string PublicKey { get; }

    /// <param name="hash">Of OAEP and its MGF1.</param>
    public CryptoFault Encrypt(
        RsaPaddingScheme scheme, ReadOnlySpan<byte> plaintext, out byte[] ciphertext, DigestAlgorithm hash = DigestAlgorithm.Sha256)
    {
        ciphertext = EvpOperations.RsaEncrypt(Pair, Number(scheme), hash, plaintext) ?? [];
        return ciphertext.Length > 0 ? CryptoFault.None : CryptoFault.MessageTooLong;
    }

    /// <param name="plaintext">The caller's to dispose; null when it fails.</param>
    /// <param name="hash">Of OAEP and its MGF1.</param>
    public CryptoFault Decrypt(
        RsaPaddingScheme scheme, ReadOnlySpan<byte> ciphertext, out SecretBuffer? plaintext, DigestAlgorithm hash = DigestAlgorithm.Sha256)
    {
        plaintext = null;
        if (!HasPrivateKey)
        {
            return CryptoFault.PrivateKeyMissing;
        }

        // RFC 8017 §7.1.2, 7.2.2: exactly as long as the modulus.
        if (ciphertext.Length == Pair.MaxOutputBytes)
        {
            plaintext = EvpOperations.RsaDecrypt(Pair, Number(scheme), hash, ciphertext);
        }

        return plaintext is null ? CryptoFault.DecryptionFailed : CryptoFault.None;
    }

    public override CryptoFault Verify(
        SignatureOptions options,
        ReadOnlySpan<byte> context,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> signature,
        out bool valid)
    {
        valid = false;
        var fault = Padding(options, verify: true, out var padding);
        if (fault != CryptoFault.None)
        {
            return fault;
        }

        var digest = Digest(options, input, stackalloc byte[Digests.MaxBytes]);

        // OpenSSL takes a shortened signature for a small number.
        valid = signature.Length == Pair.MaxOutputBytes
            && (padding.Digest == DigestAlgorithm.None || digest.Length == padding.Digest.OutputBytes)
            && EvpOperations.VerifyDigest(Pair, padding, digest, signature);
        return CryptoFault.None;
    }

    private protected override CryptoFault SignCore(
        SignatureOptions options, ReadOnlySpan<byte> context, ReadOnlySpan<byte> input, ref byte[] signature)
    {
        var fault = Padding(options, verify: false, out var padding);
        if (fault != CryptoFault.None)
        {
            return fault;
        }

        var digest = Digest(options, input, stackalloc byte[Digests.MaxBytes]);
        if (padding.Digest == DigestAlgorithm.None ? digest.IsEmpty : digest.Length != padding.Digest.OutputBytes)
        {
            return CryptoFault.WrongDigestLength;
        }

        signature = EvpOperations.SignDigest(Pair, padding, digest) ?? [];
        return signature.Length > 0 ? CryptoFault.None : CryptoFault.MessageTooLong;
    }

    private protected override SecretBuffer CopyKey() =>
        HasPrivateKey ? Pair.ToPrivateDer() : SecretBuffer.CopyOf(Pair.ToPublicDer());

    private static int Number(RsaPaddingScheme scheme) =>
        scheme == RsaPaddingScheme.Oaep ? Crypto.RsaOaepPadding : Crypto.RsaPkcs1Padding;

    private CryptoFault Padding(SignatureOptions options, bool verify, out RsaSignaturePadding padding)
    {
        padding = new RsaSignaturePadding(Crypto.RsaPkcs1Padding, options.Digest, 0);
        if (options.RsaAlgorithm == RsaSignatureAlgorithm.Pkcs1v15)
        {
            return options.Digest == DigestAlgorithm.None && !options.Prehashed
                ? CryptoFault.UnsupportedHash
                : CryptoFault.None;
        }

        if (options.Digest == DigestAlgorithm.None)
        {
            return CryptoFault.UnsupportedHash;
        }

        // EMSA-PSS (RFC 8017 §9.1.1): salt, digest and two bytes fit into the modulus less one bit.
        var longest = ((Pair.Bits - 1 + 7) / 8) - 2 - options.Digest.OutputBytes;
        if (options.SaltLength < SignatureOptions.SaltLengthHash || options.SaltLength > longest)
        {
            return CryptoFault.InvalidSaltLength;
        }

        var salt = options.SaltLength switch
        {
            SignatureOptions.SaltLengthAuto when verify => Crypto.PssSaltAnyOnVerify,
            SignatureOptions.SaltLengthAuto => Crypto.PssSaltMaximum,
            SignatureOptions.SaltLengthHash => Crypto.PssSaltOfDigest,
            _ => options.SaltLength,
        };
        padding = new RsaSignaturePadding(Crypto.RsaPssPadding, options.Digest, salt);
        return CryptoFault.None;
    }
}
