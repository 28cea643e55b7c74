using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Transit.Keys;

public sealed class ImportKeyTests : KeyScenario
{
    private static readonly byte[] Aes = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public async Task TheWrappingKey_IsRsa4096_TheSameForEverybodyOfAMount_AndNobodyElses()
    {
        await using var other = await EncryptionHost.StartAsync(Host.Store, Host.Time, Host.Folder);
        var globex = await Host.SignUpAsync("globex");
        var asked = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? globex.Client : other.Client(globex.Token)).ReadAsync("transit/wrapping_key")));
        var keys = asked.Select(a => a.MustBeOk().Data["public_key"]!.GetValue<string>()).Distinct().ToArray();

        using var rsa = RSA.Create();
        rsa.ImportFromPem(Assert.Single(keys));
        Assert.Equal(4096, rsa.KeySize);
        var forGlobex = ClientWrapping.Wrap(keys[0], Aes);
        (await ImportAsync(new JsonObject { ["ciphertext"] = forGlobex })).MustFail(HttpStatusCode.BadRequest, "does not unwrap");
    }

    [Theory]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    [InlineData("sha384")]
    [InlineData("SHA512")]
    public async Task AnAesKey_IsImportedUnderEveryHash(string hash)
    {
        var wrapped = ClientWrapping.Wrap(await WrappingKeyAsync(Client), Aes, new HashAlgorithmName(hash.ToUpperInvariant()));

        (await ImportAsync(new JsonObject { ["ciphertext"] = wrapped, ["hash_function"] = hash, ["exportable"] = true })).MustBeEmpty();

        var made = await ReadAsync("k");
        Assert.Equal((true, false), (Flag(made, "imported_key"), Flag(made, "imported_key_allow_rotation")));
        Assert.Equal(Convert.ToBase64String(Aes), await ExportAsync("encryption-key", "1"));
    }

    [Fact]
    public async Task KeyPairs_AreImportedFromPkcs8()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var seed = RandomNumberGenerator.GetBytes(32);
        foreach (var (name, type, pkcs8) in ((string, string, byte[])[])
            [("ec", "ecdsa-p384", ecdsa.ExportPkcs8PrivateKey()), ("rsa", "RSA-2048", rsa.ExportPkcs8PrivateKey()), ("ed", "ed25519", ClientWrapping.Ed25519(seed))])
        {
            (await Client.WriteAsync($"transit/keys/{name}/import", await WrappedAsync(pkcs8, type))).MustBeEmpty();
        }

        Assert.Equal(ecdsa.ExportSubjectPublicKeyInfoPem(), (await PublicKeyAsync("ec")).TrimEnd());
        Assert.Equal(rsa.ExportSubjectPublicKeyInfoPem(), (await PublicKeyAsync("rsa")).TrimEnd());
        Assert.Equal("ed25519", (await ReadAsync("ed"))["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task AnHmacKey_BringsItsSize()
    {
        (await ImportAsync(await WrappedAsync(new byte[100], "hmac"))).MustBeEmpty();
        Assert.Equal(100, Number(await ReadAsync("k"), "key_size"));
    }

    [Fact]
    public async Task APublicKey_IsCompletedByItsPrivateHalf_AndByNoOther()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await ImportAsync(new JsonObject { ["public_key"] = pair.ExportSubjectPublicKeyInfoPem(), ["type"] = "ecdsa-p256", ["exportable"] = true })).MustBeEmpty();
        Assert.Equal("", await ExportAsync("signing-key", "1"));
        var hmacKey = await ExportAsync("hmac-key", "1");

        (await ImportVersionAsync(await WrappedAsync(other.ExportPkcs8PrivateKey(), version: 1))).MustFail(HttpStatusCode.BadRequest, "cannot import key, key pair does not match");
        (await ImportVersionAsync(new JsonObject { ["public_key"] = other.ExportSubjectPublicKeyInfoPem(), ["version"] = 1 }))
            .MustFail(HttpStatusCode.BadRequest, "cannot add a public key to a key version that already has a public key set");
        (await ImportVersionAsync(await WrappedAsync(pair.ExportPkcs8PrivateKey()))).MustBeEmpty();

        Assert.Equal(1, Number(await ReadAsync("k"), "latest_version"));
        using var exported = ECDsa.Create();
        exported.ImportFromPem(await ExportAsync("signing-key", "1"));
        Assert.Equal(pair.ExportSubjectPublicKeyInfoPem(), exported.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(hmacKey, await ExportAsync("hmac-key", "1"));
        (await ImportVersionAsync(await WrappedAsync(pair.ExportPkcs8PrivateKey(), version: 1)))
            .MustFail(HttpStatusCode.BadRequest, "private key imported, key version cannot be updated");
    }

    [Fact]
    public async Task AnotherKeyForALatestVersionThatIsPublicOnly_BecomesAVersionOfItsOwn()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await ImportAsync(new JsonObject { ["public_key"] = pair.ExportSubjectPublicKeyInfoPem(), ["type"] = "ecdsa-p256", ["exportable"] = true })).MustBeEmpty();

        (await ImportVersionAsync(await WrappedAsync(other.ExportPkcs8PrivateKey()))).MustBeEmpty();

        Assert.Equal(2, Number(await ReadAsync("k"), "latest_version"));
        (await ImportVersionAsync(await WrappedAsync(pair.ExportPkcs8PrivateKey(), version: 1))).MustBeEmpty();
        Assert.Equal(2, Number(await ReadAsync("k"), "latest_version"));
        Assert.NotEqual("", await ExportAsync("signing-key", "1"));
    }

    [Fact]
    public async Task VersionsAreImported_UntilTheKeyIsRotatedHere()
    {
        (await ImportAsync(await WrappedAsync(Aes, options: o => (o["allow_rotation"], o["auto_rotate_period"]) = (true, "24h")))).MustBeEmpty();
        (await ImportVersionAsync(await WrappedAsync(RandomNumberGenerator.GetBytes(32)))).MustBeEmpty();

        Assert.Equal(3, Number(await RotateAsync("k"), "latest_version"));

        Assert.False(Flag(await ReadAsync("k"), "imported_key"));
        (await ImportVersionAsync(await WrappedAsync(Aes))).MustFail(HttpStatusCode.BadRequest, "the import_version endpoint can only be used with an imported key");
    }

    [Fact]
    public async Task AnImportedKey_IsNotRotatedHere_UnlessThatIsAllowed()
    {
        (await ImportAsync(await WrappedAsync(Aes))).MustBeEmpty();
        (await Client.WriteAsync("transit/keys/k/rotate")).MustFail(HttpStatusCode.BadRequest, "imported key k does not allow rotation within Vault");
    }

    [Theory]
    [InlineData("{}", "one of the following fields, ciphertext and public_key, must be set")]
    [InlineData("""{"ciphertext":"AAAA","public_key":"x"}""", "only one of the following fields, ciphertext and public_key, can be set")]
    [InlineData("""{"ciphertext":"AAAA"}""", "provided ciphertext is too short")]
    [InlineData("""{"ciphertext":"%%%"}""", "illegal base64 data")]
    [InlineData("""{"ciphertext":"AAAA","hash_function":"md5"}""", "unknown hash function: md5")]
    [InlineData("""{"public_key":"x"}""", "provided type does not support public_key import")]
    [InlineData("""{"public_key":"x","type":"ecdsa-p256"}""", "not in PEM format")]
    [InlineData("""{"public_key":"x","type":"ed25519","derived":true}""", "unable to import only public key for derived Ed25519 key")]
    [InlineData("""{"public_key":"x","type":"nothing"}""", "unknown key type")]
    [InlineData("""{"ciphertext":"AAAA","convergent_encryption":false}""", "import cannot be used on keys with convergent encryption enabled")]
    [InlineData("""{"public_key":"x","type":"ecdsa-p256","auto_rotate_period":"24h"}""", "allow_rotation must be set to true if auto-rotation is enabled")]
    public async Task AnImportThatMakesNoSense_IsRefused(string body, string error)
    {
        (await ImportAsync(JsonNode.Parse(body)!.AsObject())).MustFail(HttpStatusCode.BadRequest, error);
        (await Client.ReadAsync("transit/keys/k")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AKeyOfAnotherTypeOrSize_IsRefused()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await ImportAsync(await WrappedAsync(p256.ExportPkcs8PrivateKey(), "ecdsa-p384"))).MustFail(HttpStatusCode.BadRequest, "invalid key type: expected ecdsa-p384");
        (await ImportAsync(await WrappedAsync(p256.ExportPkcs8PrivateKey(), "rsa-2048"))).MustFail(HttpStatusCode.BadRequest, "invalid key type: expected rsa-2048");
        (await ImportAsync(await WrappedAsync(Aes, "aes128-gcm96"))).MustFail(HttpStatusCode.BadRequest, "invalid key size for key type aes128-gcm96");
        (await ImportAsync(await WrappedAsync(Aes, "ed25519"))).MustFail(HttpStatusCode.BadRequest, "error parsing asymmetric key");
    }

    [Fact]
    public async Task AnExistingKey_IsNotImportedOver_AndAMissingOneHasNoVersions()
    {
        await CreateAsync("k");
        (await ImportAsync(await WrappedAsync(Aes))).MustFail(HttpStatusCode.BadRequest, "the import path cannot be used with an existing key");
        (await ImportVersionAsync(await WrappedAsync(Aes))).MustFail(HttpStatusCode.BadRequest, "can only be used with an imported key");
        (await Client.WriteAsync("transit/keys/none/import_version", await WrappedAsync(Aes))).MustFail(HttpStatusCode.BadRequest, "no key found with name none");
    }

    private protected override Task ArrangeAsync() => GiveWrappingKeyAsync(Acme);

    private Task<VaultReply> ImportAsync(JsonObject body) => Client.WriteAsync("transit/keys/k/import", body);

    private Task<VaultReply> ImportVersionAsync(JsonObject body) => Client.WriteAsync("transit/keys/k/import_version", body);

    private async Task<JsonObject> WrappedAsync(byte[] key, string? type = null, int? version = null, Action<JsonObject>? options = null)
    {
        var body = new JsonObject { ["ciphertext"] = ClientWrapping.Wrap(await WrappingKeyAsync(Client), key) };
        if (type is not null)
        {
            body["type"] = type;
        }

        if (version is not null)
        {
            body["version"] = version;
        }

        options?.Invoke(body);
        return body;
    }

    private static async Task<string> WrappingKeyAsync(HttpClient client) =>
        (await client.ReadAsync("transit/wrapping_key")).MustBeOk().Data["public_key"]!.GetValue<string>();

    private async Task<string> PublicKeyAsync(string name) => (await ReadAsync(name))["keys"]!["1"]!["public_key"]!.GetValue<string>();

    private async Task<string> ExportAsync(string kind, string version) =>
        (await Client.ReadAsync($"transit/export/{kind}/k/{version}")).MustBeOk().Data["keys"]![version]!.GetValue<string>();
}
