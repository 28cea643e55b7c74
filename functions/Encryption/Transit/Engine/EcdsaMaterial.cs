using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>A version of an ecdsa key on one of NIST's curves.</summary>
internal sealed class EcdsaMaterial : SigningMaterial
{
    /// <summary>Takes both over. The key is on the type's curve.</summary>
    internal EcdsaMaterial(KeyType type, EvpKey key, bool hasPrivateKey, SecretBuffer hmacKey)
        : base(type, key, hasPrivateKey, hmacKey)
    {
        PublicKey = Pem.Write("PUBLIC KEY", key.ToPublicDer());
    }

    public override string PublicKey { get; }

    public override CryptoFault Verify(
        SignatureOptions options,
        ReadOnlySpan<byte> context,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> signature,
        out bool valid)
    {
        valid = false;
        if (options.Digest == DigestAlgorithm.None)
        {
            return CryptoFault.UnsupportedHash;
        }

        if (options.Marshaling == SignatureMarshaling.Jws)
        {
            signature = EcdsaSignature.FromJws(signature);
        }
        else if (EcdsaSignature.CheckDer(signature) is var fault and not CryptoFault.None)
        {
            return fault;
        }

        var digest = Digest(options, input, stackalloc byte[Digests.MaxBytes]);
        valid = EvpOperations.VerifyDigest(Pair, padding: null, digest, signature);
        return CryptoFault.None;
    }

    private protected override CryptoFault SignCore(
        SignatureOptions options, ReadOnlySpan<byte> context, ReadOnlySpan<byte> input, ref byte[] signature)
    {
        if (options.Digest == DigestAlgorithm.None)
        {
            return CryptoFault.UnsupportedHash;
        }

        var digest = Digest(options, input, stackalloc byte[Digests.MaxBytes]);
        var der = EvpOperations.SignDigest(Pair, padding: null, digest)
            ?? throw new InvalidOperationException("OpenSSL refused an ECDSA signature.");
        signature = options.Marshaling == SignatureMarshaling.Jws
            ? EcdsaSignature.ToJws(der, (Pair.Bits + 7) / 8)
            : der;
        return CryptoFault.None;
    }

    private protected override SecretBuffer CopyKey() =>
        HasPrivateKey ? Pair.ToPrivateDer() : SecretBuffer.CopyOf(Pair.ToPublicDer());
}
