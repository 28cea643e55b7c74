using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

/// <summary>Random bytes, hashes and data keys.</summary>
public sealed class KeylessTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    [Theory]
    [InlineData("random", null, 32, 0)]
    [InlineData("random/64", null, 64, 0)]
    [InlineData("random/platform", null, 32, 0)]
    [InlineData("random/all/7", null, 7, 0)]
    [InlineData("random/seal", null, 32, 1)]
    [InlineData("random", 131_072, 131_072, 0)]
    public async Task Random_bytes_are_as_many_as_asked_for(string path, int? bytes, int expected, int warnings)
    {
        var body = bytes is null ? new JsonObject() : new JsonObject { ["bytes"] = bytes };

        var reply = (await transit.CallAsync(path, body)).MustBeOk();

        Assert.Equal(expected, Convert.FromBase64String(reply.Data["random_bytes"]!.GetValue<string>()).Length);
        Assert.Equal(warnings, reply.Warnings.Length);
    }

    [Fact]
    public async Task Random_bytes_come_in_hex_too()
    {
        var reply = await transit.CallAsync("random/16", new JsonObject { ["format"] = "hex" });

        Assert.Matches("^[0-9a-f]{32}$", reply.MustBeOk().Data["random_bytes"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("random", 0, "base64", "\"bytes\" cannot be less than 1")]
    [InlineData("random", 131_073, "base64", "\"bytes\" should be less than 131072")]
    [InlineData("random", 1, "octal", "unsupported encoding format \"octal\"")]
    [InlineData("random/moon/5", 1, "hex", "unsupported entropy source \"moon\"")]
    [InlineData("random/moon", 1, "hex", "error parsing url-set byte count")]
    public async Task Random_bytes_that_make_no_sense_are_refused(string path, int bytes, string format, string error) =>
        (await transit.CallAsync(path, new JsonObject { ["bytes"] = bytes, ["format"] = format })).MustFail(HttpStatusCode.BadRequest, error);

    [Theory]
    [InlineData("hash", null, "hex", "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069")]
    [InlineData("hash/sha2-224", null, "hex", "4575bb4ec129df6380cedde6d71217fe0536f8ffc4e18bca530a7a1b")]
    [InlineData("hash", "sha2-256", "base64", "f4OxZX/x/FO5LcGBSKHWXfwtSx+j1ncoSt3SABJtkGk=")]
    [InlineData("hash/sha3-256", null, "hex", "d0e47486bbf4c16acac26f8b653592973c1362909f90262877089f9c8a4536af")]
    public async Task A_hash_is_the_one_everybody_computes(string path, string? algorithm, string format, string expected)
    {
        var body = new JsonObject { ["input"] = Base64("Hello World!"), ["format"] = format };
        if (algorithm is not null)
        {
            body["algorithm"] = algorithm;
        }

        Assert.Equal(expected, (await transit.CallAsync(path, body)).MustBeOk().Data["sum"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_batch_of_hashes_is_answered_item_by_item()
    {
        var results = Results((await transit.CallAsync(
            "hash", Batch(new JsonObject { ["input"] = Base64("a"), ["reference"] = "1" }, new JsonObject { ["input"] = "?" }, new JsonObject()))).MustBeOk());

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("a"u8)), results[0]["sum"]!.GetValue<string>());
        Assert.Equal("1", results[0]["reference"]!.GetValue<string>());
        Assert.Equal("unable to decode input as base64: illegal base64 data at input byte 0", results[1]["error"]!.GetValue<string>());
        Assert.Equal("input missing", results[2]["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("hash", "{}", "input missing")]
    [InlineData("hash/md5", "{\"input\":\"\"}", "unsupported algorithm md5")]
    [InlineData("hash", "{\"input\":\"?\"}", "unable to decode input as base64")]
    [InlineData("hash", "{\"input\":\"\",\"format\":\"x\"}", "unsupported encoding format")]
    public async Task A_hash_of_nothing_is_refused(string path, string body, string error) =>
        (await transit.CallAsync(path, JsonNode.Parse(body)!.AsObject())).MustFail(HttpStatusCode.BadRequest, error);

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public async Task A_data_key_is_what_its_ciphertext_decrypts_to(int bits)
    {
        var key = await transit.KeyAsync();

        var both = (await transit.CallAsync($"datakey/plaintext/{key}", new JsonObject { ["bits"] = bits })).MustBeOk().Data;
        var wrapped = (await transit.CallAsync($"datakey/wrapped/{key}", new JsonObject { ["bits"] = bits })).MustBeOk().Data;

        var opened = await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = both["ciphertext"]!.GetValue<string>() });
        Assert.Equal(both["plaintext"]!.GetValue<string>(), opened.MustBeOk().Data["plaintext"]!.GetValue<string>());
        Assert.Equal(bits / 8, Convert.FromBase64String(both["plaintext"]!.GetValue<string>()).Length);
        Assert.DoesNotContain("plaintext", wrapped);
        Assert.Equal(1, wrapped["key_version"]!.GetValue<int>());
    }

    [Fact]
    public async Task Data_keys_come_in_batches_and_by_number()
    {
        var key = await transit.KeyAsync(derived: true);

        var batch = Results((await transit.CallAsync($"datakey/plaintext/{key}", Batch(
            new JsonObject { ["context"] = Base64("a"), ["reference"] = "1" }, new JsonObject { ["context"] = Base64("b"), ["bits"] = 128 }))).MustBeOk());
        var many = (await transit.CallAsync($"datakeys/wrapped/{key}", new JsonObject { ["context"] = Base64("a"), ["count"] = 5 })).MustBeOk().Data;

        Assert.Equal([32, 16], batch.Select(r => Convert.FromBase64String(r["plaintext"]!.GetValue<string>()).Length));
        Assert.Equal("1", batch[0]["reference"]!.GetValue<string>());
        Assert.Equal(5, many["key_pairs"]!.AsArray().Select(p => p!["ciphertext"]!.GetValue<string>()).Distinct().Count());
    }

    [Theory]
    [InlineData("datakey/open/", "{}", "Invalid path, must be 'plaintext' or 'wrapped'")]
    [InlineData("datakey/wrapped/", "{\"bits\":192}", "invalid bit length")]
    [InlineData("datakey/wrapped/", "{\"context\":\"?\"}", "illegal base64 data at input byte 0")]
    [InlineData("datakeys/wrapped/", "{\"count\":0}", "count must be between 1 and 100000")]
    public async Task A_data_key_that_makes_no_sense_is_refused(string path, string body, string error) =>
        (await transit.CallAsync(path + await transit.KeyAsync(), JsonNode.Parse(body)!.AsObject())).MustFail(HttpStatusCode.BadRequest, error);
}
