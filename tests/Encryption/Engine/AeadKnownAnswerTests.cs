using System.Text;
using Saas.Encryption.Transit.Engine;
using Saas.Keys;

namespace Saas.Encryption.Tests.Engine;

/// <summary>
/// Ciphertexts made by another implementation (Python's hmac and cryptography) after Vault's rules, from keys of the
/// bytes 0, 1, 2, …: what a stored ciphertext looks like must never change.
/// </summary>
public sealed class AeadKnownAnswerTests
{
    private static readonly byte[] Plaintext = Encoding.UTF8.GetBytes("the quick brown fox");
    private static readonly byte[] Context = Encoding.UTF8.GetBytes("tenant 7");
    private static readonly byte[] Aad = Encoding.UTF8.GetBytes("row 12");

    [Theory]
    [InlineData("aes128-gcm96", 1, 3, "KODJkbQWUA7eNX1xs3xd3s+EccxptdAA+2xn7O+NXhSWKOpMk+/eTyadqxhnheE=")]
    [InlineData("aes256-gcm96", 1, 3, "Usv7GR0mxbhLepp5KXkCEuULMLf4VHAR3DehIGTZ1/IDfH6pSuePcMy92BVBoOE=")]
    [InlineData("chacha20-poly1305", 1, 3, "Usv7GR0mxbhLepp55MYed7z78GFR+IL/YtKfpfdO1akYKfLHdBmkpR9eElQnVCM=")]
    [InlineData("aes256-gcm96", 1, 2, "X/5iT49IKx8HretAynlSWrYutxrYR8N6hgY5yxogK9j2KRu915YI5bQC0BqteYo=")]
    [InlineData("aes256-gcm96", 0, 1, "rkExzN5/mMxzGCoZW5188YMfkmScV/MmCnr/+zJoXElCReA=")]
    public void Encrypt_Convergent_GivesTheKnownCiphertext(string name, int derivation, int version, string expected)
    {
        var type = Materials.Type(name);
        byte[] key = [.. Enumerable.Range(0, type.SymmetricKeyBytes).Select(b => (byte)b)];
        byte[] nonce = version == 1 ? [.. Enumerable.Range(100, 12).Select(b => (byte)b)] : [];
        using var material = new AeadMaterial(type, SecretBuffer.CopyOf(key), SecretBuffer.Random(32));
        var mode = new AeadMode((KeyDerivation)derivation, version);
        var inputs = new AeadInputs { Context = Context, AssociatedData = Aad, Nonce = nonce };
        var ciphertext = new byte[AeadMaterial.CiphertextLength(mode, Plaintext.Length)];
        Assert.Equal(CryptoFault.None, material.Encrypt(mode, inputs, Plaintext, ciphertext));
        Assert.Equal(expected, Convert.ToBase64String(ciphertext));
        var opened = new byte[Plaintext.Length];
        Assert.Equal(CryptoFault.None, material.Decrypt(mode, inputs, Convert.FromBase64String(expected), opened));
        Assert.Equal(Plaintext, opened);
    }
}
