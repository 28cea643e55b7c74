using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

/// <summary>Encrypting with a key that is not there makes it.</summary>
public sealed class UpsertTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    [Fact]
    public async Task A_key_is_made_as_the_items_need_it()
    {
        var plain = await transit.CallAsync("encrypt/upserted", new JsonObject { ["plaintext"] = Base64("x"), ["type"] = "chacha20-poly1305" });
        var derived = await transit.CallAsync(
            "encrypt/upserted-derived", new JsonObject { ["plaintext"] = Base64("x"), ["context"] = Base64("c"), ["convergent_encryption"] = "true" });

        plain.MustBeOk();
        derived.MustBeOk();
        var first = (await transit.Client.ReadAsync("transit/keys/upserted")).MustBeOk().Data;
        Assert.Equal(("chacha20-poly1305", false), (first["type"]!.GetValue<string>(), first["derived"]!.GetValue<bool>()));
        var second = (await transit.Client.ReadAsync("transit/keys/upserted-derived")).MustBeOk().Data;
        Assert.True(second["derived"]!.GetValue<bool>());
        Assert.True(second["convergent_encryption"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("ecdsa-p256", "key type ecdsa-p256 not supported for this operation")]
    [InlineData("nothing", "unknown key type nothing")]
    [InlineData("managed_key", "key type managed_key is not supported")]
    public async Task A_type_that_does_not_encrypt_is_refused(string type, string error) =>
        (await transit.CallAsync("encrypt/never-made", new JsonObject { ["plaintext"] = "", ["type"] = type }))
            .MustFail(HttpStatusCode.BadRequest, error);

    [Fact]
    public async Task Convergent_without_context_is_refused() =>
        (await transit.CallAsync("encrypt/never-made", new JsonObject { ["plaintext"] = "", ["convergent_encryption"] = true }))
            .MustFail(HttpStatusCode.BadRequest, "convergent encryption requires derivation to be enabled, so context is required");

    [Fact]
    public async Task Only_encryption_makes_keys()
    {
        (await transit.CallAsync("decrypt/never-made", new JsonObject { ["ciphertext"] = "vault:v1:AAAA" }))
            .MustFail(HttpStatusCode.BadRequest, "encryption key not found");
        (await transit.CallAsync("rewrap/never-made", new JsonObject { ["ciphertext"] = "vault:v1:AAAA" }))
            .MustFail(HttpStatusCode.BadRequest, "encryption key not found");
        (await transit.CallAsync("datakey/wrapped/never-made", [])).MustFail(HttpStatusCode.BadRequest, "encryption key not found");
        (await transit.CallAsync("hmac/never-made", new JsonObject { ["input"] = "" })).MustFail(HttpStatusCode.BadRequest, "encryption key not found");
        (await transit.CallAsync("sign/never-made", new JsonObject { ["input"] = "" })).MustFail(HttpStatusCode.BadRequest, "signing key not found");
        (await transit.CallAsync("verify/never-made", new JsonObject { ["input"] = "", ["signature"] = "vault:v1:AAAA" }))
            .MustFail(HttpStatusCode.BadRequest, "signature verification key not found");
        Assert.Equal(HttpStatusCode.NotFound, (await transit.Client.ReadAsync("transit/keys/never-made")).Status);
    }

    [Fact]
    public async Task Disabled_by_the_mount_it_makes_none()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        (await acme.Client.WriteAsync("transit/config/keys", new JsonObject { ["disable_upsert"] = true })).MustBeOk();

        (await acme.Client.WriteAsync("transit/encrypt/new", new JsonObject { ["plaintext"] = "" }))
            .MustFail(HttpStatusCode.BadRequest, "encryption key not found");
    }

    [Fact]
    public async Task Many_at_once_make_one_key()
    {
        var body = new JsonObject { ["plaintext"] = Base64("x") };

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => transit.CallAsync("encrypt/at-once", body.DeepClone().AsObject())));

        foreach (var reply in replies)
        {
            Assert.Equal("x", await transit.DecryptAsync("at-once", reply.MustBeOk().Data["ciphertext"]!.GetValue<string>()));
        }
    }
}
