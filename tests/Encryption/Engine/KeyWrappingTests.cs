using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

public sealed class KeyWrappingTests
{
    public static TheoryData<string> Everything => [.. KeyTypes.All.Select(t => t.WireName)];

    [Theory]
    [MemberData(nameof(Everything))]
    public void Wrap_ThenUnwrap_GivesTheImportableKey(string name)
    {
        using var importable = Materials.Of(name).ToImportable();
        var fault = KeyWrapping.Wrap(Materials.Rsa, DigestAlgorithm.Sha256, Materials.Of(name), out var blob);
        Assert.Equal(CryptoFault.None, fault);
        Assert.Equal(CryptoFault.None, KeyWrapping.Unwrap(Materials.Rsa, DigestAlgorithm.Sha256, blob, out var target));
        using (target)
        {
            Assert.Equal(importable.Span, target!.Span);
        }
    }

    /// <summary>As Vault's documentation has a client do it: with another library's RSA-OAEP and AES-KWP.</summary>
    [Theory]
    [InlineData("SHA1")]
    [InlineData("sha256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void Unwrap_ABlobOfAnotherLibrary_GivesTheKey(string hash)
    {
        Assert.True(KeyWrapping.TryParseHash(hash, out var digest));
        var key = RandomNumberGenerator.GetBytes(33);
        var ephemeral = RandomNumberGenerator.GetBytes(32);
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Materials.Rsa.PublicKey);
        using var aes = Aes.Create();
        aes.Key = ephemeral;
        var padding = RSAEncryptionPadding.CreateOaep(new HashAlgorithmName(hash.ToUpperInvariant()));
        byte[] blob = [.. rsa.Encrypt(ephemeral, padding), .. aes.EncryptKeyWrapPadded(key)];
        Assert.Equal(CryptoFault.None, KeyWrapping.Unwrap(Materials.Rsa, digest, blob, out var target));
        using (target)
        {
            Assert.Equal(key, target!.Span);
        }

        var other = digest == DigestAlgorithm.Sha224 ? DigestAlgorithm.Sha256 : DigestAlgorithm.Sha224;
        Assert.Equal(CryptoFault.UnwrapFailed, KeyWrapping.Unwrap(Materials.Rsa, other, blob, out _));
    }

    [Fact]
    public void Unwrap_WithSha224_OpensWhatItWrapped()
    {
        Assert.True(KeyWrapping.TryParseHash("SHA224", out var digest));
        Assert.Equal(CryptoFault.None, KeyWrapping.Wrap(Materials.Rsa, digest, Materials.Of("hmac"), out var blob));
        Assert.Equal(CryptoFault.None, KeyWrapping.Unwrap(Materials.Rsa, digest, blob, out var target));
        target!.Dispose();
    }

    [Fact]
    public void Unwrap_AnythingElse_FailsWithoutSayingWhere()
    {
        KeyWrapping.Wrap(Materials.Rsa, DigestAlgorithm.Sha256, Materials.Of("hmac"), out var blob);
        for (var length = 0; length < blob.Length; length++)
        {
            Assert.Equal(CryptoFault.UnwrapFailed, Unwrap(blob.AsSpan(0, length)));
        }

        for (var i = 0; i < blob.Length; i += 7)
        {
            var altered = blob.ToArray();
            altered[i] ^= 4;
            Assert.Equal(CryptoFault.UnwrapFailed, Unwrap(altered));
        }

        Assert.Equal(CryptoFault.UnwrapFailed, Unwrap([.. blob, .. new byte[8]]));
    }

    [Theory]
    [InlineData("sha2-256")]
    [InlineData("MD5")]
    [InlineData("")]
    public void TryParseHash_AnotherName_IsNone(string name) => Assert.False(KeyWrapping.TryParseHash(name, out _));

    private static CryptoFault Unwrap(ReadOnlySpan<byte> blob) =>
        KeyWrapping.Unwrap(Materials.Rsa, DigestAlgorithm.Sha256, blob, out _);
}
