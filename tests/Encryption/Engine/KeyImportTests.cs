using System.Formats.Asn1;
using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

public sealed class KeyImportTests
{
    private static readonly byte[] Input = "input"u8.ToArray();

    public static TheoryData<string> Everything => [.. KeyTypes.All.Select(t => t.WireName)];

    public static TheoryData<string> Pairs => [.. KeyTypes.All.Where(t => t.SupportsSigning).Select(t => t.WireName)];

    [Theory]
    [MemberData(nameof(Everything))]
    public void Private_OfItsOwnImportableForm_IsTheSameKeyWithAnotherHmacKey(string name)
    {
        var material = Materials.Of(name);
        using var importable = material.ToImportable();
        Assert.Equal(CryptoFault.None, KeyImport.Private(material.Type, importable.Span, out var imported));
        using (imported)
        {
            using var again = imported!.ToImportable();
            Assert.Equal(importable.Span, again.Span);
            Assert.Equal(material.PublicKey, imported.PublicKey);
            Assert.True(imported.HasPrivateKey);
            Assert.Equal(name == "hmac", material.HmacKey.SequenceEqual(imported.HmacKey));
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Private_OfEveryOtherType_IsRefused(string name)
    {
        var type = Materials.Type(name);
        foreach (var other in KeyTypes.All.Where(t => t != type))
        {
            using var importable = Materials.Of(other).ToImportable();
            var fault = KeyImport.Private(type, importable.Span, out var imported);
            var sameBytes = (type == KeyType.Hmac && importable.Length is >= 32 and <= 512)
                || (type.SymmetricKeyBytes == importable.Length);
            Assert.Equal(sameBytes, fault == CryptoFault.None);
            Assert.Equal(sameBytes, imported is not null);
            imported?.Dispose();
            if (type.SupportsSigning)
            {
                Assert.Equal(
                    other.SupportsSigning ? CryptoFault.KeyTypeMismatch : CryptoFault.MalformedKey, fault);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Private_CutOrLengthened_IsMalformed(string name)
    {
        using var importable = Materials.Of(name).ToImportable();
        var der = importable.Span.ToArray();
        foreach (var broken in new[] { [], der[..1], der[..^1], [.. der, 0], der[1..], new byte[der.Length] })
        {
            Assert.Equal(CryptoFault.MalformedKey, KeyImport.Private(Materials.Type(name), broken, out _));
        }
    }

    [Theory]
    [InlineData("aes128-gcm96", 15)]
    [InlineData("aes128-gcm96", 32)]
    [InlineData("aes256-gcm96", 16)]
    [InlineData("aes256-gcm96", 24)]
    [InlineData("aes256-gcm96", 0)]
    [InlineData("chacha20-poly1305", 33)]
    [InlineData("hmac", 31)]
    [InlineData("hmac", 513)]
    public void Private_BytesOfAnotherLength_IsRefused(string name, int bytes)
    {
        Assert.Equal(CryptoFault.WrongKeyLength, KeyImport.Private(Materials.Type(name), new byte[bytes], out _));
    }

    [Fact]
    public void Private_FromDotNet_SignsAsDotNetVerifies()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(
            CryptoFault.None, KeyImport.Private(KeyType.EcdsaP384, ecdsa.ExportPkcs8PrivateKey(), out var material));
        using (material)
        {
            Assert.Equal(ecdsa.ExportSubjectPublicKeyInfoPem() + "\n", material!.PublicKey);
            Assert.Equal(
                CryptoFault.None, ((SigningMaterial)material).Sign(SignatureOptions.Default, [], Input, out var signature));
            Assert.True(ecdsa.VerifyData(Input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }
    }

    /// <summary>Vault takes these two, made by NSS and by signers that mark a key for PSS.</summary>
    [Fact]
    public void Private_InTheUnusualFormsThatVaultTakes_IsTaken()
    {
        var ed25519 = (Ed25519Material)Materials.Of(KeyType.Ed25519);
        foreach (var curve in new[] { "1.3.6.1.4.1.11591.15.1", "1.3.101.110" })
        {
            var inner = new AsnWriter(AsnEncodingRules.DER);
            using (inner.PushSequence())
            {
                inner.WriteInteger(1);
                inner.WriteOctetString(ed25519.SeedAndPublicKey[..32]);
            }

            var nss = Pkcs8("1.2.840.10045.2.1", w => w.WriteObjectIdentifier(curve), inner.Encode());
            Assert.Equal(CryptoFault.None, KeyImport.Private(KeyType.Ed25519, nss, out var imported));
            Assert.Equal(ed25519.PublicKey, imported!.PublicKey);
            imported.Dispose();
        }

        using var pkcs1 = Materials.Rsa.Pair.ToPrivateDer();
        var pss = Pkcs8("1.2.840.113549.1.1.10", null, pkcs1.Span.ToArray());
        Assert.Equal(CryptoFault.None, KeyImport.Private(KeyType.Rsa2048, pss, out var rsa));
        Assert.Equal(Materials.Rsa.PublicKey, rsa!.PublicKey);
        rsa.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Private_EcNumberOutsideOfTheCurve_IsMalformed(int kind)
    {
        byte[] order = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        var inner = new AsnWriter(AsnEncodingRules.DER);
        using (inner.PushSequence())
        {
            inner.WriteInteger(1);
            inner.WriteOctetString(kind == 0 ? new byte[32] : order);
        }

        var der = Pkcs8("1.2.840.10045.2.1", w => w.WriteObjectIdentifier("1.2.840.10045.3.1.7"), inner.Encode());
        Assert.Equal(CryptoFault.MalformedKey, KeyImport.Private(KeyType.EcdsaP256, der, out _));
    }

    [Fact]
    public void Private_RsaWithAnExponentOfAnotherKey_IsMalformed()
    {
        using var one = RSA.Create(2048);
        using var two = RSA.Create(2048);
        var mixed = one.ExportParameters(true);
        var other = two.ExportParameters(true);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            foreach (var number in new[] { mixed.Modulus, mixed.Exponent, other.D, mixed.P, mixed.Q, mixed.DP, mixed.DQ, mixed.InverseQ })
            {
                writer.WriteIntegerUnsigned(number.AsSpan().TrimStart((byte)0));
            }
        }

        var der = Pkcs8("1.2.840.113549.1.1.1", w => w.WriteNull(), writer.Encode());
        Assert.Equal(CryptoFault.MalformedKey, KeyImport.Private(KeyType.Rsa2048, der, out _));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Public_ThenItsPrivateHalf_IsTheWholeVersionWithItsHmacKey(string name)
    {
        var material = Materials.Of(name);
        using var publicOnly = (SigningMaterial)Materials.PublicOnly(material);
        Assert.False(publicOnly.HasPrivateKey);
        Assert.Equal(material.PublicKey, publicOnly.PublicKey);
        using var stored = publicOnly.Serialize();
        using (var read = KeyMaterial.Deserialize(stored.Span))
        {
            Assert.False(read.HasPrivateKey);
            Assert.Equal(material.PublicKey, read.PublicKey);
        }

        using var stranger = name.StartsWith("rsa-", StringComparison.Ordinal) ? null : KeyMaterial.Generate(material.Type);
        if (stranger is not null)
        {
            using var wrong = stranger.ToImportable();
            Assert.Equal(CryptoFault.KeyPairMismatch, KeyImport.Complete(publicOnly, wrong.Span, out var none));
            Assert.Null(none);
        }

        using var right = material.ToImportable();
        Assert.Equal(CryptoFault.None, KeyImport.Complete(publicOnly, right.Span, out var whole));
        using (whole)
        {
            Assert.True(whole!.HasPrivateKey);
            Assert.Equal(publicOnly.HmacKey, whole.HmacKey);
            using var again = whole.ToImportable();
            Assert.Equal(right.Span, again.Span);
        }
    }

    [Fact]
    public void Public_WhatIsNoPublicKeyOfTheType_IsRefused()
    {
        var pem = Materials.Of(KeyType.EcdsaP256).PublicKey!;
        Assert.Equal(CryptoFault.KeyTypeMismatch, KeyImport.Public(KeyType.EcdsaP384, pem, out _));
        Assert.Equal(CryptoFault.KeyTypeMismatch, KeyImport.Public(KeyType.Rsa2048, pem, out _));
        Assert.Equal(CryptoFault.KeyTypeMismatch, KeyImport.Public(KeyType.Ed25519, pem, out _));
        Assert.Equal(CryptoFault.KeyTypeMismatch, KeyImport.Public(KeyType.Rsa4096, Materials.Rsa.PublicKey, out _));
        Assert.Equal(CryptoFault.UnsupportedByKeyType, KeyImport.Public(KeyType.Aes256Gcm96, pem, out _));
        Assert.Equal(CryptoFault.NotPem, KeyImport.Public(KeyType.EcdsaP256, "no pem", out _));
        Assert.Equal(CryptoFault.NotPem, KeyImport.Public(KeyType.EcdsaP256, "", out _));
        var der = Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^2]));
        der[^1] ^= 1;
        Assert.Equal(
            CryptoFault.MalformedKey,
            KeyImport.Public(KeyType.EcdsaP256, PemEncoding.WriteString("PUBLIC KEY", der), out _));
        Assert.Equal(
            CryptoFault.MalformedKey,
            KeyImport.Public(KeyType.EcdsaP256, PemEncoding.WriteString("PUBLIC KEY", der.AsSpan(0, der.Length - 5)), out _));
    }

    private static byte[] Pkcs8(string algorithm, Action<AsnWriter>? parameters, byte[] key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(algorithm);
                parameters?.Invoke(writer);
            }

            writer.WriteOctetString(key);
        }

        return writer.Encode();
    }
}
