using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Wycheproof;

/// <summary>
/// Transit's codes are never shortened: a tag of 128 bits is compared with the first half of ours, and refused by
/// verification whether valid or not. Keys below 256 bits cannot be imported, but compute rightly.
/// </summary>
public sealed class HmacVectorTests
{
    [Fact]
    public void HmacSha256ComputesTheValidAndNoOther()
    {
        var tally = new Tally();
        foreach (var (group, test) in Vectors.Cases(Vectors.Read("hmac_sha256_test.json")))
        {
            var (key, message, tag) = (test.Hex("key"), test.Hex("msg"), test.Hex("tag"));
            var code = new byte[32];
            Assert.Equal(32, Digests.Hmac(DigestAlgorithm.Sha256, key, message, code));
            Assert.True(test.IsValid == code.AsSpan(0, tag.Length).SequenceEqual(tag), test.Name);
            Assert.Equal(group.Number("tagSize"), tag.Length * 8);

            var whole = tag.Length == 32;
            Assert.True(
                (test.IsValid && whole) == Digests.VerifyHmac(DigestAlgorithm.Sha256, key, message, tag), test.Name);
            var fault = KeyImport.Private(KeyType.Hmac, key, out var imported);
            Assert.Equal(key.Length < 32 ? CryptoFault.WrongKeyLength : CryptoFault.None, fault);
            using (imported)
            {
                Assert.True(
                    imported is null
                        || (test.IsValid && whole) == imported.VerifyHmac(DigestAlgorithm.Sha256, message, tag),
                    test.Name);
            }

            tally.Count((test.IsValid ? "valid" : "invalid") + (whole ? "" : ", shortened"));
        }

        Assert.Equal("invalid: 54, invalid, shortened: 54, valid: 33, valid, shortened: 33", tally.ToString());
    }
}
