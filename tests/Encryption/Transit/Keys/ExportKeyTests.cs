using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Transit.Keys;

public sealed class ExportKeyTests : KeyScenario
{
    private static readonly JsonObject Exportable = new() { ["exportable"] = true };

    [Theory]
    [InlineData("aes128-gcm96", "encryption-key", 16)]
    [InlineData("aes256-gcm96", "encryption-key", 32)]
    [InlineData("chacha20-poly1305", "encryption-key", 32)]
    [InlineData("ed25519", "signing-key", 64)]
    [InlineData("ed25519", "public-key", 32)]
    [InlineData("ecdsa-p256", "hmac-key", 32)]
    [InlineData("hmac", "hmac-key", 32)]
    public async Task RawKeys_AreExportedInBase64(string type, string kind, int bytes)
    {
        await MakeAsync(type);

        var exported = (await Client.ReadAsync($"transit/export/{kind}/k")).MustBeOk().Data;

        Assert.Equal(("k", type), (exported["name"]!.GetValue<string>(), exported["type"]!.GetValue<string>()));
        Assert.Equal(["1"], Versions(exported));
        Assert.Equal(bytes, Convert.FromBase64String(exported["keys"]!["1"]!.GetValue<string>()).Length);
    }

    [Theory]
    [InlineData("rsa-2048", "signing-key")]
    [InlineData("rsa-3072", "encryption-key")]
    [InlineData("ecdsa-p256", "signing-key")]
    [InlineData("ecdsa-p384", "signing-key")]
    [InlineData("ecdsa-p521", "signing-key")]
    public async Task KeyPairs_AreExportedInPem_AndFitThePublicKeyThatIsShown(string type, string kind)
    {
        var made = await MakeAsync(type);
        var privatePem = await ExportAsync(kind);
        var publicPem = await ExportAsync("public-key");

        using AsymmetricAlgorithm pair = type.StartsWith("rsa", StringComparison.Ordinal) ? RSA.Create() : ECDsa.Create();
        pair.ImportFromPem(privatePem);

        Assert.Equal(pair.ExportSubjectPublicKeyInfoPem(), publicPem.TrimEnd());
        var shown = made["keys"]!["1"]!;
        Assert.Equal(publicPem.TrimEnd(), shown["public_key"]!.GetValue<string>().TrimEnd());
        Assert.Equal(type.StartsWith("rsa", StringComparison.Ordinal) ? type : $"P-{type[^3..]}", shown["name"]!.GetValue<string>());
        Assert.EndsWith("Z", shown["creation_time"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyVersionsThatMayBeUsed_AreExported()
    {
        await MakeAsync("aes256-gcm96");
        await RotateAsync("k", 3);
        (await ConfigureAsync("k", new JsonObject { ["min_decryption_version"] = 2 })).MustBeOk();

        Assert.Equal(["2", "3", "4"], Versions(await KeysAsync("")));
        Assert.Equal(["4"], Versions(await KeysAsync("/latest")));
        Assert.Equal(["3"], Versions(await KeysAsync("/3")));
        Assert.Equal(["3"], Versions(await KeysAsync("/v3")));
        (await Client.ReadAsync("transit/export/encryption-key/k/1")).MustFail(HttpStatusCode.BadRequest, "version for export is below minimum decryption version");
        (await Client.ReadAsync("transit/export/encryption-key/k/5")).MustFail(HttpStatusCode.BadRequest, "version does not exist or cannot be found");
        (await Client.ReadAsync("transit/export/encryption-key/k/x")).MustFail(HttpStatusCode.BadRequest, "invalid key version");
    }

    [Fact]
    public async Task WhatIsNotExportable_StaysHere_ButItsPublicKey()
    {
        await CreateAsync("k", new JsonObject { ["type"] = "ecdsa-p256" });

        (await Client.ReadAsync("transit/export/signing-key/k")).MustFail(HttpStatusCode.BadRequest, "private key material is not exportable");
        (await Client.ReadAsync("transit/export/hmac-key/k")).MustFail(HttpStatusCode.BadRequest, "private key material is not exportable");
        (await Client.ReadAsync("transit/export/public-key/k")).MustBeOk();
    }

    [Theory]
    [InlineData("aes256-gcm96", "signing-key", "signing not supported for the key")]
    [InlineData("aes256-gcm96", "public-key", "unknown key type aes256-gcm96 for export type public-key")]
    [InlineData("ecdsa-p256", "encryption-key", "encryption not supported for the key")]
    [InlineData("aes256-gcm96", "wish-key", "invalid export type: wish-key")]
    [InlineData("ecdsa-p256", "certificate-chain", "certificates of transit keys are not supported")]
    [InlineData("aes256-gcm96", "cmac-key", "CMAC keys are not supported")]
    public async Task WhatAKeyHasNot_IsRefused(string type, string kind, string error)
    {
        await MakeAsync(type);
        (await Client.ReadAsync($"transit/export/{kind}/k")).MustFail(HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task AKeyThatIsNotThere_IsNotFound() =>
        (await Client.ReadAsync("transit/export/encryption-key/none")).Must(HttpStatusCode.NotFound);

    [Fact]
    public async Task ADerivedEd25519Key_ShowsAPublicKeyOnlyOfAContext()
    {
        var made = await CreateAsync("k", new JsonObject { ["type"] = "ed25519", ["derived"] = true });
        Assert.Equal("", made["keys"]!["1"]!["public_key"]!.GetValue<string>());

        var one = await PublicKeyAsync("b25l");
        Assert.Equal(32, Convert.FromBase64String(one).Length);
        Assert.Equal(one, await PublicKeyAsync("b25l"));
        Assert.NotEqual(one, await PublicKeyAsync("dHdv"));
    }

    [Theory]
    [InlineData("aes128-gcm96")]
    [InlineData("aes256-gcm96")]
    [InlineData("chacha20-poly1305")]
    [InlineData("ed25519")]
    [InlineData("ecdsa-p256")]
    [InlineData("ecdsa-p521")]
    [InlineData("rsa-2048")]
    [InlineData("hmac")]
    public async Task AKeyExportedToAnotherSystem_IsImportedThereAsTheSame(string type)
    {
        await MakeAsync(type);
        var there = await Host.SignUpAsync("there");
        await GiveWrappingKeyAsync(there);
        var wrappingKey = (await there.Client.ReadAsync("transit/wrapping_key")).MustBeOk().Data["public_key"]!.GetValue<string>();
        (await Client.WriteAsync("transit/keys/wrapper/import", new JsonObject { ["public_key"] = wrappingKey, ["type"] = "rsa-4096" })).MustBeEmpty();

        var wrapped = (await Client.ReadAsync("transit/byok-export/wrapper/k/latest?hash=SHA512")).MustBeOk().Data["keys"]!["1"]!.GetValue<string>();
        (await there.Client.WriteAsync(
            "transit/keys/k/import",
            new JsonObject { ["ciphertext"] = wrapped, ["hash_function"] = "sha512", ["type"] = type, ["exportable"] = true })).MustBeEmpty();

        var kind = type switch
        {
            "hmac" => "hmac-key",
            _ when type.Contains('5', StringComparison.Ordinal) && !type.StartsWith('e') && !type.StartsWith("rsa", StringComparison.Ordinal) => "encryption-key",
            "aes128-gcm96" => "encryption-key",
            _ => "signing-key",
        };
        var here = await ExportAsync(kind);
        var imported = (await there.Client.ReadAsync($"transit/export/{kind}/k")).MustBeOk().Data["keys"]!["1"]!.GetValue<string>();
        Assert.Equal(here, imported);
    }

    [Fact]
    public async Task WrappedExport_RefusesWhatItCannotDo()
    {
        await MakeAsync("aes256-gcm96");
        await CreateAsync("closed");
        await CreateAsync("ec", new JsonObject { ["type"] = "ecdsa-p256" });
        await CreateAsync("rsa", new JsonObject { ["type"] = "rsa-2048" });

        (await Client.ReadAsync("transit/byok-export/none/k")).MustFail(HttpStatusCode.BadRequest, "no such destination key to export to");
        (await Client.ReadAsync("transit/byok-export/rsa/none")).MustFail(HttpStatusCode.BadRequest, "no such source key for export");
        (await Client.ReadAsync("transit/byok-export/rsa/closed")).MustFail(HttpStatusCode.BadRequest, "key is not exportable");
        (await Client.ReadAsync("transit/byok-export/ec/k")).MustFail(HttpStatusCode.BadRequest, "must be a rsa key");
        (await Client.ReadAsync("transit/byok-export/rsa/k?hash=md5")).MustFail(HttpStatusCode.BadRequest, "unknown hash function: md5");
        (await Client.ReadAsync("transit/byok-export/rsa/k/2")).MustFail(HttpStatusCode.BadRequest, "version does not exist");
        Assert.Equal(["1"], Versions((await Client.ReadAsync("transit/byok-export/rsa/k")).MustBeOk().Data));
    }

    private Task<JsonObject> MakeAsync(string type)
    {
        var options = (JsonObject)Exportable.DeepClone();
        options["type"] = type;
        return CreateAsync("k", options);
    }

    private async Task<JsonObject> KeysAsync(string version) =>
        (await Client.ReadAsync("transit/export/encryption-key/k" + version)).MustBeOk().Data;

    private async Task<string> ExportAsync(string kind) =>
        (await Client.ReadAsync($"transit/export/{kind}/k")).MustBeOk().Data["keys"]!["1"]!.GetValue<string>();

    private async Task<string> PublicKeyAsync(string context) =>
        (await Client.ReadAsync("transit/keys/k?context=" + context)).MustBeOk().Data["keys"]!["1"]!["public_key"]!.GetValue<string>();
}
