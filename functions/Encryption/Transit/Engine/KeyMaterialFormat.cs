using System.Buffers.Binary;
using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// The binary form of one key version inside a sealed row:
/// <code>format (1) | type (1) | content (1) | bytes of the HMAC key (2, big endian) | HMAC key | key</code>
/// The key is raw for AEAD and hmac (whose HMAC key is empty here), the 32-byte seed or public key for ed25519, and for
/// rsa and ecdsa a DER: PKCS#1 or SEC1 with the private half, SubjectPublicKeyInfo without.
/// </summary>
internal static class KeyMaterialFormat
{
    private const byte Format = 1;
    private const byte Private = 0;
    private const byte PublicOnly = 1;
    private const int HeaderBytes = 5;

    public static SecretBuffer Write(KeyMaterial material, ReadOnlySpan<byte> key)
    {
        var hmacKey = material.Type == KeyType.Hmac ? [] : material.HmacKey;
        var buffer = SecretBuffer.Allocate(HeaderBytes + hmacKey.Length + key.Length);
        var bytes = buffer.Span;
        bytes[0] = Format;
        bytes[1] = (byte)material.Type;
        bytes[2] = material.HasPrivateKey ? Private : PublicOnly;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[3..], checked((ushort)hmacKey.Length));
        hmacKey.CopyTo(bytes[HeaderBytes..]);
        key.CopyTo(bytes[(HeaderBytes + hmacKey.Length)..]);
        return buffer;
    }

    public static KeyMaterial Read(ReadOnlySpan<byte> serialized)
    {
        if (serialized.Length < HeaderBytes || serialized[0] != Format || serialized[2] > PublicOnly)
        {
            throw new InvalidDataException("The stored key material is in no known format.");
        }

        var type = (KeyType)serialized[1];
        var hasPrivateKey = serialized[2] == Private;
        var hmacKeyBytes = BinaryPrimitives.ReadUInt16BigEndian(serialized[3..]);
        if (serialized.Length < HeaderBytes + hmacKeyBytes)
        {
            throw new InvalidDataException("The stored key material is cut short.");
        }

        var key = serialized[(HeaderBytes + hmacKeyBytes)..];
        if (type == KeyType.Hmac)
        {
            return HmacMaterial.IsKeyLength(key.Length) ? new HmacMaterial(SecretBuffer.CopyOf(key)) : throw Broken(type);
        }

        var hmacKey = SecretBuffer.CopyOf(serialized.Slice(HeaderBytes, hmacKeyBytes));
        return type switch
        {
            _ when type.IsAead && hasPrivateKey && key.Length == type.SymmetricKeyBytes =>
                new AeadMaterial(type, SecretBuffer.CopyOf(key), hmacKey),
            KeyType.Ed25519 when key.Length == Ed25519Material.SeedBytes =>
                hasPrivateKey ? Ed25519Material.FromSeed(key, hmacKey) : Ed25519Material.FromPublicKey(key, hmacKey),
            _ when type.IsRsa => new RsaMaterial(type, Pair(type, key, hasPrivateKey), hasPrivateKey, hmacKey),
            _ when type.IsEcdsa => new EcdsaMaterial(type, Pair(type, key, hasPrivateKey), hasPrivateKey, hmacKey),
            _ => throw Broken(type),
        };
    }

    private static EvpKey Pair(KeyType type, ReadOnlySpan<byte> der, bool hasPrivateKey) =>
        (hasPrivateKey ? EvpKey.ReadPrivate(type.IsRsa ? Crypto.KeyTypeRsa : Crypto.KeyTypeEc, der) : EvpKey.ReadPublic(der))
            ?? throw Broken(type);

    private static InvalidDataException Broken(KeyType type) => new($"The stored key material is no key of type {type}.");
}
