using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// A version of an ed25519 key (RFC 8032, pure: the message is not hashed first). Where the key is derived, the 64 bytes
/// of seed and public key are only the input of HKDF, whose 32 bytes of output are the seed that signs.
/// </summary>
internal sealed class Ed25519Material : SigningMaterial
{
    public const int SeedBytes = 32;
    public const int PublicKeyBytes = 32;

    private readonly SecretBuffer? _seedAndPublicKey;
    private readonly DerivedKey? _derived;

    private Ed25519Material(EvpKey key, SecretBuffer? seedAndPublicKey, SecretBuffer hmacKey)
        : base(KeyType.Ed25519, key, seedAndPublicKey is not null, hmacKey)
    {
        _seedAndPublicKey = seedAndPublicKey;
        _derived = seedAndPublicKey is null ? null : new DerivedKey(seedAndPublicKey);
        Span<byte> raw = stackalloc byte[PublicKeyBytes];
        key.CopyRawPublicKey(raw);
        PublicKey = Convert.ToBase64String(raw);
    }

    /// <summary>Means nothing where the key is derived: see <see cref="DerivePublicKey"/>.</summary>
    public override string PublicKey { get; }

    /// <summary>Seed and public key, 64 bytes: the form in which Vault keeps and exports it. Empty without a private half.</summary>
    internal ReadOnlySpan<byte> SeedAndPublicKey => _seedAndPublicKey is null ? default : _seedAndPublicKey.Span;

    /// <summary>Takes the HMAC key over; the seed stays the caller's to clear.</summary>
    internal static Ed25519Material FromSeed(ReadOnlySpan<byte> seed, SecretBuffer hmacKey)
    {
        var key = EvpKey.Ed25519Private(seed);
        var both = SecretBuffer.Allocate(SeedBytes + PublicKeyBytes);
        seed.CopyTo(both.Span);
        key.CopyRawPublicKey(both.Span[SeedBytes..]);
        return new Ed25519Material(key, both, hmacKey);
    }

    internal static Ed25519Material FromPublicKey(ReadOnlySpan<byte> raw, SecretBuffer hmacKey) =>
        new(EvpKey.Ed25519Public(raw), null, hmacKey);

    /// <summary>The public key of a context, 32 bytes.</summary>
    public CryptoFault DerivePublicKey(KeyDerivation derivation, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        var fault = Derive(derivation, context, out var key);
        using (key)
        {
            key?.CopyRawPublicKey(destination);
        }

        return fault;
    }

    public override CryptoFault Verify(
        SignatureOptions options,
        ReadOnlySpan<byte> context,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> signature,
        out bool valid)
    {
        valid = false;
        var fault = Check(options);
        if (fault != CryptoFault.None)
        {
            return fault;
        }

        if (options.Derivation == KeyDerivation.None)
        {
            valid = EvpOperations.VerifyMessage(Pair, input, signature);
            return CryptoFault.None;
        }

        fault = Derive(options.Derivation, context, out var key);
        using (key)
        {
            valid = key is not null && EvpOperations.VerifyMessage(key, input, signature);
        }

        return fault;
    }

    private protected override CryptoFault SignCore(
        SignatureOptions options, ReadOnlySpan<byte> context, ReadOnlySpan<byte> input, ref byte[] signature)
    {
        var fault = Check(options);
        if (fault != CryptoFault.None)
        {
            return fault;
        }

        if (options.Derivation == KeyDerivation.None)
        {
            signature = EvpOperations.SignMessage(Pair, input);
            return CryptoFault.None;
        }

        fault = Derive(options.Derivation, context, out var key);
        using (key)
        {
            signature = key is null ? [] : EvpOperations.SignMessage(key, input);
        }

        return fault;
    }

    private protected override SecretBuffer CopyKey()
    {
        if (_seedAndPublicKey is not null)
        {
            return SecretBuffer.CopyOf(_seedAndPublicKey.Span[..SeedBytes]);
        }

        var raw = SecretBuffer.Allocate(PublicKeyBytes);
        Pair.CopyRawPublicKey(raw.Span);
        return raw;
    }

    protected override void Dispose(bool disposing)
    {
        _derived?.Dispose();
        _seedAndPublicKey?.Dispose();
        base.Dispose(disposing);
    }

    private static CryptoFault Check(SignatureOptions options) =>
        options.HasSignatureContext ? CryptoFault.SignatureContextUnsupported
        : options.Digest == DigestAlgorithm.Sha512 ? CryptoFault.Ed25519PrehashUnsupported
        : CryptoFault.None;

    private CryptoFault Derive(KeyDerivation derivation, ReadOnlySpan<byte> context, out EvpKey? key)
    {
        key = null;
        if (_derived is null)
        {
            return CryptoFault.PrivateKeyMissing;
        }

        // Counter mode yields 32 bytes where Vault expects 64, so that no such signature can exist.
        if (derivation != KeyDerivation.HkdfSha256)
        {
            return CryptoFault.UnsupportedDerivation;
        }

        Span<byte> seed = stackalloc byte[SeedBytes];
        var fault = _derived.Derive(derivation, context, seed);
        if (fault == CryptoFault.None)
        {
            key = EvpKey.Ed25519Private(seed);
        }

        CryptographicOperations.ZeroMemory(seed);
        return fault;
    }
}
