using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Engine.OpenSsl;

namespace Saas.Encryption.Tests.Wycheproof;

/// <summary>
/// Transit's OAEP has an empty label: a ciphertext with another must be refused by it even where it is valid, and is
/// opened by the engine beneath when told the label.
/// </summary>
public sealed class RsaOaepVectorTests
{
    [Fact]
    public void Decrypt_AcceptsTheValidWithAnEmptyLabelAndNoOther()
    {
        var tally = new Tally();
        foreach (var group in Vectors.Read("rsa_oaep_2048_sha256_mgf1sha256_test.json").GetProperty("testGroups").EnumerateArray())
        {
            var fault = KeyImport.Private(KeyType.Rsa2048, group.Hex("privateKeyPkcs8"), out var imported);
            Assert.Equal(CryptoFault.None, fault);
            using var material = (RsaMaterial)imported!;
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                fault = material.Decrypt(RsaPaddingScheme.Oaep, test.Hex("ct"), out var plaintext);
                using (plaintext)
                {
                    var labelled = test.Hex("label").Length > 0;
                    Assert.True((test.IsValid && !labelled) == (fault == CryptoFault.None), test.Name);
                    if (fault == CryptoFault.None)
                    {
                        Assert.Equal(test.Hex("msg"), plaintext!.Span);
                        tally.Count("valid");
                        continue;
                    }

                    Assert.Equal(CryptoFault.DecryptionFailed, fault);
                    using var opened = EvpOperations.RsaDecrypt(
                        material.Pair, Crypto.RsaOaepPadding, DigestAlgorithm.Sha256, test.Hex("ct"), test.Hex("label"));
                    Assert.True(test.IsValid == (opened is not null), test.Name);
                    Assert.True(opened is null || opened.Span.SequenceEqual(test.Hex("msg")), test.Name);
                    tally.Count(test.IsValid ? "valid with a label" : "invalid");
                }
            }
        }

        Assert.Equal("invalid: 19, valid: 10, valid with a label: 8", tally.ToString());
    }
}
