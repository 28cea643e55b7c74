using System.Security.Cryptography;
using System.Text;
using Saas.Encryption.Transit.Engine;
using Saas.Keys;

namespace Saas.Encryption.Tests.Engine;

/// <summary>Layout, derivation and convergent nonces, checked against .NET's own primitives put together in the test.</summary>
public sealed class AeadMaterialTests
{
    private static readonly byte[] Context = "user-7"u8.ToArray();
    private static readonly byte[] Aad = "row 12"u8.ToArray();

    public static TheoryData<string> AeadTypes => [.. KeyTypes.All.Where(t => t.IsAead).Select(t => t.WireName)];

    [Theory]
    [MemberData(nameof(AeadTypes))]
    public void Encrypt_Plain_IsNonceThenTextThenTag(string name)
    {
        using var material = Fixed(name, out var key);
        var plaintext = Encoding.UTF8.GetBytes("the quick brown fox");
        var ciphertext = Encrypt(material, AeadMode.Plain, new() { AssociatedData = Aad }, plaintext);
        Assert.Equal(12 + plaintext.Length + 16, ciphertext.Length);
        Assert.Equal(plaintext, Open(name, key, ciphertext.AsSpan(0, 12), ciphertext.AsSpan(12), Aad));
        Assert.Equal(plaintext, Decrypt(material, AeadMode.Plain, new() { AssociatedData = Aad }, ciphertext));
    }

