using System.Security.Cryptography;
using System.Text;
using Saas.Encryption.Transit.Engine;
using Saas.Keys;

namespace Saas.Encryption.Tests.Engine;

public sealed class EcdsaMaterialTests
{
    private static readonly byte[] Fox = Encoding.UTF8.GetBytes("the quick brown fox");

    /// <summary>Private numbers and OpenSSL's signatures in Vault's own tests.</summary>
    [Theory]
    [InlineData(
        "ecdsa-p256",
        "99e5569be8683a2691dfc560ca9dfa71e887867a3af60635a08a3e3655aba3ef",
        "MEUCIAgnEl9V8P305EBAlz68Nq4jZng5fE8k6MactcnlUw9dAiEAvJVePg3dazW6MaW7lRAVtEz82QJDVmR98tXCl8Pc7DA=")]
    [InlineData(
        "ecdsa-p384",
        "3de3e4fd2ecbc490e956f41f5003a1e57a84763cec7b722fa3427cf461a1148ea4d5206023bcce0422289f6633730759",
        "MGUCMHHZLRN/3ehWuWACfSCMLtFtNEAdx6Rkwon2Lx6FWCyXCXqH6A8Pz8er0Qkgvm2ElQIxAO922LmUeYzHmDSfC5is/TjFu3b4Fb+1XtoBXncc2u4t2vSuTAxEv7WMh2D2YDdxeA==")]
    [InlineData(
        "ecdsa-p521",
        "01867d0fcd9bac4c5821b70a6b13117499438f8c274579c0aba254fbd85fa98892c3608576197d5534366a9aab0f904155bec46d800d23a57f7f053d91526568b09",
        "MIGIAkIBYhspOgSs/K/NUWtlBN+CfYe1IVFpUbQNSqdjT7s+QKcr6GKmdGLIQAXw0q6K0elBgzi1wgLjxwdscwMeW7tm/QQCQgDzdITGlUEd9Z7DOfLCnDP4X8pGsfO60Tvsh/BN44drZsHLtXYBXLczB/XZfIWAsPMuI5F7ExwVNbmQP0FBVri/QQ==")]
    public void Verify_TheSignatureOfVaultsTests_IsValid(string name, string number, string signature)
    {
        var type = Materials.Type(name);
        var key = EcCurve.Of(type).ReadPrivate(Convert.FromHexString(number.PadLeft((number.Length + 1) / 2 * 2, '0')));
        Assert.NotNull(key);
        using var material = new EcdsaMaterial(type, key, hasPrivateKey: true, SecretBuffer.Random(32));
        Assert.True(Verifies(material, SignatureOptions.Default, Fox, Convert.FromBase64String(signature)));
    }

    public static TheoryData<string, string, string> Everything =>
        [.. from type in KeyTypes.All.Where(t => t.IsEcdsa)
            from digest in Enum.GetValues<DigestAlgorithm>().Where(d => d != DigestAlgorithm.None)
            from marshaling in Enum.GetNames<SignatureMarshaling>()
            select (type.WireName, digest.WireName, marshaling)];

    [Theory]
    [MemberData(nameof(Everything))]
    public void Sign_EveryHashAndForm_VerifiesHereAndInDotNet(string name, string hash, string form)
    {
        var material = (EcdsaMaterial)Materials.Of(name);
        Assert.True(Digests.TryParse(hash, out var digest));
        var options = new SignatureOptions { Digest = digest, Marshaling = Enum.Parse<SignatureMarshaling>(form) };
        Assert.Equal(CryptoFault.None, material.Sign(options, [], Fox, out var signature));
        Assert.True(Verifies(material, options, Fox, signature));
        Assert.False(Verifies(material, options, [.. Fox, 1], signature));

        var room = new byte[Digests.MaxBytes];
        var hashed = room[..Digests.Hash(digest, Fox, room)];
        Assert.True(Verifies(material, options with { Prehashed = true }, hashed, signature));
        using var dotnet = ECDsa.Create();
        dotnet.ImportFromPem(material.PublicKey);
        var format = options.Marshaling == SignatureMarshaling.Jws
            ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            : DSASignatureFormat.Rfc3279DerSequence;
        Assert.True(dotnet.VerifyHash(hashed, signature, format));
    }

    [Fact]
    public void Sign_AsJws_AlwaysHasTheCurvesLength()
    {
        var material = (EcdsaMaterial)Materials.Of(KeyType.EcdsaP521);
        var options = new SignatureOptions { Marshaling = SignatureMarshaling.Jws };
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(CryptoFault.None, material.Sign(options, [], [(byte)i], out var signature));
            Assert.Equal(132, signature.Length);
            Assert.True(Verifies(material, options, [(byte)i], signature));
        }
    }

    [Fact]
    public void Verify_NoDer_IsAFaultOfItsOwn()
    {
        var material = (EcdsaMaterial)Materials.Of(KeyType.EcdsaP256);
        Assert.Equal(CryptoFault.None, material.Sign(SignatureOptions.Default, [], Fox, out var signature));
        Assert.Equal(CryptoFault.MalformedSignature, Fault(material, []));
        Assert.Equal(CryptoFault.MalformedSignature, Fault(material, signature.AsSpan(0, signature.Length - 1)));
        Assert.Equal(CryptoFault.MalformedSignature, Fault(material, signature.AsSpan(1)));
        Assert.Equal(CryptoFault.SignatureHasExtraData, Fault(material, [.. signature, 0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(200)]
    public void Verify_JwsOfAnyLength_IsMerelyInvalid(int length)
    {
        var material = (EcdsaMaterial)Materials.Of(KeyType.EcdsaP256);
        var options = new SignatureOptions { Marshaling = SignatureMarshaling.Jws };
        foreach (var fill in new byte[] { 0, 0x7f, 0xff })
        {
            Assert.False(Verifies(material, options, Fox, Enumerable.Repeat(fill, length).ToArray()));
        }
    }

    [Fact]
    public void Sign_WithoutPrivateHalfOrHash_IsRefused()
    {
        var material = (EcdsaMaterial)Materials.Of(KeyType.EcdsaP384);
        using var publicOnly = (SigningMaterial)Materials.PublicOnly(material);
        var none = new SignatureOptions { Digest = DigestAlgorithm.None, Prehashed = true };
        Assert.False(publicOnly.HasPrivateKey);
        Assert.Equal(CryptoFault.PrivateKeyMissing, publicOnly.Sign(SignatureOptions.Default, [], Fox, out _));
        Assert.Equal(CryptoFault.UnsupportedHash, material.Sign(none, [], Fox, out _));
        Assert.Equal(CryptoFault.None, material.Sign(SignatureOptions.Default, [], Fox, out var signature));
        Assert.True(Verifies(publicOnly, SignatureOptions.Default, Fox, signature));
    }

    private static CryptoFault Fault(SigningMaterial material, ReadOnlySpan<byte> signature) =>
        material.Verify(SignatureOptions.Default, [], Fox, signature, out _);

    private static bool Verifies(
        SigningMaterial material, SignatureOptions options, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        Assert.Equal(CryptoFault.None, material.Verify(options, [], input, signature, out var valid));
        return valid;
    }
}
