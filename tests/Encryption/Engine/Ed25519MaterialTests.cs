using System.Text;
using Saas.Encryption.Transit.Engine;
using Saas.Keys;

namespace Saas.Encryption.Tests.Engine;

/// <summary>Signatures made by another implementation (Python's cryptography) from the seed 0, 1, 2, …</summary>
public sealed class Ed25519MaterialTests
{
    private const string PublicKey = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    private const string Exported = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
    private const string Signature =
        "OZORekOQiAkX+r0lQwgpVDF+nm4IFKGAnX15wMqffzhClKn67u/NbsuGqOqrCgYylUgQZYM2rgXPBuGAea7mDA==";
    private const string DerivedPublicKey = "leNCBhk40H0NEy3mYMk3BPF322B0ajjdxD2TTaMQlw8=";
    private const string DerivedSignature =
        "TfJsnLqcB8v1KusA6ELIOdpmRCMekG/8pT9+3BYB4LOV/erjuePYyYIlNCYM0h3J6o39C2IrTBbbuALy48JeAg==";

    private static readonly byte[] Fox = Encoding.UTF8.GetBytes("the quick brown fox");
    private static readonly byte[] Context = Encoding.UTF8.GetBytes("tenant 7");
    private static readonly SignatureOptions Derived = new() { Derivation = KeyDerivation.HkdfSha256 };

    [Fact]
    public void Sign_Plain_GivesTheKnownSignature()
    {
        using var material = Known();
        Assert.Equal(PublicKey, material.PublicKey);
        Assert.Equal(CryptoFault.None, material.Sign(SignatureOptions.Default, [], Fox, out var signature));
        Assert.Equal(Signature, Convert.ToBase64String(signature));
        Assert.True(Verifies(material, SignatureOptions.Default, [], Fox, signature));
        Assert.False(Verifies(material, SignatureOptions.Default, [], [.. Fox, 0], signature));
        Assert.Equal(CryptoFault.None, KeyExport.Export(material, ExportKind.SigningKey, out var exported));
        Assert.Equal(Exported, exported);
    }

    [Fact]
    public void Sign_Derived_GivesTheKnownSignatureOfTheContext()
    {
        using var material = Known();
        Assert.Equal(CryptoFault.None, material.Sign(Derived, Context, Fox, out var signature));
        Assert.Equal(DerivedSignature, Convert.ToBase64String(signature));
        var publicKey = new byte[32];
        Assert.Equal(CryptoFault.None, material.DerivePublicKey(KeyDerivation.HkdfSha256, Context, publicKey));
        Assert.Equal(DerivedPublicKey, Convert.ToBase64String(publicKey));
        Assert.True(Verifies(material, Derived, Context, Fox, signature));
        Assert.False(Verifies(material, Derived, [.. Context, 0], Fox, signature));
        Assert.False(Verifies(material, SignatureOptions.Default, [], Fox, signature));
    }

    [Fact]
    public void Sign_EmptyMessage_Verifies()
    {
        using var material = Known();
        Assert.Equal(CryptoFault.None, material.Sign(SignatureOptions.Default, [], [], out var signature));
        Assert.True(Verifies(material, SignatureOptions.Default, [], [], signature));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public void Verify_SignatureOfAnotherLength_IsMerelyInvalid(int length)
    {
        using var material = Known();
        byte[] signature = [.. Convert.FromBase64String(Signature), 0];
        Assert.False(Verifies(material, SignatureOptions.Default, [], Fox, signature.AsSpan(0, length)));
    }

    [Fact]
    public void Sign_WhatNeedsVaultEnterpriseOrCannotBe_IsRefused()
    {
        using var material = Known();
        using var publicOnly = (SigningMaterial)Materials.PublicOnly(material);
        Assert.Equal(
            CryptoFault.Ed25519PrehashUnsupported,
            material.Sign(new() { Digest = DigestAlgorithm.Sha512 }, [], Fox, out _));
        Assert.Equal(
            CryptoFault.SignatureContextUnsupported, material.Sign(new() { HasSignatureContext = true }, [], Fox, out _));
        Assert.Equal(CryptoFault.ContextMissing, material.Sign(Derived, [], Fox, out _));
        Assert.Equal(
            CryptoFault.UnsupportedDerivation,
            material.Sign(new() { Derivation = KeyDerivation.CounterHmacSha256 }, Context, Fox, out _));
        Assert.Equal(CryptoFault.PrivateKeyMissing, publicOnly.Sign(SignatureOptions.Default, [], Fox, out _));
        Assert.Equal(CryptoFault.PrivateKeyMissing, publicOnly.Verify(Derived, Context, Fox, [], out _));
        Assert.True(Verifies(publicOnly, SignatureOptions.Default, [], Fox, Convert.FromBase64String(Signature)));
    }

    private static Ed25519Material Known()
    {
        byte[] seed = [.. Enumerable.Range(0, 32).Select(b => (byte)b)];
        return Ed25519Material.FromSeed(seed, SecretBuffer.Random(32));
    }

    private static bool Verifies(
        SigningMaterial material,
        SignatureOptions options,
        ReadOnlySpan<byte> context,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> signature)
    {
        Assert.Equal(CryptoFault.None, material.Verify(options, context, input, signature, out var valid));
        return valid;
    }
}
