using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

public sealed class KeyTypesTests
{
    /// <summary>Columns: encryption, signing, hashed input, derivation, convergent, associated data, padding, public import.</summary>
    [Theory]
    [InlineData("aes128-gcm96", "E..DCA..")]
    [InlineData("aes256-gcm96", "E..DCA..")]
    [InlineData("chacha20-poly1305", "E..DCA..")]
    [InlineData("ed25519", ".S.D...I")]
    [InlineData("ecdsa-p256", ".SH....I")]
    [InlineData("ecdsa-p384", ".SH....I")]
    [InlineData("ecdsa-p521", ".SH....I")]
    [InlineData("rsa-2048", "ESH...PI")]
    [InlineData("rsa-3072", "ESH...PI")]
    [InlineData("rsa-4096", "ESH...PI")]
    [InlineData("hmac", "........")]
    public void EveryTypeCanDoWhatVaultLetsItDo(string name, string capabilities)
    {
        var type = Materials.Type(name);
        var found = string.Concat(
            type.SupportsEncryption ? 'E' : '.',
            type.SupportsSigning ? 'S' : '.',
            type.HashesSignatureInput ? 'H' : '.',
            type.SupportsDerivation ? 'D' : '.',
            type.SupportsConvergentEncryption ? 'C' : '.',
            type.SupportsAssociatedData ? 'A' : '.',
            type.SupportsPaddingScheme ? 'P' : '.',
            type.SupportsPublicKeyImport ? 'I' : '.');
        Assert.Equal(capabilities, found);
        Assert.Equal(name, type.WireName);
        Assert.False(KeyTypes.IsKnownButUnsupported(name, out _));
    }

    [Fact]
    public void TheNumbersInStoredRowsStayWhatTheyAre()
    {
        Assert.Equal(
            "Aes256Gcm96=0 Aes128Gcm96=1 ChaCha20Poly1305=2 Ed25519=3 EcdsaP256=4 EcdsaP384=5 EcdsaP521=6 "
            + "Rsa2048=7 Rsa3072=8 Rsa4096=9 Hmac=10",
            string.Join(' ', KeyTypes.All.Select(t => $"{t}={(int)t}")));
    }

    [Theory]
    [InlineData("managed_key")]
    [InlineData("ml-dsa")]
    [InlineData("slh-dsa")]
    [InlineData("hybrid")]
    [InlineData("aes128-cmac")]
    [InlineData("aes192-cmac")]
    [InlineData("aes256-cmac")]
    public void ATypeThatOnlyVaultHasIsRefusedByName(string name)
    {
        Assert.False(KeyTypes.TryParse(name, out _));
        Assert.True(KeyTypes.IsKnownButUnsupported(name, out var reason));
        Assert.Contains(name, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aes512-gcm96")]
    [InlineData("AES256-GCM96")]
    [InlineData("")]
    [InlineData(null)]
    public void AnUnknownNameIsUnknown(string? name)
    {
        Assert.False(KeyTypes.TryParse(name, out _));
        Assert.False(KeyTypes.IsKnownButUnsupported(name, out _));
    }
}
