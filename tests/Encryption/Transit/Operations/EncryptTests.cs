using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

public sealed class EncryptTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    [Theory]
    [InlineData("aes128-gcm96")]
    [InlineData("aes256-gcm96")]
    [InlineData("chacha20-poly1305")]
    [InlineData("rsa-2048")]
    [InlineData("rsa-3072")]
    [InlineData("rsa-4096")]
    public async Task What_was_encrypted_is_decrypted(string type)
    {
        var key = await transit.KeyAsync(type);

        var ciphertext = await transit.EncryptAsync(key, "the quick brown fox");

        Assert.StartsWith("vault:v1:", ciphertext);
        Assert.Equal("the quick brown fox", await transit.DecryptAsync(key, ciphertext));
        Assert.NotEqual(ciphertext, await transit.EncryptAsync(key, "the quick brown fox"));
    }

    [Fact]
    public async Task An_empty_plaintext_is_a_plaintext()
    {
        var key = await transit.KeyAsync();

        Assert.Equal("", await transit.DecryptAsync(key, await transit.EncryptAsync(key, "")));
    }

    [Fact]
    public async Task Versions_encrypt_as_they_are_named_and_as_their_minimum_allows()
    {
        var key = await transit.KeyAsync();
        await transit.RotateAsync(key);
        await transit.RotateAsync(key);

        Assert.StartsWith("vault:v3:", await transit.EncryptAsync(key, "x"));
        var second = await transit.EncryptAsync(key, "x", version: 2);
        Assert.StartsWith("vault:v2:", second);
        await transit.ConfigureAsync(key, new JsonObject { ["min_encryption_version"] = 3 });
        await MustFailAsync(2, "requested version for encryption is less than the minimum encryption key version");
        await MustFailAsync(4, "requested version for encryption is higher than the latest key version");
        await MustFailAsync(-1, "requested version for encryption is negative");
        Assert.Equal("x", await transit.DecryptAsync(key, second));

        async Task MustFailAsync(int version, string error) => (await transit.CallAsync(
            $"encrypt/{key}", new JsonObject { ["plaintext"] = "", ["key_version"] = version })).MustFail(HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task A_derived_key_needs_the_same_context_again()
    {
        var key = await transit.KeyAsync(derived: true);
        var ciphertext = await transit.EncryptAsync(key, "for one", "customer 1");

        Assert.Equal("for one", await transit.DecryptAsync(key, ciphertext, "customer 1"));
        (await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = ciphertext, ["context"] = Base64("customer 2") }))
            .MustFail(HttpStatusCode.BadRequest, "cipher: message authentication failed");
        (await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = ciphertext }))
            .MustFail(HttpStatusCode.BadRequest, "missing 'context' for key derivation");
        (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = "" }))
            .MustFail(HttpStatusCode.BadRequest, "missing 'context' for key derivation");
    }

    [Fact]
    public async Task A_convergent_key_encrypts_the_same_to_the_same()
    {
        var key = await transit.KeyAsync(derived: true, convergent: true);

        var first = await transit.EncryptAsync(key, "same", "context");

        Assert.Equal(first, await transit.EncryptAsync(key, "same", "context"));
        Assert.NotEqual(first, await transit.EncryptAsync(key, "same", "other"));
        Assert.Equal("same", await transit.DecryptAsync(key, first, "context"));
    }

    [Fact]
    public async Task Associated_data_is_asked_for_again()
    {
        var key = await transit.KeyAsync();
        var body = new JsonObject { ["plaintext"] = Base64("x"), ["associated_data"] = Base64("row 7") };
        var ciphertext = (await transit.CallAsync($"encrypt/{key}", body)).MustBeOk().Data["ciphertext"]!.GetValue<string>();

        var same = await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = ciphertext, ["associated_data"] = Base64("row 7") });
        var other = await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = ciphertext, ["associated_data"] = Base64("row 8") });

        Assert.Equal(Base64("x"), same.MustBeOk().Data["plaintext"]!.GetValue<string>());
        other.MustFail(HttpStatusCode.BadRequest, "cipher: message authentication failed");
    }

    [Fact]
    public async Task Rsa_takes_its_padding_and_no_associated_data()
    {
        var key = await transit.KeyAsync("rsa-2048");
        var old = (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = Base64("x"), ["padding_scheme"] = "pkcs1v15" }))
            .MustBeOk().Data["ciphertext"]!.GetValue<string>();

        var opened = await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = old, ["padding_scheme"] = "pkcs1v15" });
        Assert.Equal(Base64("x"), opened.MustBeOk().Data["plaintext"]!.GetValue<string>());
        (await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = old }))
            .MustFail(HttpStatusCode.BadRequest, "failed to RSA decrypt the ciphertext");
        (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = "", ["padding_scheme"] = "zero" }))
            .MustFail(HttpStatusCode.BadRequest, "'[0].padding_scheme' invalid: unknown padding scheme");
        (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = "", ["associated_data"] = "eA==" }))
            .MustFail(HttpStatusCode.BadRequest, "'[0].associated_data' provided for non-AEAD cipher suite rsa-2048");
        (await transit.CallAsync($"encrypt/{await transit.KeyAsync()}", new JsonObject { ["plaintext"] = "", ["padding_scheme"] = "oaep" }))
            .MustFail(HttpStatusCode.BadRequest, "unsupported key type aes256-gcm96 for padding scheme");
        (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = Convert.ToBase64String(new byte[300]) }))
            .MustFail(HttpStatusCode.BadRequest, "message too long for RSA key size");
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha2-512")]
    [InlineData("sha3-256")]
    public async Task Rsa_takes_the_hash_of_its_padding(string hash)
    {
        var key = await transit.KeyAsync("rsa-2048");
        var ciphertext = (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = Base64("x"), ["hash_algorithm"] = hash }))
            .MustBeOk().Data["ciphertext"]!.GetValue<string>();

        var same = await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = ciphertext, ["hash_algorithm"] = hash });
        var other = await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = ciphertext });

        Assert.Equal(Base64("x"), same.MustBeOk().Data["plaintext"]!.GetValue<string>());
        other.MustFail(HttpStatusCode.BadRequest, "failed to RSA decrypt the ciphertext");
        (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = "", ["hash_algorithm"] = "md5" }))
            .MustFail(HttpStatusCode.BadRequest, "'[0].hash_algorithm' invalid: unknown hash algorithm");
    }

    [Fact]
    public async Task The_command_lines_strings_are_taken_for_what_they_say()
    {
        var key = await transit.KeyAsync();
        await transit.RotateAsync(key);

        var reply = await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = Base64("x"), ["key_version"] = "1" });

        Assert.StartsWith("vault:v1:", reply.MustBeOk().Data["ciphertext"]!.GetValue<string>());
        Assert.Equal(1, reply.Data["key_version"]!.GetValue<int>());
        (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = "", ["key_version"] = "one" }))
            .MustFail(HttpStatusCode.BadRequest, "error converting input for field \"key_version\"");
    }

    [Fact]
    public async Task Signing_keys_do_not_encrypt()
    {
        var key = await transit.KeyAsync("ecdsa-p256");

        (await transit.CallAsync($"encrypt/{key}", new JsonObject { ["plaintext"] = "" }))
            .MustFail(HttpStatusCode.BadRequest, "message encryption not supported for key type ecdsa-p256");
        (await transit.CallAsync($"decrypt/{key}", new JsonObject { ["ciphertext"] = "vault:v1:AAAA" }))
            .MustFail(HttpStatusCode.BadRequest, "message decryption not supported for key type ecdsa-p256");
    }
}
