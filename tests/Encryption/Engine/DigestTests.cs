using System.Security.Cryptography;
using System.Text;
using Saas.Encryption.Transit.Engine;
using Saas.Keys;

namespace Saas.Encryption.Tests.Engine;

public sealed class DigestTests
{
    private static readonly byte[] Fox = Encoding.UTF8.GetBytes("the quick brown fox");

    /// <summary>The figures of Vault's own tests of its hash operation.</summary>
    [Theory]
    [InlineData("sha2-224", "ea074a96cabc5a61f8298a2c470f019074642631a49e1c5e2f560865")]
    [InlineData("sha2-256", "9ecb36561341d18eb65484e833efea61edc74b84cf5e6ae1b81c63533e25fc8f")]
    [InlineData("sha2-384", "15af9ec8be783f25c583626e9491dbf129dd6dd620466fdf05b3a1d0bb8381d30f4d3ec29f923ff1e09a0f6b337365a6")]
    [InlineData(
        "sha2-512",
        "d9d380f29b97ad6a1d92e987d83fa5a02653301e1006dd2bcd51afa59a9147e9caedaf89521abc0f0b682adcd47fb512b8343c834a32f326fe9bef00542ce887")]
    [InlineData("sha3-224", "ced91e69d89c837e87cff960bd64fd9b9f92325fb9add8988d33d007")]
    [InlineData("sha3-256", "e4bd866ec3fa52df3b7842aa97b448bc859a7606cefcdad1715847f4b82a6c93")]
    [InlineData("sha3-384", "715cd38cbf8d0bab426b6a084d649760be555dd64b34de6db148a3fbf2cd2aa5d8b03eb6eda73a3e9a8769c00b4c2113")]
    [InlineData(
        "sha3-512",
        "f7cac5ad830422a5408b36a60a60620687be180765a3e2895bc3bdbd857c9e08246c83064d4e3612f0cb927f3ead208413ab98624bf7b0617af0f03f62080976")]
    [InlineData("sha1", "ced71fa7235231bed383facfdc41c4ddcc22ecf1")]
    public void Hash_TheInputOfVaultsTests_GivesVaultsHash(string name, string expected)
    {
        var hash = new byte[Digests.MaxBytes];
        var length = Digests.Hash(Digest(name), Fox, hash);
        Assert.Equal(expected, Convert.ToHexStringLower(hash.AsSpan(0, length)));
    }

    /// <summary>The figures of Vault's own tests of its hmac operation, made there with OpenSSL.</summary>
    [Theory]
    [InlineData("sha2-224", "3p+ZWVquYDvu2dSTCa65Y3fgoMfIAc6fNaBbtg==")]
    [InlineData("sha2-256", "UcBvm5VskkukzZHlPgm3p5P/Yr/PV6xpuOGZISya3A4=")]
    [InlineData("sha2-384", "jDB9YXdPjpmr29b1JCIEJO93IydlKVfD9mA2EO9OmJtJQg3QAV5tcRRRb7IQGW9p")]
    [InlineData("sha2-512", "PSXLXvkvKF4CpU65e2bK1tGBZQpcpCEM32fq2iUoiTyQQCfBcGJJItQ+60tMwWXAPQrC290AzTrNJucGrr4GFA==")]
    [InlineData("sha3-224", "TGipmKH8LR/BkMolYpDYy0BJCIhTtGPDhV2VkQ==")]
    [InlineData("sha3-256", "+px9V/7QYLfdK808zPESC2T/L33uFf4Blzsn9Jy838o=")]
    [InlineData("sha3-384", "YGoRwN4UdTRYZeOER86jsQOB8piWenzLDzJ2wJQK/Jq59rAsY8lh7SCdqqCyFg70")]
    [InlineData("sha3-512", "GrNA8sU88naMPEQ7UZGj9EJl7YJhl03AFHfxcEURFrtvnobdea9ZlZHePpxAx/oCaC7R2HkrAO+Tu3uXPIl3lg==")]
    public void Hmac_TheKeyAndInputOfVaultsTests_GivesVaultsCode(string name, string expected)
    {
        using var hmac = new HmacMaterial(SecretBuffer.CopyOf("01234567890123456789012345678901"u8));
        using var aead = new AeadMaterial(
            KeyType.Aes256Gcm96, SecretBuffer.Random(32), SecretBuffer.CopyOf("01234567890123456789012345678901"u8));
        foreach (var material in new KeyMaterial[] { hmac, aead })
        {
            var code = new byte[Digests.MaxBytes];
            var length = material.Hmac(Digest(name), Fox, code);
            Assert.Equal(expected, Convert.ToBase64String(code, 0, length));
            Assert.True(material.VerifyHmac(Digest(name), Fox, code.AsSpan(0, length)));
            Assert.False(material.VerifyHmac(Digest(name), Fox, code.AsSpan(0, length - 1)));
            Assert.False(material.VerifyHmac(Digest(name), [], code.AsSpan(0, length)));
            code[length - 1] ^= 1;
            Assert.False(material.VerifyHmac(Digest(name), Fox, code.AsSpan(0, length)));
        }
    }

    [Fact]
    public void HashAndHmac_OfNothing_AreThoseOfTheEmptyString()
    {
        var result = new byte[32];
        Digests.Hash(DigestAlgorithm.Sha256, [], result);
        Assert.Equal(SHA256.HashData([]), result);
        Digests.Hmac(DigestAlgorithm.Sha256, [], [], result);
        Assert.Equal(HMACSHA256.HashData(Array.Empty<byte>(), Array.Empty<byte>()), result);
    }

    [Fact]
    public void TryParse_EveryNameAndNoOther_IsAnAlgorithm()
    {
        foreach (var algorithm in Enum.GetValues<DigestAlgorithm>())
        {
            Assert.True(Digests.TryParse(algorithm.WireName, out var parsed));
            Assert.Equal(algorithm, parsed);
        }

        Assert.False(Digests.TryParse("sha256", out _));
        Assert.False(Digests.TryParse(null, out _));
    }

    private static DigestAlgorithm Digest(string name)
    {
        Assert.True(Digests.TryParse(name, out var algorithm));
        return algorithm;
    }
}
