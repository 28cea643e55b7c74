using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>A version of a key pair that signs: rsa, ecdsa, ed25519.</summary>
internal abstract class SigningMaterial : KeyMaterial
{
    private protected SigningMaterial(KeyType type, EvpKey key, bool hasPrivateKey, SecretBuffer hmacKey)
        : base(type, hmacKey)
    {
        Pair = key;
        HasPrivateKey = hasPrivateKey;
    }

    public sealed override bool HasPrivateKey { get; }

    internal EvpKey Pair { get; }

    /// <param name="context">Only for a derived ed25519 key.</param>
    /// <param name="signature">Empty when it fails.</param>
    public CryptoFault Sign(
        SignatureOptions options, ReadOnlySpan<byte> context, ReadOnlySpan<byte> input, out byte[] signature)
    {
        signature = [];
        return HasPrivateKey ? SignCore(options, context, input, ref signature) : CryptoFault.PrivateKeyMissing;
    }

    /// <param name="valid">False too when there is a fault.</param>
    /// <returns>A fault where the request makes no sense; a signature that is merely wrong is none.</returns>
    public abstract CryptoFault Verify(
        SignatureOptions options,
        ReadOnlySpan<byte> context,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> signature,
        out bool valid);

    private protected abstract CryptoFault SignCore(
        SignatureOptions options, ReadOnlySpan<byte> context, ReadOnlySpan<byte> input, ref byte[] signature);

    /// <summary>The bytes that are signed: the input, or its digest in the given room.</summary>
    private protected static ReadOnlySpan<byte> Digest(
        SignatureOptions options, ReadOnlySpan<byte> input, Span<byte> room) =>
        options.Prehashed ? input : room[..Digests.Hash(options.Digest, input, room)];

    protected override void Dispose(bool disposing)
    {
        Pair.Dispose();
        base.Dispose(disposing);
    }
}
