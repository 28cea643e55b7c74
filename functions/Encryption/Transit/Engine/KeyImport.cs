using System.Formats.Asn1;
using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>Key material from outside, checked as strictly as Vault does: type, curve, size, and that pairs are pairs.</summary>
internal static class KeyImport
{
    /// <param name="key">Raw bytes for AEAD and hmac, PKCS#8 DER for the others. Stays the caller's to clear.</param>
    /// <param name="hmacKey">Of a version that has one already, in a backup; empty: a new one.</param>
    public static CryptoFault Private(
        KeyType type, ReadOnlySpan<byte> key, out KeyMaterial? material, ReadOnlySpan<byte> hmacKey = default)
    {
        material = null;
        if (type == KeyType.Hmac)
        {
            material = HmacMaterial.IsKeyLength(key.Length) ? new HmacMaterial(SecretBuffer.CopyOf(key)) : null;
            return material is null ? CryptoFault.WrongKeyLength : CryptoFault.None;
        }

        if (type.IsAead)
        {
            if (key.Length != type.SymmetricKeyBytes)
            {
                return CryptoFault.WrongKeyLength;
            }

            material = new AeadMaterial(type, SecretBuffer.CopyOf(key), HmacKey(hmacKey));
            return CryptoFault.None;
        }

        using var mac = HmacKey(hmacKey);
        return Pkcs8(type, key, mac, out material);
    }

    /// <summary>A version with its public half alone: it verifies and, if rsa, encrypts.</summary>
    /// <param name="pem">A SubjectPublicKeyInfo.</param>
    /// <param name="hmacKey">As for <see cref="Private"/>.</param>
    public static CryptoFault Public(
        KeyType type, ReadOnlySpan<char> pem, out KeyMaterial? material, ReadOnlySpan<byte> hmacKey = default)
    {
        material = null;
        if (!type.SupportsPublicKeyImport)
        {
            return CryptoFault.UnsupportedByKeyType;
        }

        if (Pem.Read(pem) is not { } der)
        {
            return CryptoFault.NotPem;
        }

        PublicKeyInfo info;
        try
        {
            info = PublicKeyInfo.Read(der);
        }
        catch (AsnContentException)
        {
            return CryptoFault.MalformedKey;
        }

        if (!Fits(type, info.Kind, info.Curve))
        {
            return CryptoFault.KeyTypeMismatch;
        }

        if (type == KeyType.Ed25519)
        {
            material = Ed25519Material.FromPublicKey(info.Key, HmacKey(hmacKey));
            return CryptoFault.None;
        }

        return Check(
            type,
            EvpKey.ReadPublic(der),
            static key => key.IsSoundPublic(),
            hasPrivateKey: false,
            HmacKey(hmacKey),
            out material);
    }

    /// <summary>The same version with the private half that was missing; its HMAC key stays.</summary>
    public static CryptoFault Complete(SigningMaterial publicOnly, ReadOnlySpan<byte> pkcs8, out KeyMaterial? material)
    {
        using var hmacKey = SecretBuffer.CopyOf(publicOnly.HmacKey);
        var fault = Pkcs8(publicOnly.Type, pkcs8, hmacKey, out material);
        if (material is SigningMaterial pair && !pair.Pair.HasPublicKeyOf(publicOnly.Pair))
        {
            material.Dispose();
            material = null;
            return CryptoFault.KeyPairMismatch;
        }

        return fault;
    }

    private static SecretBuffer HmacKey(ReadOnlySpan<byte> given) =>
        given.IsEmpty ? SecretBuffer.Random(KeyMaterial.HmacKeyBytes) : SecretBuffer.CopyOf(given);

    private static CryptoFault Pkcs8(
        KeyType type, ReadOnlySpan<byte> der, SecretBuffer hmacKey, out KeyMaterial? material)
    {
        material = null;
        PrivateKeyInfo info;
        try
        {
            info = PrivateKeyInfo.Read(der);
        }
        catch (AsnContentException)
        {
            return CryptoFault.MalformedKey;
        }

        if (!Fits(type, info.Kind, info.Curve))
        {
            return CryptoFault.KeyTypeMismatch;
        }

        if (type == KeyType.Ed25519)
        {
            if (info.Key.Length != Ed25519Material.SeedBytes)
            {
                return CryptoFault.MalformedKey;
            }

            material = Ed25519Material.FromSeed(info.Key, SecretBuffer.CopyOf(hmacKey.Span));
            return CryptoFault.None;
        }

        return Check(
            type,
            type.IsRsa ? EvpKey.ReadPrivate(Crypto.KeyTypeRsa, info.Key) : EcCurve.Of(type).ReadPrivate(info.Key),
            static key => key.IsSoundPair(),
            hasPrivateKey: true,
            SecretBuffer.CopyOf(hmacKey.Span),
            out material);
    }

    private static bool Fits(KeyType type, KeyPairKind kind, KeyType curve) => kind switch
    {
        KeyPairKind.Rsa => type.IsRsa,
        KeyPairKind.Ec => type == curve,
        KeyPairKind.Ed25519 => type == KeyType.Ed25519,
        _ => false,
    };

    /// <summary>
    /// Size before soundness, which takes long for a modulus out of all proportion. A modulus may lack a few leading
    /// bits, not bytes. Takes key and HMAC key over.
    /// </summary>
    private static CryptoFault Check(
        KeyType type,
        EvpKey? key,
        Func<EvpKey, bool> isSound,
        bool hasPrivateKey,
        SecretBuffer hmacKey,
        out KeyMaterial? material)
    {
        var fault = key is null ? CryptoFault.MalformedKey
            : type.IsRsa && key.MaxOutputBytes != type.ModulusBits / 8 ? CryptoFault.KeyTypeMismatch
            : !isSound(key) ? CryptoFault.MalformedKey
            : CryptoFault.None;
        if (fault != CryptoFault.None)
        {
            key?.Dispose();
            hmacKey.Dispose();
            material = null;
            return fault;
        }

        material = type.IsRsa
            ? new RsaMaterial(type, key!, hasPrivateKey, hmacKey)
            : new EcdsaMaterial(type, key!, hasPrivateKey, hmacKey);
        return CryptoFault.None;
    }
}
