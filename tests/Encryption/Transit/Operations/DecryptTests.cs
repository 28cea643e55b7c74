using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

/// <summary>What is not, or no longer, a ciphertext of the key is refused in Vault's words.</summary>
public sealed class DecryptTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    [Theory]
    [InlineData("", "missing ciphertext to decrypt")]
    [InlineData("no prefix", "invalid ciphertext: no prefix")]
    [InlineData("vault:v1", "invalid ciphertext: wrong number of fields")]
    [InlineData("vault:vx:AAAA", "invalid ciphertext: version number could not be decoded")]
    [InlineData("vault:v:AAAA", "invalid ciphertext: version number could not be decoded")]
    [InlineData("vault:v99:AAAA", "invalid ciphertext: version is too new")]
    [InlineData("vault:v-1:AAAA", "ciphertext or signature version is disallowed by policy (too old)")]
    [InlineData("vault:v99999999999:AAAA", "invalid ciphertext: version number could not be decoded")]
    [InlineData("vault:v1:!", "invalid ciphertext: could not decode base64")]
    [InlineData("vault:v1:", "invalid ciphertext length")]
    [InlineData("vault:v1:AAAAAAAAAAAAAAAAAAAAAA==", "cipher: message authentication failed")]
    public async Task A_malformed_ciphertext_is_refused(string ciphertext, string error) =>
        (await transit.CallAsync($"decrypt/{await transit.KeyAsync()}", new JsonObject { ["ciphertext"] = ciphertext }))
            .MustFail(HttpStatusCode.BadRequest, error);

    [Theory]
    [InlineData("aes128-gcm96", "cipher: message authentication failed")]
    [InlineData("aes256-gcm96", "cipher: message authentication failed")]
    [InlineData("chacha20-poly1305", "chacha20poly1305: message authentication failed")]
    [InlineData("rsa-2048", "failed to RSA decrypt the ciphertext")]
    public async Task An_altered_or_truncated_ciphertext_is_refused(string type, string error)
    {
        var key = await transit.KeyAsync(type);
        var ciphertext = await transit.EncryptAsync(key, "genuine");
        var bytes = Convert.FromBase64String(ciphertext["vault:v1:".Length..]);
        var altered = bytes.ToArray();
        altered[^1] ^= 1;

        foreach (var bad in (byte[][])[altered, bytes[..^1], bytes[1..], [.. bytes, 0]])
        {
            (await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = "vault:v1:" + Convert.ToBase64String(bad) }))
                .MustFail(HttpStatusCode.BadRequest, error);
        }
    }

    [Fact]
    public async Task Another_tenants_ciphertext_is_refused_though_the_key_has_the_same_name()
    {
        var other = await transit.Host.SignUpAsync("other");
        (await other.Client.WriteAsync("transit/encrypt/shared-name", new JsonObject { ["plaintext"] = Base64("mine") })).MustBeOk();
        var theirs = await transit.EncryptAsync("shared-name", "theirs");

        (await other.Client.WriteAsync("transit/decrypt/shared-name", new JsonObject { ["ciphertext"] = theirs }))
            .MustFail(HttpStatusCode.BadRequest, "cipher: message authentication failed");
    }

    [Fact]
    public async Task A_version_below_the_minimum_is_refused_and_rewrapped_ones_are_not()
    {
        var key = await transit.KeyAsync();
        var old = await transit.EncryptAsync(key, "x");
        await transit.RotateAsync(key);
        var rewrapped = (await transit.CallAsync($"rewrap/{key}", new JsonObject { ["ciphertext"] = old })).MustBeOk().Data;
        await transit.ConfigureAsync(key, new JsonObject { ["min_decryption_version"] = 2 });

        (await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = old }))
            .MustFail(HttpStatusCode.BadRequest, "ciphertext or signature version is disallowed by policy (too old)");
        Assert.Equal(2, rewrapped["key_version"]!.GetValue<int>());
        Assert.Equal("x", await transit.DecryptAsync(key, rewrapped["ciphertext"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Version_zero_is_the_first()
    {
        var key = await transit.KeyAsync();
        var ciphertext = await transit.EncryptAsync(key, "x");

        Assert.Equal("x", await transit.DecryptAsync(key, ciphertext.Replace("vault:v1:", "vault:v0:")));
    }

    [Fact]
    public async Task A_nonce_is_not_taken_where_the_key_makes_its_own()
    {
        var body = new JsonObject { ["plaintext"] = "", ["nonce"] = Convert.ToBase64String(new byte[12]) };

        (await transit.CallAsync($"encrypt/{await transit.KeyAsync()}", body)).MustFail(HttpStatusCode.BadRequest, "provided nonce not allowed for this key");
        body["context"] = "eA==";
        (await transit.CallAsync($"encrypt/{await transit.KeyAsync(derived: true, convergent: true)}", body.DeepClone().AsObject()))
            .MustFail(HttpStatusCode.BadRequest, "provided nonce not allowed for this key");
    }

    [Fact]
    public async Task A_batch_of_rewraps_answers_200_with_its_errors()
    {
        var key = await transit.KeyAsync();
        var first = await transit.EncryptAsync(key, "1");
        await transit.RotateAsync(key);

        var results = Results((await transit.CallAsync($"rewrap/{key}", Batch(
            new JsonObject { ["ciphertext"] = first, ["reference"] = "a" },
            new JsonObject { ["ciphertext"] = "vault:v1:AAAA", ["reference"] = "b" },
            new JsonObject { ["ciphertext"] = first, ["key_version"] = 1 }))).MustBeOk());

        Assert.StartsWith("vault:v2:", results[0]["ciphertext"]!.GetValue<string>());
        Assert.Equal(("invalid ciphertext length", "b"), (results[1]["error"]!.GetValue<string>(), results[1]["reference"]!.GetValue<string>()));
        Assert.StartsWith("vault:v1:", results[2]["ciphertext"]!.GetValue<string>());
    }
}
