using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// One version of a transit key, in memory: all zeroed when disposed. Every method is safe for concurrent use; only
/// disposal must wait until nobody uses it any more (the cache's leases see to that).
/// </summary>
internal abstract class KeyMaterial : IDisposable
{
    /// <summary>Bytes of the HMAC key that Vault keeps beside every other key.</summary>
    public const int HmacKeyBytes = 32;

    private readonly SecretBuffer _hmacKey;
    private bool _disposed;

    private protected KeyMaterial(KeyType type, SecretBuffer hmacKey)
    {
        Type = type;
        _hmacKey = hmacKey;
    }

    public KeyType Type { get; }

    /// <summary>False where only the public half was imported.</summary>
    public abstract bool HasPrivateKey { get; }

    /// <summary>
    /// The public half as Vault shows it when a key is read: PEM (SubjectPublicKeyInfo) with its last line ended, for
    /// ed25519 the base64 of the raw 32 bytes, null for symmetric keys.
    /// </summary>
    public virtual string? PublicKey => null;

    /// <summary>The key of the hmac operation; for type hmac the key itself.</summary>
    internal ReadOnlySpan<byte> HmacKey => _hmacKey.Span;

    /// <summary>A new version of random material.</summary>
    /// <param name="hmacKeyBytes">Size of a key of type hmac, 32 to 512 bytes; ignored for every other type.</param>
    public static KeyMaterial Generate(KeyType type, int hmacKeyBytes = HmacMaterial.MinKeyBytes)
    {
        if (type == KeyType.Hmac)
        {
            ArgumentOutOfRangeException.ThrowIfEqual(HmacMaterial.IsKeyLength(hmacKeyBytes), false, nameof(hmacKeyBytes));
            return new HmacMaterial(SecretBuffer.Random(hmacKeyBytes));
        }

        var hmacKey = SecretBuffer.Random(HmacKeyBytes);
        return type switch
        {
            _ when type.IsAead => new AeadMaterial(type, SecretBuffer.Random(type.SymmetricKeyBytes), hmacKey),
            _ when type.IsRsa => new RsaMaterial(type, EvpKey.GenerateRsa(type.ModulusBits), hasPrivateKey: true, hmacKey),
            _ when type.IsEcdsa =>
                new EcdsaMaterial(type, EvpKey.GenerateEc(EcCurve.Of(type).Group), hasPrivateKey: true, hmacKey),
            KeyType.Ed25519 => GenerateEd25519(hmacKey),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
    }

    /// <summary>All of it, secret: only to be sealed (see <see cref="KeyMaterialFormat"/>).</summary>
    public SecretBuffer Serialize()
    {
        using var key = CopyKey();
        return KeyMaterialFormat.Write(this, key.Span);
    }

    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Serialize"/> wrote.</exception>
    public static KeyMaterial Deserialize(ReadOnlySpan<byte> serialized) => KeyMaterialFormat.Read(serialized);

    /// <summary>
    /// The code of the hmac operation. Not for <see cref="DigestAlgorithm.None"/>. Returns and needs what
    /// <see cref="Digests.Hash"/> does.
    /// </summary>
    public int Hmac(DigestAlgorithm algorithm, ReadOnlySpan<byte> input, Span<byte> destination) =>
        Digests.Hmac(algorithm, HmacKey, input, destination);

    /// <summary>Not for <see cref="DigestAlgorithm.None"/>. A shortened code is refused.</summary>
    public bool VerifyHmac(DigestAlgorithm algorithm, ReadOnlySpan<byte> input, ReadOnlySpan<byte> code) =>
        Digests.VerifyHmac(algorithm, HmacKey, input, code);

    /// <summary>The form that an import takes: raw bytes for AEAD and hmac, PKCS#8 DER for a pair.</summary>
    internal SecretBuffer ToImportable() => this is SigningMaterial pair ? pair.Pair.ToPkcs8() : CopyKey();

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Dispose(disposing: true);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>The key in the form that <see cref="KeyMaterialFormat"/> stores: see there.</summary>
    private protected abstract SecretBuffer CopyKey();

    protected virtual void Dispose(bool disposing) => _hmacKey.Dispose();

    private static Ed25519Material GenerateEd25519(SecretBuffer hmacKey)
    {
        using var seed = SecretBuffer.Random(Ed25519Material.SeedBytes);
        return Ed25519Material.FromSeed(seed.Span, hmacKey);
    }
}
