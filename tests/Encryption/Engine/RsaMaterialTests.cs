using System.Security.Cryptography;
using System.Text;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

public sealed class RsaMaterialTests
{
    private static readonly byte[] Fox = Encoding.UTF8.GetBytes("the quick brown fox");

    public static TheoryData<string, string> EveryHash =>
        [.. from digest in Enum.GetValues<DigestAlgorithm>().Where(d => d != DigestAlgorithm.None)
            from algorithm in Enum.GetNames<RsaSignatureAlgorithm>()
            select (digest.WireName, algorithm)];

    [Theory]
    [MemberData(nameof(EveryHash))]
    public void Sign_EveryHashAndAlgorithm_VerifiesHereAndInDotNet(string hash, string algorithm)
    {
        Assert.True(Digests.TryParse(hash, out var digest));
        var options = new SignatureOptions
        {
            Digest = digest,
            RsaAlgorithm = Enum.Parse<RsaSignatureAlgorithm>(algorithm),
            SaltLength = SignatureOptions.SaltLengthHash,
        };
        Assert.Equal(CryptoFault.None, Materials.Rsa.Sign(options, [], Fox, out var signature));
        Assert.Equal(256, signature.Length);
        Assert.True(Verifies(options, Fox, signature));
        Assert.False(Verifies(options, [.. Fox, 1], signature));

        var room = new byte[Digests.MaxBytes];
        var hashed = room[..Digests.Hash(digest, Fox, room)];
        Assert.Equal(CryptoFault.None, Materials.Rsa.Sign(options with { Prehashed = true }, [], hashed, out var second));
        Assert.True(Verifies(options, Fox, second));
        if (digest is not (DigestAlgorithm.Sha224 or DigestAlgorithm.Sha3_224))
        {
            using var dotnet = RSA.Create();
            dotnet.ImportFromPem(Materials.Rsa.PublicKey);
            var name = new HashAlgorithmName(hash.Replace("sha2-", "sha", StringComparison.Ordinal).ToUpperInvariant());
            var padding = options.RsaAlgorithm == RsaSignatureAlgorithm.Pss
                ? RSASignaturePadding.Pss
                : RSASignaturePadding.Pkcs1;
            Assert.True(dotnet.VerifyHash(hashed, signature, name, padding));
            Assert.True(Verifies(options, Fox, Private().SignHash(hashed, name, padding)));
        }
    }

