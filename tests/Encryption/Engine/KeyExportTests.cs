using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

public sealed class KeyExportTests
{
    /// <summary>Columns: encryption-key, signing-key, hmac-key, public-key. B base64, P PEM, N PEM with its last line ended.</summary>
    [Theory]
    [InlineData("aes128-gcm96", "B.B.")]
    [InlineData("aes256-gcm96", "B.B.")]
    [InlineData("chacha20-poly1305", "B.B.")]
    [InlineData("hmac", "..B.")]
    [InlineData("ed25519", ".BBB")]
    [InlineData("ecdsa-p256", ".PBP")]
    [InlineData("ecdsa-p384", ".PBP")]
    [InlineData("ecdsa-p521", ".PBP")]
    [InlineData("rsa-2048", "NNBN")]
    public void Export_EveryTypeAndKind_HasVaultsForm(string name, string forms)
    {
        var material = Materials.Of(name);
        foreach (var kind in Enum.GetValues<ExportKind>())
        {
            var fault = KeyExport.Export(material, kind, out var exported);
            var form = fault == CryptoFault.UnsupportedByKeyType ? '.'
                : !exported.StartsWith("-----BEGIN ", StringComparison.Ordinal) ? 'B'
                : exported.EndsWith("-----\n", StringComparison.Ordinal) ? 'N' : 'P';
            Assert.Equal(forms[(int)kind], form);
        }
    }

    [Fact]
    public void Export_Pairs_AreTheKeysOfTheirPemLabels()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Export(KeyType.Rsa2048, ExportKind.EncryptionKey, "-----BEGIN RSA PRIVATE KEY-----"));
        Assert.Equal(rsa.ExportSubjectPublicKeyInfoPem() + "\n", Export(KeyType.Rsa2048, ExportKind.PublicKey, "-----BEGIN PUBLIC KEY-----"));
        Assert.Equal(rsa.ExportRSAPrivateKeyPem() + "\n", Export(KeyType.Rsa2048, ExportKind.SigningKey, ""));
        foreach (var type in KeyTypes.All.Where(t => t.IsEcdsa))
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(Export(type, ExportKind.SigningKey, "-----BEGIN EC PRIVATE KEY-----"));
            Assert.Equal(ecdsa.ExportSubjectPublicKeyInfoPem(), Export(type, ExportKind.PublicKey, "-----BEGIN PUBLIC KEY-----"));
            Assert.Equal(ecdsa.ExportECPrivateKeyPem(), Export(type, ExportKind.SigningKey, ""));
        }
    }

    [Fact]
    public void Export_WithoutThePrivateHalf_IsEmpty()
    {
        foreach (var type in KeyTypes.All.Where(t => t.SupportsSigning && !(t.IsRsa && t != KeyType.Rsa2048)))
        {
            using var material = Materials.PublicOnly(Materials.Of(type));
            Assert.Equal(CryptoFault.None, KeyExport.Export(material, ExportKind.SigningKey, out var exported));
            Assert.Equal("", exported);
            Assert.Equal(
                CryptoFault.PrivateKeyMissing,
                KeyWrapping.Wrap(Materials.Rsa, DigestAlgorithm.Sha256, material, out _));
        }
    }

    [Fact]
    public void Export_AnImportedEcKeyThatCameWithoutItsPublicPoint_HasIt()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = EcCurve.Of(KeyType.EcdsaP256).ReadPrivate(ecdsa.ExportParameters(true).D);
        using var sec1 = key!.ToPrivateDer();
        Assert.Equal(ecdsa.ExportECPrivateKey(), sec1.Span.ToArray());
        using var pkcs8 = key.ToPkcs8();
        Assert.Equal(ecdsa.ExportPkcs8PrivateKey(), pkcs8.Span.ToArray());
    }

    [Fact]
    public void TryParse_EveryNameAndNoOther_IsAKind()
    {
        foreach (var kind in Enum.GetValues<ExportKind>())
        {
            Assert.True(KeyExport.TryParse(kind.WireName, out var parsed));
            Assert.Equal(kind, parsed);
        }

        Assert.False(KeyExport.TryParse("certificate-chain", out _));
    }

    private static string Export(KeyType type, ExportKind kind, string start)
    {
        Assert.Equal(CryptoFault.None, KeyExport.Export(Materials.Of(type), kind, out var exported));
        Assert.StartsWith(start, exported, StringComparison.Ordinal);
        return exported;
    }
}