    [Theory]
    [MemberData(nameof(AeadTypes))]
    public void Encrypt_Derived_UsesHkdfOfTheContext(string name)
    {
        using var material = Fixed(name, out var key);
        var plaintext = "derived"u8.ToArray();
        var inputs = new AeadInputs { Context = Context };
        var ciphertext = Encrypt(material, AeadMode.Derived, inputs, plaintext);
        var expected = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, key.Length, salt: null, info: Context);
        Assert.Equal(plaintext, Open(name, expected, ciphertext.AsSpan(0, 12), ciphertext.AsSpan(12), []));
        Assert.Equal(plaintext, Decrypt(material, AeadMode.Derived, inputs, ciphertext));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(20_000)]
    public void Encrypt_DerivedFromAContextOfAnyLength_UsesHkdf(int contextBytes)
    {
        using var material = Fixed("aes256-gcm96", out var key);
        var context = RandomNumberGenerator.GetBytes(contextBytes);
        var ciphertext = Encrypt(material, AeadMode.Convergent, new() { Context = context }, "x"u8);
        var expected = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 64, salt: null, info: context);
        Assert.Equal("x"u8.ToArray(), Open("aes256-gcm96", expected[..32], ciphertext.AsSpan(0, 12), ciphertext.AsSpan(12), []));
        Assert.Equal(HMACSHA256.HashData(expected.AsSpan(32), "x"u8)[..12], ciphertext[..12]);
    }

    [Theory]
    [MemberData(nameof(AeadTypes))]
    public void Encrypt_ConvergentVersion3_TakesTheNonceFromAKeyDerivedBesideTheEncryptionKey(string name)
    {
        using var material = Fixed(name, out var key);
        var plaintext = "same in, same out"u8.ToArray();
        var inputs = new AeadInputs { Context = Context };
        var ciphertext = Encrypt(material, AeadMode.Convergent, inputs, plaintext);
        var keys = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, key.Length + 32, salt: null, info: Context);
        var nonce = HMACSHA256.HashData(keys.AsSpan(key.Length), plaintext)[..12];
        Assert.Equal(nonce, ciphertext[..12]);
        Assert.Equal(plaintext, Open(name, keys[..key.Length], nonce, ciphertext.AsSpan(12), []));
        Assert.Equal(ciphertext, Encrypt(material, AeadMode.Convergent, inputs, plaintext));
        Assert.Equal(plaintext, Decrypt(material, AeadMode.Convergent, inputs, ciphertext));
    }

    [Fact]
    public void Encrypt_ConvergentVersion2_TakesTheNonceFromTheContext()
    {
        using var material = Fixed("aes256-gcm96", out var key);
        var mode = new AeadMode(KeyDerivation.HkdfSha256, 2);
        var ciphertext = Encrypt(material, mode, new() { Context = Context }, "two"u8);
        var expected = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, salt: null, info: Context);
        Assert.Equal(HMACSHA256.HashData(Context, "two"u8)[..12], ciphertext[..12]);
        Assert.Equal("two"u8.ToArray(), Open("aes256-gcm96", expected, ciphertext.AsSpan(0, 12), ciphertext.AsSpan(12), []));
        Assert.Equal("two"u8.ToArray(), Decrypt(material, mode, new() { Context = Context }, ciphertext));
    }

    [Fact]
    public void Encrypt_ConvergentVersion1_LeavesTheGivenNonceOut()
    {
        using var material = Fixed("aes256-gcm96", out var key);
        var nonce = RandomNumberGenerator.GetBytes(12);
        foreach (var derivation in new[] { KeyDerivation.HkdfSha256, KeyDerivation.CounterHmacSha256 })
        {
            var mode = new AeadMode(derivation, 1);
            var inputs = new AeadInputs { Context = Context, Nonce = nonce };
            var ciphertext = Encrypt(material, mode, inputs, "one"u8);
            Assert.Equal(3 + 16, ciphertext.Length);
            var expected = derivation == KeyDerivation.HkdfSha256
                ? HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, salt: null, info: Context)
                : HMACSHA256.HashData(key, (byte[])[0, 0, 0, 0, .. Context, 0, 0, 1, 0]);
            Assert.Equal("one"u8.ToArray(), Open("aes256-gcm96", expected, nonce, ciphertext, []));
            Assert.Equal("one"u8.ToArray(), Decrypt(material, mode, inputs, ciphertext));
            Assert.Equal(CryptoFault.NonceMissing, Try(material, mode, new() { Context = Context }, ciphertext));
            Assert.Equal(
                CryptoFault.WrongNonceLength,
                Try(material, mode, new() { Context = Context, Nonce = nonce.AsSpan(1) }, ciphertext));
        }
    }

    [Fact]
    public void Encrypt_WhatTheModeCannotDo_IsRefused()
    {
        using var material = Fixed("aes128-gcm96", out _);
        var nonce = new byte[12];
        Assert.Equal(CryptoFault.NonceNotAllowed, TryEncrypt(material, AeadMode.Plain, new() { Nonce = nonce }));
        Assert.Equal(
            CryptoFault.NonceNotAllowed,
            TryEncrypt(material, AeadMode.Convergent, new() { Nonce = nonce, Context = Context }));
        Assert.Equal(CryptoFault.ContextMissing, TryEncrypt(material, AeadMode.Derived, default));
        Assert.Equal(
            CryptoFault.UnsupportedDerivation, TryEncrypt(material, new AeadMode(KeyDerivation.None, 3), default));
        Assert.Equal(
            CryptoFault.UnsupportedDerivation,
            TryEncrypt(material, new AeadMode(KeyDerivation.CounterHmacSha256, 0), new() { Context = Context }));
    }

    [Theory]
    [MemberData(nameof(AeadTypes))]
    public void Decrypt_AnyBitOfAnythingChanged_FailsAndLeavesZeros(string name)
    {
        using var material = Fixed(name, out _);
        var plaintext = RandomNumberGenerator.GetBytes(33);
        var inputs = new AeadInputs { Context = Context, AssociatedData = Aad };
        var ciphertext = Encrypt(material, AeadMode.Derived, inputs, plaintext);
        for (var i = 0; i < ciphertext.Length; i++)
        {
            var altered = ciphertext.ToArray();
            altered[i] ^= 0x80;
            var destination = new byte[33];
            Assert.Equal(CryptoFault.AuthenticationFailed, material.Decrypt(AeadMode.Derived, inputs, altered, destination));
            Assert.All(destination, b => Assert.Equal(0, b));
        }

        for (var length = 0; length < ciphertext.Length; length++)
        {
            var fault = Try(material, AeadMode.Derived, inputs, ciphertext.AsSpan(0, length));
            Assert.Equal(length < 28 ? CryptoFault.InvalidCiphertext : CryptoFault.AuthenticationFailed, fault);
        }

        Assert.Equal(CryptoFault.AuthenticationFailed, Try(material, AeadMode.Derived, new() { Context = Context }, ciphertext));
        Assert.Equal(
            CryptoFault.AuthenticationFailed,
            Try(material, AeadMode.Derived, new() { Context = Aad, AssociatedData = Aad }, ciphertext));
        Assert.Equal(CryptoFault.AuthenticationFailed, Try(material, AeadMode.Plain, inputs, ciphertext));
    }

    [Fact]
    public void Encrypt_PlainAndDerivedAndDecryptTakingTurns_EachUsesItsOwnKey()
    {
        using var material = Fixed("aes256-gcm96", out var key);
        for (var i = 0; i < 300; i++)
        {
            var plaintext = RandomNumberGenerator.GetBytes(i);
            var plain = Encrypt(material, AeadMode.Plain, default, plaintext);
            var derived = Encrypt(material, AeadMode.Derived, new() { Context = Context }, plaintext);
            Assert.Equal(plaintext, Open("aes256-gcm96", key, plain.AsSpan(0, 12), plain.AsSpan(12), []));
            Assert.Equal(plaintext, Decrypt(material, AeadMode.Derived, new() { Context = Context }, derived));
            Assert.Equal(plaintext, Decrypt(material, AeadMode.Plain, default, plain));
        }
    }

    [Fact]
    public void Encrypt_PlainManyTimes_NeverRepeatsANonce()
    {
        using var material = (AeadMaterial)KeyMaterial.Generate(KeyType.Aes256Gcm96);
        var nonces = new HashSet<string>();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(nonces.Add(Convert.ToHexString(Encrypt(material, AeadMode.Plain, default, [])[..12])));
        }
    }

    [Fact]
    public void Encrypt_Warm_AllocatesNothing()
    {
        using var material = (AeadMaterial)KeyMaterial.Generate(KeyType.Aes256Gcm96);
        var plaintext = new byte[32];
        var ciphertext = new byte[60];
        long before = 0;
        for (var round = 0; round < 1_100; round++)
        {
            if (round == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            material.Encrypt(AeadMode.Plain, default, plaintext, ciphertext);
            material.Decrypt(AeadMode.Plain, default, ciphertext, plaintext);
            material.Encrypt(AeadMode.Convergent, new() { Context = Context, AssociatedData = Aad }, plaintext, ciphertext);
            material.Decrypt(AeadMode.Convergent, new() { Context = Context, AssociatedData = Aad }, ciphertext, plaintext);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Encrypt_AfterDisposal_Throws()
    {
        var material = (AeadMaterial)KeyMaterial.Generate(KeyType.Aes256Gcm96);
        TryEncrypt(material, AeadMode.Plain, default);
        material.Dispose();
        material.Dispose();
        Assert.Throws<ObjectDisposedException>(() => TryEncrypt(material, AeadMode.Plain, default));
    }

    private static AeadMaterial Fixed(string name, out byte[] key)
    {
        Assert.True(KeyTypes.TryParse(name, out var type));
        key = RandomNumberGenerator.GetBytes(type.SymmetricKeyBytes);
        return new AeadMaterial(type, SecretBuffer.CopyOf(key), SecretBuffer.Random(32));
    }

    private static byte[] Encrypt(AeadMaterial material, AeadMode mode, AeadInputs inputs, ReadOnlySpan<byte> plaintext)
    {
        var ciphertext = new byte[AeadMaterial.CiphertextLength(mode, plaintext.Length)];
        Assert.Equal(CryptoFault.None, material.Encrypt(mode, inputs, plaintext, ciphertext));
        return ciphertext;
    }

    private static byte[] Decrypt(AeadMaterial material, AeadMode mode, AeadInputs inputs, ReadOnlySpan<byte> ciphertext)
    {
        var plaintext = new byte[AeadMaterial.PlaintextLength(mode, ciphertext.Length)];
        Assert.Equal(CryptoFault.None, material.Decrypt(mode, inputs, ciphertext, plaintext));
        return plaintext;
    }

    private static CryptoFault TryEncrypt(AeadMaterial material, AeadMode mode, AeadInputs inputs) =>
        material.Encrypt(mode, inputs, [], new byte[AeadMaterial.CiphertextLength(mode, 0)]);

    private static CryptoFault Try(AeadMaterial material, AeadMode mode, AeadInputs inputs, ReadOnlySpan<byte> ciphertext) =>
        material.Decrypt(
            mode, inputs, ciphertext, new byte[Math.Max(0, AeadMaterial.PlaintextLength(mode, ciphertext.Length))]);

    private static byte[] Open(
        string name, byte[] key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, ReadOnlySpan<byte> aad)
    {
        var plaintext = new byte[sealedText.Length - 16];
        if (name == "chacha20-poly1305")
        {
            using var chacha = new ChaCha20Poly1305(key);
            chacha.Decrypt(nonce, sealedText[..^16], sealedText[^16..], plaintext, aad);
        }
        else
        {
            using var gcm = new AesGcm(key, 16);
            gcm.Decrypt(nonce, sealedText[..^16], sealedText[^16..], plaintext, aad);
        }

        return plaintext;
    }
}
