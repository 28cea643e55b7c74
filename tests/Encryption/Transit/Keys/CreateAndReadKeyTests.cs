using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Transit.Keys;

public sealed class CreateAndReadKeyTests : KeyScenario
{
    [Fact]
    public async Task ANewKey_IsAnsweredWithItsData_InVaultsShape()
    {
        var made = await CreateAsync("orders");

        Assert.Equal(
            [
                "allow_plaintext_backup", "auto_rotate_period", "deletion_allowed", "derived", "exportable", "imported_key", "keys", "latest_version",
                "min_available_version", "min_decryption_version", "min_encryption_version", "name", "supports_decryption", "supports_derivation",
                "supports_encryption", "supports_signing", "type",
            ],
            made.Select(m => m.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("orders", "aes256-gcm96"), (made["name"]!.GetValue<string>(), made["type"]!.GetValue<string>()));
        Assert.Equal((1, 1, 0, 0), (Number(made, "latest_version"), Number(made, "min_decryption_version"), Number(made, "min_encryption_version"), Number(made, "min_available_version")));
        Assert.Equal((true, true, false), (Flag(made, "supports_encryption"), Flag(made, "supports_derivation"), Flag(made, "supports_signing")));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(made["keys"]!["1"]!.GetValue<long>(), now - 60, now + 60);
        Assert.Equal(made.ToJsonString(), (await ReadAsync("orders")).ToJsonString());
    }

    [Fact]
    public async Task AKeyThatExists_StaysAsItIs_AndTheAnswerWarns()
    {
        await CreateAsync("orders");
        var again = (await Client.WriteAsync("transit/keys/orders", new JsonObject { ["exportable"] = true })).MustBeOk();

        Assert.Contains("key orders already existed", again.Warnings);
        Assert.False(Flag(again.Data, "exportable"));
        Assert.Equal(1, Number(again.Data, "latest_version"));
    }

    [Fact]
    public async Task EveryOptionOfANewKey_IsKept()
    {
        var made = await CreateAsync("all", new JsonObject
        {
            ["type"] = "chacha20-poly1305",
            ["derived"] = "true",
            ["convergent_encryption"] = true,
            ["exportable"] = true,
            ["allow_plaintext_backup"] = true,
            ["auto_rotate_period"] = "90m",
        });

        Assert.Equal("chacha20-poly1305", made["type"]!.GetValue<string>());
        Assert.Equal((true, true, -1), (Flag(made, "derived"), Flag(made, "convergent_encryption"), Number(made, "convergent_encryption_version")));
        Assert.Equal("hkdf_sha256", made["kdf"]!.GetValue<string>());
        Assert.Equal((true, true, 5400), (Flag(made, "exportable"), Flag(made, "allow_plaintext_backup"), Number(made, "auto_rotate_period")));
    }

    [Theory]
    [InlineData(null, 32)]
    [InlineData(32, 32)]
    [InlineData(512, 512)]
    public async Task AnHmacKey_HasItsSize_AndNoVersionsToShow(int? size, int expected)
    {
        var made = await CreateAsync("mac", new JsonObject { ["type"] = "hmac", ["key_size"] = size });

        Assert.Equal(expected, Number(made, "key_size"));
        Assert.False(made.ContainsKey("keys"));
    }

    [Theory]
    [InlineData("""{"type":"no-such"}""", "unknown key type no-such")]
    [InlineData("""{"type":"managed_key"}""", "managed_key is not supported")]
    [InlineData("""{"type":"ml-dsa","parameter_set":"44"}""", "ml-dsa is not supported")]
    [InlineData("""{"type":"slh-dsa"}""", "slh-dsa is not supported")]
    [InlineData("""{"type":"hybrid","hybrid_key_type_pqc":"ml-dsa","hybrid_key_type_ec":"ed25519"}""", "hybrid is not supported")]
    [InlineData("""{"type":"aes256-cmac"}""", "aes256-cmac is not supported")]
    [InlineData("""{"convergent_encryption":true}""", "convergent encryption requires derivation to be enabled")]
    [InlineData("""{"type":"rsa-2048","derived":true}""", "key derivation and convergent encryption not supported for keys of type rsa-2048")]
    [InlineData("""{"type":"ecdsa-p256","derived":true}""", "key derivation and convergent encryption not supported for keys of type ecdsa-p256")]
    [InlineData("""{"type":"ed25519","derived":true,"convergent_encryption":true}""", "convergent encryption not supported for keys of type ed25519")]
    [InlineData("""{"type":"hmac","key_size":31}""", "invalid key_size 31")]
    [InlineData("""{"type":"hmac","key_size":513}""", "invalid key_size 513")]
    [InlineData("""{"key_size":32}""", "key_size is not valid for algorithm aes256-gcm96")]
    [InlineData("""{"auto_rotate_period":"59m"}""", "auto rotate period must be 0 to disable or at least an hour")]
    [InlineData("""{"auto_rotate_period":-3600}""", "auto rotate period must be 0 to disable or at least an hour")]
    [InlineData("""{"derived":"perhaps"}""", "error converting input for field \"derived\"")]
    public async Task AKeyThatCannotBe_IsRefused_AndNotMade(string body, string error)
    {
        (await Client.WriteAsync("transit/keys/never", JsonNode.Parse(body))).MustFail(HttpStatusCode.BadRequest, error);

        (await Client.ReadAsync("transit/keys/never")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AnUnknownParameter_IsIgnoredWithAWarning()
    {
        var made = (await Client.WriteAsync("transit/keys/orders", new JsonObject { ["colour"] = "blue" })).MustBeOk();

        Assert.Contains(made.Warnings, w => w.Contains("colour", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("a%20b")]
    [InlineData("%C3%A4")]
    public async Task AnImpossibleName_IsNoPath(string name)
    {
        (await Client.WriteAsync("transit/keys/" + name)).Must(HttpStatusCode.NotFound);
        (await Client.ReadAsync("transit/keys/" + name)).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ANameOf257Characters_IsTooLong_OneOf256IsNot()
    {
        await CreateAsync(new string('n', 256));
        (await Client.WriteAsync("transit/keys/" + new string('n', 257))).MustFail(HttpStatusCode.BadRequest, "at most 256");
    }

    [Fact]
    public async Task Listing_GivesTheNames_And404WithoutAny()
    {
        (await Client.ListAsync("transit/keys")).Must(HttpStatusCode.NotFound);
        foreach (var name in (string[])["b", "a.b", "B", "a-b"])
        {
            await CreateAsync(name);
        }

        var listed = (await Client.ListAsync("transit/keys")).MustBeOk();
        Assert.Equal(["B", "a-b", "a.b", "b"], listed.Data["keys"]!.AsArray().Select(k => k!.GetValue<string>()));
        Assert.Equal(listed.Data.ToJsonString(), (await Client.ReadAsync("transit/keys?list=true")).MustBeOk().Data.ToJsonString());
    }

    [Fact]
    public async Task ABadContext_IsRefused()
    {
        await CreateAsync("orders");
        (await Client.ReadAsync("transit/keys/orders?context=%25")).MustFail(HttpStatusCode.BadRequest, "failed to base64-decode context");
    }

    [Theory]
    [InlineData("csr")]
    [InlineData("set-certificate")]
    public async Task Certificates_AreRefusedInSoManyWords(string path)
    {
        await CreateAsync("orders");
        (await Client.WriteAsync("transit/keys/orders/" + path)).MustFail(HttpStatusCode.BadRequest, "not supported");
    }
}
