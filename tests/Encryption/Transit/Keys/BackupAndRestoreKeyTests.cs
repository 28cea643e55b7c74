using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Transit.Keys;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Transit.Keys;

public sealed class BackupAndRestoreKeyTests : KeyScenario
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("aes128-gcm96")]
    [InlineData("aes256-gcm96")]
    [InlineData("chacha20-poly1305")]
    [InlineData("ed25519")]
    [InlineData("ecdsa-p256")]
    [InlineData("ecdsa-p384")]
    [InlineData("ecdsa-p521")]
    [InlineData("rsa-2048")]
    [InlineData("rsa-3072", 1)]
    [InlineData("rsa-4096", 1)]
    [InlineData("hmac")]
    public async Task AKeyOfEveryType_ComesBackWithAllItsVersions(string type, int versions = 2)
    {
        await MakeAsync("k", type);
        if (versions > 1)
        {
            await RotateAsync("k", versions - 1);
        }

        var (before, backup) = (await ExportsAsync("k"), await BackupAsync("k"));

        (await RestoreAsync("/copy", backup)).MustBeEmpty();

        Assert.Equal(before, await ExportsAsync("copy"));
        var (original, copy) = (await ReadAsync("k"), await ReadAsync("copy"));
        Assert.Equal(versions, Number(copy["restore_info"]!.AsObject(), "version"));
        Assert.Equal(versions, Number(original["backup_info"]!.AsObject(), "version"));
        copy.Remove("restore_info");
        copy["name"] = "k";
        Assert.Equal(Sorted(original), Sorted(copy));
    }

    [Fact]
    public async Task TheBackup_IsVaultsOwnJson()
    {
        await MakeAsync("k", "aes256-gcm96", o => (o["derived"], o["convergent_encryption"], o["auto_rotate_period"]) = (true, true, "2h"));
        await RotateAsync("k", 2);
        (await ConfigureAsync("k", new JsonObject { ["min_decryption_version"] = 2, ["min_encryption_version"] = 3 })).MustBeOk();

        var json = JsonNode.Parse(Convert.FromBase64String(await BackupAsync("k")))!;

        var policy = json["policy"]!;
        Assert.Equal("k", policy["name"]!.GetValue<string>());
        Assert.Equal((0, 1, -1), (policy["type"]!.GetValue<int>(), policy["kdf"]!.GetValue<int>(), policy["convergent_version"]!.GetValue<int>()));
        Assert.Equal(
            (3, 3, 0, 2, 3),
            (policy["latest_version"]!.GetValue<int>(), policy["archive_version"]!.GetValue<int>(), policy["archive_min_version"]!.GetValue<int>(),
                policy["min_decryption_version"]!.GetValue<int>(), policy["min_encryption_version"]!.GetValue<int>()));
        Assert.Equal(7_200_000_000_000, policy["auto_rotate_period"]!.GetValue<long>());
        Assert.Equal(["2", "3"], policy["keys"]!.AsObject().Select(k => k.Key));
        var archive = json["archived_keys"]!["keys"]!.AsArray();
        Assert.Equal(4, archive.Count);
        Assert.Null(archive[0]!["key"]);
        Assert.Equal(32, Convert.FromBase64String(archive[1]!["key"]!.GetValue<string>()).Length);
        Assert.Equal(policy["keys"]!["3"]!.ToJsonString(), archive[3]!.ToJsonString());
        Assert.Equal(3, archive[3]!["convergent_version"]!.GetValue<int>());
    }

    [Fact]
    public async Task PublicKeysWithoutTheirPrivateHalves_ComeBackToo()
    {
        foreach (var (name, type, pem) in PublicKeys())
        {
            (await Client.WriteAsync(
                $"transit/keys/{name}/import",
                new JsonObject { ["public_key"] = pem, ["type"] = type, ["exportable"] = true, ["allow_plaintext_backup"] = true })).MustBeEmpty();
            (await RestoreAsync("/copy-" + name, await BackupAsync(name))).MustBeEmpty();

            Assert.Equal(
                (await ReadAsync(name))["keys"]!["1"]!["public_key"]!.GetValue<string>(),
                (await ReadAsync("copy-" + name))["keys"]!["1"]!["public_key"]!.GetValue<string>());
            Assert.Equal("", (await Client.ReadAsync($"transit/export/signing-key/copy-{name}")).MustBeOk().Data["keys"]!["1"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task ATrimmedKey_ComesBackTrimmed()
    {
        await MakeAsync("k", "aes256-gcm96");
        await RotateAsync("k", 4);
        (await ConfigureAsync("k", new JsonObject { ["min_decryption_version"] = 4, ["min_encryption_version"] = 4 })).MustBeOk();
        _time.Advance(TimeSpan.FromSeconds(5));
        (await Client.WriteAsync("transit/keys/k/trim", new JsonObject { ["min_available_version"] = 3 })).MustBeOk();

        (await RestoreAsync("/copy", await BackupAsync("k"))).MustBeEmpty();

        Assert.Equal(3, Number(await ReadAsync("copy"), "min_available_version"));
        Assert.Equal(["3", "4", "5"], Versions((await ConfigureAsync("copy", new JsonObject { ["min_decryption_version"] = 3 })).MustBeOk().Data));
        (await Client.ReadAsync("transit/export/encryption-key/copy/3")).MustBeOk();
    }

    [Fact]
    public async Task AKeyOfManyVersions_ComesBackWhole()
    {
        await MakeAsync("k", "aes128-gcm96");
        await RotateAsync("k", 210);
        var before = await ExportsAsync("k");

        (await RestoreAsync("/copy", await BackupAsync("k"))).MustBeEmpty();

        Assert.Equal(before, await ExportsAsync("copy"));
        await Host.Service<RotateTransitKeys>().RunAsync(default);
        Assert.Equal(before, await ExportsAsync("copy"));
        Assert.DoesNotContain(await RowNamesAsync(), row => row.StartsWith(KeyRows.GonePrefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnExistingKey_IsReplacedOnlyByForce_AndNothingOfItIsLeft()
    {
        await MakeAsync("k", "aes256-gcm96");
        var backup = await BackupAsync("k");
        await RotateAsync("k", 5);

        (await RestoreAsync("", backup)).MustFail(HttpStatusCode.BadRequest, "key \"k\" already exists");
        Assert.Equal(6, Number(await ReadAsync("k"), "latest_version"));
        (await RestoreAsync("", backup, force: true)).MustBeEmpty();

        Assert.Equal(1, Number(await ReadAsync("k"), "latest_version"));
        Assert.Equal(["key|k"], (await RowNamesAsync()).Where(r => !r.StartsWith("version|", StringComparison.Ordinal)));
        Assert.Equal(2, (await RowNamesAsync()).Count);
    }

    [Fact]
    public async Task ADeletedKey_ComesBackUnderItsName()
    {
        await MakeAsync("k", "ecdsa-p256");
        var (before, backup) = (await ExportsAsync("k"), await BackupAsync("k"));
        (await ConfigureAsync("k", new JsonObject { ["deletion_allowed"] = true })).MustBeOk();
        (await Client.CallAsync("DELETE", "transit/keys/k")).MustBeEmpty();

        (await RestoreAsync("", backup)).MustBeEmpty();

        Assert.Equal(before, await ExportsAsync("k"));
    }

    [Fact]
    public async Task BackupNeedsBothPermissionsOfTheKey()
    {
        (await Client.ReadAsync("transit/backup/none")).MustFail(HttpStatusCode.BadRequest, "key \"none\" not found");
        await CreateAsync("k");
        (await Client.ReadAsync("transit/backup/k")).MustFail(HttpStatusCode.BadRequest, "exporting is disallowed on the policy");
        (await ConfigureAsync("k", new JsonObject { ["exportable"] = true })).MustBeOk();
        (await Client.ReadAsync("transit/backup/k")).MustFail(HttpStatusCode.BadRequest, "plaintext backup is disallowed on the policy");
    }

    [Theory]
    [InlineData("", "'backup' must be supplied")]
    [InlineData("%", "illegal base64 data")]
    [InlineData("AAAA", "not as Vault writes it")]
    [InlineData("e30=", "not as Vault writes it")]
    public async Task ABackupThatIsNone_IsRefused(string backup, string error) =>
        (await RestoreAsync("/copy", backup)).MustFail(HttpStatusCode.BadRequest, error);

    [Theory]
    [InlineData("type", "10", "key type 10 is not supported")]
    [InlineData("latest_version", "2", "lacks versions")]
    [InlineData("latest_version", "0", "do not fit together")]
    [InlineData("min_decryption_version", "2", "do not fit together")]
    [InlineData("kdf", "7", "derivation is not known")]
    [InlineData("type", "1", "do not fit together")]
    [InlineData("type", "8", "version 1 is no key of type aes128-gcm96")]
    [InlineData("auto_rotate_period", "60000000000", "do not fit together")]
    [InlineData("keys", "[]", "not as Vault writes it")]
    [InlineData("convergent_version", "9", "convergent version is not known")]
    public async Task ABackupThatWasTamperedWith_IsRefused(string field, string value, string error)
    {
        await MakeAsync("k", "aes256-gcm96", o => o["derived"] = true);
        var json = JsonNode.Parse(Convert.FromBase64String(await BackupAsync("k")))!;
        json["policy"]![field] = JsonNode.Parse(value);

        (await RestoreAsync("/copy", Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString())))).MustFail(HttpStatusCode.BadRequest, error);
        (await Client.ReadAsync("transit/keys/copy")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task WhoMayRestoreOneKey_MayNotRestoreAnother()
    {
        await MakeAsync("k", "aes256-gcm96");
        var backup = await BackupAsync("k");
        var limited = Host.Client(await Host.KeyAsync(Acme, null, null, key => key with
        {
            Policies = [new Saas.Identity.Access.AccessPolicy("one",
                [
                    new(Saas.Identity.Access.PolicyEffect.Allow, ["transit:restore"], ["*"]),
                    new(Saas.Identity.Access.PolicyEffect.Deny, ["transit:*"], [$"project/{Acme.ProjectId}/transit/transit/k"]),
                ])],
        }));

        var body = new JsonObject { ["backup"] = backup, ["force"] = true };
        (await limited.WriteAsync("transit/restore/k", body)).Must(HttpStatusCode.Forbidden);
        (await limited.WriteAsync("transit/restore", body)).Must(HttpStatusCode.Forbidden);
        (await limited.WriteAsync("transit/restore/other", body)).MustBeEmpty();
    }

    private protected override Task<EncryptionHost> StartAsync() => EncryptionHost.StartAsync(time: _time);

    private static IEnumerable<(string Name, string Type, string Pem)> PublicKeys()
    {
        using var ecdsa = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP521);
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        yield return ("ec", "ecdsa-p521", ecdsa.ExportSubjectPublicKeyInfoPem());
        yield return ("rsa", "rsa-2048", rsa.ExportSubjectPublicKeyInfoPem());
        // RFC 8410, section 10.1.
        yield return ("ed", "ed25519", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n");
    }

    private Task<JsonObject> MakeAsync(string name, string type, Action<JsonObject>? options = null)
    {
        var body = new JsonObject { ["type"] = type, ["exportable"] = true, ["allow_plaintext_backup"] = true };
        options?.Invoke(body);
        return CreateAsync(name, body);
    }

    private async Task<string> BackupAsync(string name) => (await Client.ReadAsync("transit/backup/" + name)).MustBeOk().Data["backup"]!.GetValue<string>();

    private Task<VaultReply> RestoreAsync(string name, string backup, bool force = false) =>
        Client.WriteAsync("transit/restore" + name, new JsonObject { ["backup"] = backup, ["force"] = force });

    /// <summary>All that can be had of a key.</summary>
    private async Task<string> ExportsAsync(string name)
    {
        var all = new StringBuilder();
        foreach (var kind in (string[])["encryption-key", "signing-key", "hmac-key"])
        {
            var reply = await Client.ReadAsync($"transit/export/{kind}/{name}");
            all.AppendLine(kind).AppendLine(reply.Status == HttpStatusCode.OK ? reply.Data["keys"]!.ToJsonString() : "none");
        }

        return all.ToString();
    }

    private static string Sorted(JsonObject data) => string.Join('\n', data.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Key}={d.Value?.ToJsonString()}"));

    private async Task<List<string>> RowNamesAsync()
    {
        var rows = new List<string>();
        await foreach (var row in new KeyRing(Acme.Scope, Acme.ProjectId, "transit").Rows.ReadAllAsync(RowRange.All, default))
        {
            rows.Add(row.Row);
        }

        return rows;
    }
}
