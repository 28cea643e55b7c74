using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Engine.OpenSsl;

namespace Saas.Encryption.Tests.Engine;

/// <summary>
/// OpenSSL keeps a queue of errors per thread, which .NET reads too: a refusal that stayed in it would turn up in the
/// message of another's failure.
/// </summary>
public sealed class OpenSslErrorTests
{
    [Fact]
    public void ARefusalLeavesNoErrorBehind()
    {
        var aead = (AeadMaterial)Materials.Of(KeyType.Aes256Gcm96);
        var options = new SignatureOptions { RsaAlgorithm = RsaSignatureAlgorithm.Pkcs1v15 };
        Action[] refusals =
        [
            () => Refused(aead.Decrypt(AeadMode.Plain, default, new byte[60], new byte[32])),
            () => Refused(Materials.Rsa.Decrypt(RsaPaddingScheme.Oaep, new byte[256], out _)),
            () => Refused(Materials.Rsa.Encrypt(RsaPaddingScheme.Oaep, new byte[256], out _)),
            () => Invalid(Materials.Of(KeyType.Rsa2048), SignatureOptions.Default, new byte[256]),
            () => Invalid(Materials.Of(KeyType.Rsa2048), options, new byte[256]),
            () => Invalid(Materials.Of(KeyType.EcdsaP256), SignatureOptions.Default, [0x30, 6, 2, 1, 1, 2, 1, 1]),
            () => Invalid(Materials.Of(KeyType.EcdsaP256), SignatureOptions.Default, [0x30, 6, 2, 1, 0, 2, 1, 0]),
            () => Invalid(Materials.Of(KeyType.Ed25519), SignatureOptions.Default, new byte[64]),
            () => Refused(KeyImport.Private(KeyType.Rsa2048, [0x30, 0], out _)),
            () => Assert.Null(EvpKey.ReadPrivate(Crypto.KeyTypeRsa, [0x30, 0])),
            () => Assert.Null(EvpKey.ReadPublic([0x30, 0])),
            () => Assert.False(Materials.Rsa.Pair.HasPublicKeyOf(((SigningMaterial)Materials.Of(KeyType.EcdsaP256)).Pair)),
        ];
        Crypto.ERR_clear_error();
        for (var i = 0; i < refusals.Length; i++)
        {
            refusals[i]();
            Assert.True(Crypto.ERR_peek_last_error() == 0, $"Refusal {i} left an error behind.");
        }
    }

    [Fact]
    public void ABrokenCallThrowsWithOpenSslsReason()
    {
        var broken = Assert.Throws<InvalidOperationException>(() => EvpKey.GenerateEc("no-such-curve"));
        Assert.Contains("EVP_PKEY_generate", broken.Message, StringComparison.Ordinal);
        Assert.Equal(0u, Crypto.ERR_peek_last_error());
    }

    private static void Refused(CryptoFault fault) => Assert.NotEqual(CryptoFault.None, fault);

    private static void Invalid(KeyMaterial material, SignatureOptions options, byte[] signature)
    {
        Assert.Equal(CryptoFault.None, ((SigningMaterial)material).Verify(options, [], [1], signature, out var valid));
        Assert.False(valid);
    }
}
