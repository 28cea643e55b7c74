using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Wycheproof;

/// <summary>Transit's OAEP has an empty label: a ciphertext with another must be refused even where it is valid.</summary>
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
                    tally.Count(test.IsValid ? "label refused" : "invalid");
                }
            }
        }

        Assert.Equal("invalid: 19, label refused: 8, valid: 10", tally.ToString());
    }
}
