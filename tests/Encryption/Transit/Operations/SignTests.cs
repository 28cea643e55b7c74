using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

public sealed class SignTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    private static readonly byte[] Message = Encoding.UTF8.GetBytes("sign me");

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa-p256")]
    [InlineData("ecdsa-p384")]
    [InlineData("ecdsa-p521")]
    [InlineData("rsa-2048")]
    [InlineData("rsa-3072")]
    [InlineData("rsa-4096")]
    public async Task A_signature_is_valid_for_its_data_alone(string type)
    {
        var key = await transit.KeyAsync(type);

        var signature = await SignAsync(key, []);

        Assert.StartsWith("vault:v1:", signature);
        Assert.True(await IsValidAsync(key, signature, []));
        Assert.False(await IsValidAsync(key, signature, new JsonObject { ["input"] = Base64("sign mf") }));
    }

    [Fact]
    public async Task An_rsa_signature_is_verified_by_net_with_the_public_key()
    {
        var key = await transit.KeyAsync("rsa-2048");
        using var rsa = RSA.Create();
        rsa.ImportFromPem(await PublicKeyAsync(key));

        var pss = await SignAsync(key, new JsonObject { ["hash_algorithm"] = "sha2-384", ["salt_length"] = "hash" });
        var pkcs1 = await SignAsync(key, new JsonObject { ["signature_algorithm"] = "pkcs1v15" }, "/sha2-512");

        Assert.True(rsa.VerifyData(Message, Bytes(pss), HashAlgorithmName.SHA384, RSASignaturePadding.Pss));
        Assert.True(rsa.VerifyData(Message, Bytes(pkcs1), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task An_ecdsa_signature_is_verified_by_net_in_both_forms()
    {
        var key = await transit.KeyAsync("ecdsa-p256");
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(await PublicKeyAsync(key));
        var jwsOptions = new JsonObject { ["marshaling_algorithm"] = "jws" };

        var asn1 = await SignAsync(key, []);
        var jws = await SignAsync(key, jwsOptions);

        Assert.True(ecdsa.VerifyData(Message, Bytes(asn1), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        var raw = System.Buffers.Text.Base64Url.DecodeFromChars(jws.AsSpan("vault:v1:".Length));
        Assert.True(ecdsa.VerifyData(Message, raw, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        Assert.True(await IsValidAsync(key, jws, jwsOptions));
        (await VerifyAsync(key, jws, [])).Must(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_hashed_already_is_not_hashed_again()
    {
        var key = await transit.KeyAsync("ecdsa-p256");
        var digest = Convert.ToBase64String(SHA256.HashData(Message));

        var signature = await SignAsync(key, new JsonObject { ["input"] = digest, ["prehashed"] = "true" });

        Assert.True(await IsValidAsync(key, signature, []));
        Assert.True(await IsValidAsync(key, signature, new JsonObject { ["input"] = digest, ["prehashed"] = true }));
    }

    [Fact]
    public async Task A_derived_ed25519_key_signs_for_its_context_and_gives_the_public_key()
    {
        var key = await transit.KeyAsync("ed25519", derived: true);
        var reply = await transit.CallAsync($"sign/{key}", new JsonObject { ["input"] = Convert.ToBase64String(Message), ["context"] = Base64("a") });

        var signature = reply.MustBeOk().Data["signature"]!.GetValue<string>();
        Assert.Equal(32, Convert.FromBase64String(reply.Data["public_key"]!.GetValue<string>()).Length);
        Assert.True(await IsValidAsync(key, signature, new JsonObject { ["context"] = Base64("a") }));
        Assert.False(await IsValidAsync(key, signature, new JsonObject { ["context"] = Base64("b") }));
        (await VerifyAsync(key, signature, [])).MustFail(HttpStatusCode.BadRequest, "missing 'context' for key derivation");
    }

    [Fact]
    public async Task Batches_sign_and_verify_item_by_item()
    {
        var key = await transit.KeyAsync("ecdsa-p256");
        var items = Enumerable.Range(0, 40).Select(i => new JsonObject { ["input"] = i == 3 ? "?" : Base64($"{i}"), ["reference"] = $"{i}" }).Append([]);

        var signed = Results((await transit.CallAsync($"sign/{key}", Batch(items))).MustBeOk());
        var verified = Results((await transit.CallAsync($"verify/{key}", Batch(signed.Select((r, i) => new JsonObject
        {
            ["input"] = Base64(i == 5 ? "other" : $"{i}"), ["signature"] = r["signature"]?.GetValue<string>() ?? "vault:v1:AA==", ["reference"] = $"{i}",
        })))).MustBeOk());

        Assert.Equal("unable to decode input: illegal base64 data at input byte 0", signed[3]["error"]!.GetValue<string>());
        Assert.Equal(0, signed[3]["key_version"]!.GetValue<int>());
        Assert.Equal("missing input", signed[40]["error"]!.GetValue<string>());
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal($"{i}", signed[i]["reference"]!.GetValue<string>());
            Assert.Equal($"{i}", verified[i]["reference"]!.GetValue<string>());
            Assert.Equal(i is not (3 or 5), verified[i]["valid"]!.GetValue<bool>());
            Assert.Equal(i == 3 ? "supplied signature is invalid" : null, verified[i]["error"]?.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("ecdsa-p256", "{\"hash_algorithm\":\"md5\"}", "invalid hash algorithm \"md5\"")]
    [InlineData("ecdsa-p256", "{\"marshaling_algorithm\":\"xml\"}", "invalid marshaling type \"xml\"")]
    [InlineData("ecdsa-p256", "{\"key_version\":2}", "requested version for signing is higher than the latest key version")]
    [InlineData("ecdsa-p256", "{\"key_version\":-2}", "requested version for signing is negative")]
    [InlineData("ecdsa-p256", "{\"input\":\"?\"}", "unable to decode input: illegal base64 data at input byte 0")]
    [InlineData("rsa-2048", "{\"signature_algorithm\":\"dsa\"}", "unsupported rsa signature algorithm dsa")]
    [InlineData("rsa-2048", "{\"salt_length\":\"some\"}", "salt length neither 'auto', 'hash', nor an int: some")]
    [InlineData("rsa-2048", "{\"salt_length\":\"-2\"}", "salt length is invalid: -2")]
    [InlineData("rsa-2048", "{\"salt_length\":5000}", "requested salt length 5000 is invalid")]
    [InlineData("rsa-2048", "{\"hash_algorithm\":\"none\"}", "hash_algorithm=none requires both prehashed=true and signature_algorithm=pkcs1v15")]
    [InlineData("ed25519", "{\"prehashed\":true}", "only Pure Ed25519 signatures supported, prehashed must be false")]
    [InlineData("ed25519", "{\"signature_context\":\"eA==\"}", "only Pure Ed25519 signatures supported, signature_context must be empty")]
    [InlineData("aes256-gcm96", "{}", "key type aes256-gcm96 does not support signing")]
    public async Task A_signature_that_makes_no_sense_is_refused(string type, string body, string error) =>
        (await transit.CallAsync($"sign/{await transit.KeyAsync(type)}", JsonNode.Parse(body)!.AsObject())).MustFail(HttpStatusCode.BadRequest, error);

    [Theory]
    [InlineData("nothing", "invalid signature: no prefix")]
    [InlineData("vault:v1", "invalid signature: wrong number of fields")]
    [InlineData("vault:vx:AA==", "invalid signature: version number could not be decoded")]
    [InlineData("vault:v2:AA==", "invalid signature: version is too new")]
    [InlineData("vault:v0:AA==", "ciphertext or signature version is disallowed by policy (too old)")]
    [InlineData("vault:v1:?", "invalid base64 signature value")]
    public async Task A_malformed_signature_is_an_error_not_merely_invalid(string signature, string error) =>
        (await VerifyAsync(await transit.KeyAsync("ecdsa-p256"), signature, [])).MustFail(HttpStatusCode.BadRequest, error);

    [Theory]
    [InlineData("{}", "missing one of 'signature', 'hmac' or 'cmac' arguments to verify")]
    [InlineData("{\"signature\":\"\",\"hmac\":\"\"}", "provide one of 'signature', 'hmac' or 'cmac'")]
    [InlineData("{\"batch_input\":[{}]}", "no batch_input elements have 'signature', 'hmac' or 'cmac'")]
    [InlineData("{\"batch_input\":[{\"hmac\":\"\"},{\"signature\":\"\"}]}", "elements of batch_input must all provide either")]
    [InlineData("{\"batch_input\":[{\"hmac\":\"\"},{}]}", "some elements of batch_input are missing 'hmac'")]
    public async Task What_is_to_be_verified_must_be_clear(string body, string error) =>
        (await transit.CallAsync($"verify/{await transit.KeyAsync("ecdsa-p256")}", JsonNode.Parse(body)!.AsObject())).MustFail(HttpStatusCode.BadRequest, error);

    private static byte[] Bytes(string signature) => Convert.FromBase64String(signature["vault:v1:".Length..]);

    private async Task<string> SignAsync(string key, JsonObject options, string path = "")
    {
        var body = options.DeepClone().AsObject();
        body["input"] ??= Convert.ToBase64String(Message);
        return (await transit.CallAsync($"sign/{key}{path}", body)).MustBeOk().Data["signature"]!.GetValue<string>();
    }

    private Task<VaultReply> VerifyAsync(string key, string signature, JsonObject options)
    {
        var body = options.DeepClone().AsObject();
        body["input"] ??= Convert.ToBase64String(Message);
        body["signature"] = signature;
        return transit.CallAsync($"verify/{key}", body);
    }

    private async Task<bool> IsValidAsync(string key, string signature, JsonObject options) =>
        (await VerifyAsync(key, signature, options)).MustBeOk().Data["valid"]!.GetValue<bool>();

    private async Task<string> PublicKeyAsync(string key) =>
        (await transit.Client.ReadAsync($"transit/keys/{key}")).MustBeOk().Data["keys"]!["1"]!["public_key"]!.GetValue<string>();
}
