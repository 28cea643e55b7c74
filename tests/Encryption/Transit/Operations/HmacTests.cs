using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

public sealed class HmacTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    [Theory]
    [InlineData("aes256-gcm96", "sha2-224")]
    [InlineData("aes256-gcm96", "sha2-256")]
    [InlineData("ed25519", "sha2-384")]
    [InlineData("hmac", "sha2-512")]
    [InlineData("hmac", "sha3-256")]
    public async Task A_code_is_valid_for_its_data_alone(string type, string algorithm)
    {
        var key = await transit.KeyAsync(type);

        var ofPath = await HmacAsync(key, "/" + algorithm, []);
        var ofBody = await HmacAsync(key, "", new JsonObject { ["algorithm"] = algorithm });

        Assert.Equal(ofPath, ofBody);
        Assert.True(await IsValidAsync(key, "/" + algorithm, ofPath, "data"));
        Assert.False(await IsValidAsync(key, "/" + algorithm, ofPath, "date"));
    }

    [Fact]
    public async Task Versions_authenticate_and_verify_as_their_minimums_allow()
    {
        var key = await transit.KeyAsync();
        var first = await HmacAsync(key, "", []);
        await transit.RotateAsync(key);
        await transit.RotateAsync(key);

        Assert.Equal(first, await HmacAsync(key, "", new JsonObject { ["key_version"] = 1 }));
        Assert.StartsWith("vault:v3:", await HmacAsync(key, "", []));
        Assert.True(await IsValidAsync(key, "", first, "data"));
        await transit.ConfigureAsync(key, new JsonObject { ["min_decryption_version"] = 2, ["min_encryption_version"] = 2 });
        (await VerifyAsync(key, "", first, "data")).MustFail(HttpStatusCode.BadRequest, "cannot verify HMAC: version is too old (disallowed by policy)");
        (await transit.CallAsync($"hmac/{key}", new JsonObject { ["input"] = "", ["key_version"] = 1 }))
            .MustFail(HttpStatusCode.BadRequest, "cannot generate HMAC: version is too old (disallowed by policy)");
        (await transit.CallAsync($"hmac/{key}", new JsonObject { ["input"] = "", ["key_version"] = 9 }))
            .MustFail(HttpStatusCode.BadRequest, "key version does not exist; latest key version is 3");
    }

    [Fact]
    public async Task Batches_authenticate_and_verify_item_by_item()
    {
        var key = await transit.KeyAsync();

        var codes = Results((await transit.CallAsync(
            $"hmac/{key}", Batch(new JsonObject { ["input"] = Base64("a"), ["reference"] = "1" }, new JsonObject(), new JsonObject { ["input"] = "?" }))).MustBeOk());
        var verified = Results((await transit.CallAsync($"verify/{key}", Batch(
            new JsonObject { ["input"] = Base64("a"), ["hmac"] = codes[0]["hmac"]!.GetValue<string>(), ["reference"] = "1" },
            new JsonObject { ["input"] = Base64("b"), ["hmac"] = codes[0]["hmac"]!.GetValue<string>() },
            new JsonObject { ["input"] = Base64("b"), ["hmac"] = "nothing" }))).MustBeOk());

        Assert.Equal("1", codes[0]["reference"]!.GetValue<string>());
        Assert.Equal("missing input for HMAC", codes[1]["error"]!.GetValue<string>());
        Assert.Equal("unable to decode input as base64: illegal base64 data at input byte 0", codes[2]["error"]!.GetValue<string>());
        Assert.True(verified[0]["valid"]!.GetValue<bool>());
        Assert.False(verified[1]["valid"]?.GetValue<bool>() ?? false);
        Assert.Equal("invalid HMAC to verify: no prefix", verified[2]["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("{}", "missing input for HMAC")]
    [InlineData("{\"input\":\"?\"}", "unable to decode input as base64: illegal base64 data at input byte 0")]
    [InlineData("{\"input\":\"\",\"algorithm\":\"md5\"}", "unsupported algorithm \"md5\"")]
    [InlineData("{\"input\":\"\",\"algorithm\":\"none\"}", "unsupported algorithm \"none\"")]
    public async Task A_code_that_makes_no_sense_is_refused(string body, string error) =>
        (await transit.CallAsync($"hmac/{await transit.KeyAsync()}", JsonNode.Parse(body)!.AsObject())).MustFail(HttpStatusCode.BadRequest, error);

    [Theory]
    [InlineData("vault:v1", "invalid HMAC: wrong number of fields")]
    [InlineData("vault:vx:AA==", "invalid HMAC: version number could not be decoded")]
    [InlineData("vault:v2:AA==", "invalid HMAC: version is too new")]
    [InlineData("vault:v1:?", "unable to decode verification HMAC as base64")]
    public async Task A_malformed_code_is_an_error_not_merely_invalid(string code, string error) =>
        (await VerifyAsync(await transit.KeyAsync(), "", code, "data")).MustFail(HttpStatusCode.BadRequest, error);

    private async Task<string> HmacAsync(string key, string path, JsonObject options)
    {
        options["input"] = Base64("data");
        return (await transit.CallAsync($"hmac/{key}{path}", options)).MustBeOk().Data["hmac"]!.GetValue<string>();
    }

    private Task<VaultReply> VerifyAsync(string key, string path, string code, string data) => transit.CallAsync(
        $"verify/{key}{path}", new JsonObject { ["input"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(data)), ["hmac"] = code });

    private async Task<bool> IsValidAsync(string key, string path, string code, string data) =>
        (await VerifyAsync(key, path, code, data)).MustBeOk().Data["valid"]!.GetValue<bool>();
}