    /// <summary>auto signs with 222 bytes of salt (2048 bits, SHA-256) and verifies any; a number and hash verify their own.</summary>
    [Theory]
    [InlineData(SignatureOptions.SaltLengthAuto, 222)]
    [InlineData(SignatureOptions.SaltLengthHash, 32)]
    [InlineData(1, 1)]
    [InlineData(20, 20)]
    [InlineData(222, 222)]
    public void Sign_Pss_HasTheSaltThatIsAskedFor(int asked, int bytes)
    {
        var options = new SignatureOptions { SaltLength = asked };
        Assert.Equal(CryptoFault.None, Materials.Rsa.Sign(options, [], Fox, out var signature));
        foreach (var length in new[] { 0, -1, 1, 20, 32, 222 })
        {
            var expected = length switch { 0 => true, -1 => bytes == 32, _ => bytes == length };
            Assert.Equal(expected, Verifies(new() { SaltLength = length }, Fox, signature));
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(223)]
    [InlineData(int.MaxValue)]
    public void SignAndVerify_SaltThatDoesNotFit_IsRefused(int bytes)
    {
        var options = new SignatureOptions { SaltLength = bytes };
        Assert.Equal(CryptoFault.InvalidSaltLength, Materials.Rsa.Sign(options, [], Fox, out _));
        Assert.Equal(CryptoFault.InvalidSaltLength, Materials.Rsa.Verify(options, [], Fox, new byte[256], out _));
    }

    [Fact]
    public void Sign_BareBytes_OnlyAsPkcs1OverPrehashedInput()
    {
        var bare = new SignatureOptions
        {
            Digest = DigestAlgorithm.None,
            Prehashed = true,
            RsaAlgorithm = RsaSignatureAlgorithm.Pkcs1v15,
        };
        foreach (var length in new[] { 1, 36, 245 })
        {
            var input = RandomNumberGenerator.GetBytes(length);
            Assert.Equal(CryptoFault.None, Materials.Rsa.Sign(bare, [], input, out var signature));
            Assert.True(Verifies(bare, input, signature));
            Assert.False(Verifies(bare, [.. input, 0], signature));
            Assert.False(Verifies(new() { RsaAlgorithm = RsaSignatureAlgorithm.Pkcs1v15 }, input, signature));
        }

        Assert.Equal(CryptoFault.WrongDigestLength, Materials.Rsa.Sign(bare, [], [], out _));
        Assert.Equal(CryptoFault.MessageTooLong, Materials.Rsa.Sign(bare, [], new byte[246], out _));
        Assert.Equal(
            CryptoFault.UnsupportedHash, Materials.Rsa.Sign(bare with { Prehashed = false }, [], Fox, out _));
        Assert.Equal(
            CryptoFault.UnsupportedHash,
            Materials.Rsa.Sign(bare with { RsaAlgorithm = RsaSignatureAlgorithm.Pss }, [], Fox, out _));
    }

    [Fact]
    public void Sign_PrehashedOfAnotherLength_IsRefused()
    {
        foreach (var algorithm in Enum.GetValues<RsaSignatureAlgorithm>())
        {
            var options = new SignatureOptions { Prehashed = true, RsaAlgorithm = algorithm };
            Assert.Equal(CryptoFault.WrongDigestLength, Materials.Rsa.Sign(options, [], new byte[31], out _));
            Assert.False(Verifies(options, new byte[31], new byte[256]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(257)]
    public void Verify_SignatureOfAnotherLength_IsMerelyInvalid(int bytes)
    {
        Assert.False(Verifies(SignatureOptions.Default, Fox, new byte[bytes]));
    }

    [Theory]
    [InlineData("Oaep", 190)]
    [InlineData("Pkcs1v15", 245)]
    public void Encrypt_UpToTheModulus_DecryptsHereAndInDotNet(string scheme, int longest)
    {
        var padding = Enum.Parse<RsaPaddingScheme>(scheme);
        var dotnetPadding = padding == RsaPaddingScheme.Oaep ? RSAEncryptionPadding.OaepSHA256 : RSAEncryptionPadding.Pkcs1;
        foreach (var length in new[] { 0, 1, 32, longest })
        {
            var plaintext = RandomNumberGenerator.GetBytes(length);
            Assert.Equal(CryptoFault.None, Materials.Rsa.Encrypt(padding, plaintext, out var ciphertext));
            Assert.Equal(plaintext, Private().Decrypt(ciphertext, dotnetPadding));
            ciphertext = Private().Encrypt(plaintext, dotnetPadding);
            Assert.Equal(CryptoFault.None, Materials.Rsa.Decrypt(padding, ciphertext, out var opened));
            using (opened)
            {
                Assert.Equal(plaintext, opened!.Span);
            }
        }

        Assert.Equal(CryptoFault.MessageTooLong, Materials.Rsa.Encrypt(padding, new byte[longest + 1], out _));
    }

    [Fact]
    public void Decrypt_WhatIsNoCiphertext_Fails()
    {
        Assert.Equal(CryptoFault.None, Materials.Rsa.Encrypt(RsaPaddingScheme.Oaep, Fox, out var ciphertext));
        using var publicOnly = (RsaMaterial)Materials.PublicOnly(Materials.Rsa);
        Assert.Equal(CryptoFault.PrivateKeyMissing, publicOnly.Decrypt(RsaPaddingScheme.Oaep, ciphertext, out _));
        ciphertext[10] ^= 1;
        foreach (var altered in new[] { ciphertext, [], ciphertext[..255], [.. ciphertext, 0], new byte[256] })
        {
            Assert.Equal(
                CryptoFault.DecryptionFailed, Materials.Rsa.Decrypt(RsaPaddingScheme.Oaep, altered, out var plaintext));
            Assert.Null(plaintext);
        }
    }

    private static RSA Private()
    {
        Assert.Equal(CryptoFault.None, KeyExport.Export(Materials.Rsa, ExportKind.SigningKey, out var pem));
        var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa;
    }

    private static bool Verifies(SignatureOptions options, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        Assert.Equal(CryptoFault.None, Materials.Rsa.Verify(options, [], input, signature, out var valid));
        return valid;
    }
}
