using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Wycheproof;

/// <summary>Every public key is imported as a request would import it, every signature verified as one would.</summary>
public sealed class SignatureVectorTests
{
    [Theory]
    [InlineData("ecdsa_secp256r1_sha256_test.json", "ecdsa-p256", "sha2-256", 0, "invalid: 310, valid: 174")]
    [InlineData("ecdsa_secp384r1_sha384_test.json", "ecdsa-p384", "sha2-384", 0, "invalid: 310, valid: 194")]
    [InlineData("ed25519_test.json", "ed25519", "sha2-256", 0, "invalid: 63, valid: 88")]
    [InlineData("rsa_pss_2048_sha256_mgf1_32_test.json", "rsa-2048", "sha2-256", 32, "invalid: 45, valid: 63")]
    public void Verify_AcceptsTheValidAndNoOther(string file, string type, string hash, int salt, string expected)
    {
        Assert.True(KeyTypes.TryParse(type, out var keyType));
        Assert.True(Digests.TryParse(hash, out var digest));
        var options = new SignatureOptions { Digest = digest, SaltLength = salt };
        var tally = new Tally();
        foreach (var group in Vectors.Read(file).GetProperty("testGroups").EnumerateArray())
        {
            Assert.Equal(CryptoFault.None, KeyImport.Public(keyType, group.Text("publicKeyPem"), out var imported));
            using var material = (SigningMaterial)imported!;
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var fault = material.Verify(options, [], test.Hex("msg"), test.Hex("sig"), out var valid);
                Assert.True(valid == test.IsValid, $"{test.Name}: {fault}");
                Assert.True(!valid || fault == CryptoFault.None, test.Name);
                Assert.True(
                    fault is CryptoFault.None or CryptoFault.MalformedSignature or CryptoFault.SignatureHasExtraData,
                    $"{test.Name}: {fault}");
                tally.Count(valid ? "valid" : "invalid");
            }
        }

        Assert.Equal(expected, tally.ToString());
    }
}
