using System.Text.Json;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Engine.OpenSsl;

namespace Saas.Encryption.Tests.Wycheproof;

/// <summary>
/// Transit takes keys of 128 and 256 bits and nonces of 96. Every case of another size must be refused as such, whether
/// or not the algorithm would allow it. The engine makes its nonces itself, save in convergent version 1, which is what
/// lets a vector's nonce in; in the ordinary mode the nonce is read from the ciphertext.
/// </summary>
public sealed class AeadVectorTests
{
    private const int LongestNonceOfOpenSsl = 128;

    // Convergent version 1 wants a derived key; material and context are chosen by the vector, so it is not derived here.
    private static readonly AeadMode GivenNonce = new(KeyDerivation.None, 1);

    [Fact]
    public void AesGcmOpensTheValidAndRefusesEveryOther()
    {
        Assert.Equal(
            "decrypted and encrypted alike: 79, key size refused: 103, nonce size refused: 80, tag refused: 54",
            Run("aes_gcm_test.json", bits => bits switch { 128 => KeyType.Aes128Gcm96, _ => KeyType.Aes256Gcm96 }));
    }

    [Fact]
    public void ChaCha20Poly1305OpensTheValidAndRefusesEveryOther()
    {
        Assert.Equal(
            "decrypted and encrypted alike: 256, nonce size refused: 9, tag refused: 60",
            Run("chacha20_poly1305_test.json", _ => KeyType.ChaCha20Poly1305));
    }

    /// <summary>What transit has no type for (other nonces, keys of 192 bits), the cipher beneath opens all the same.</summary>
    [Fact]
    public void TheCipherBeneathOpensEveryValidCaseOfAesGcmOfAnySize()
    {
        var tally = new Tally();
        foreach (var (_, test) in Vectors.Cases(Vectors.Read("aes_gcm_test.json")))
        {
            var (nonce, aad, message) = (test.Hex("iv"), test.Hex("aad"), test.Hex("msg"));
            byte[] sealedText = [.. test.Hex("ct"), .. test.Hex("tag")];
            if (nonce.Length is 0 or > LongestNonceOfOpenSsl)
            {
                Assert.Throws<InvalidOperationException>(() => AeadCipher.AesGcm(test.Hex("key").Length, nonce.Length));
                tally.Count(test.IsValid ? "nonce longer than OpenSSL takes" : "invalid");
                continue;
            }

            using var cipher = AeadCipher.AesGcm(test.Hex("key").Length, nonce.Length);
            cipher.SetKey(test.Hex("key"), isMaterial: false);
            var opened = new byte[sealedText.Length - AeadCipher.TagBytes];
            Assert.True(test.IsValid == cipher.Decrypt(nonce, aad, sealedText, opened), test.Name);
            if (test.IsValid)
            {
                Assert.Equal(message, opened);
                var encrypted = new byte[sealedText.Length];
                cipher.Encrypt(nonce, aad, message, encrypted);
                Assert.True(encrypted.SequenceEqual(sealedText), test.Name);
            }

            tally.Count(test.IsValid ? "valid" : "invalid");
        }

        Assert.Equal("invalid: 87, nonce longer than OpenSSL takes: 3, valid: 226", tally.ToString());
    }

    private static string Run(string file, Func<int, KeyType> typeOf)
    {
        var tally = new Tally();
        foreach (var (group, test) in Vectors.Cases(Vectors.Read(file)))
        {
            tally.Count(Run(typeOf(group.Number("keySize")), test));
        }

        return tally.ToString();
    }

    private static string Run(KeyType type, JsonElement test)
    {
        var fault = KeyImport.Private(type, test.Hex("key"), out var imported);
        if (fault != CryptoFault.None)
        {
            Assert.Equal(CryptoFault.WrongKeyLength, fault);
            return "key size refused";
        }

        using var material = (AeadMaterial)imported!;
        var (nonce, aad, message) = (test.Hex("iv"), test.Hex("aad"), test.Hex("msg"));
        byte[] sealedText = [.. test.Hex("ct"), .. test.Hex("tag")];
        var inputs = new AeadInputs { Nonce = nonce, AssociatedData = aad };
        var opened = new byte[Math.Max(0, sealedText.Length - 16)];
        fault = material.Decrypt(GivenNonce, inputs, sealedText, opened);
        if (nonce.Length != 12)
        {
            // Some of these vectors have no tag either.
            var refusal = nonce.Length == 0 ? CryptoFault.NonceMissing : CryptoFault.WrongNonceLength;
            Assert.Equal(sealedText.Length < 16 ? CryptoFault.InvalidCiphertext : refusal, fault);
            Assert.Equal(refusal, material.Encrypt(GivenNonce, inputs, message, new byte[message.Length + 16]));
            return "nonce size refused";
        }

        byte[] whole = [.. nonce, .. sealedText];
        var again = new byte[opened.Length];
        Assert.Equal(fault, material.Decrypt(AeadMode.Plain, new() { AssociatedData = aad }, whole, again));
        if (!test.IsValid)
        {
            Assert.True(fault == CryptoFault.AuthenticationFailed, test.Name);
            Assert.All(opened, b => Assert.Equal(0, b));
            return "tag refused";
        }

        Assert.True(fault == CryptoFault.None, test.Name);
        Assert.Equal(message, opened);
        Assert.Equal(message, again);
        var encrypted = new byte[sealedText.Length];
        Assert.Equal(CryptoFault.None, material.Encrypt(GivenNonce, inputs, message, encrypted));
        Assert.True(encrypted.SequenceEqual(sealedText), test.Name);
        return "decrypted and encrypted alike";
    }
}
