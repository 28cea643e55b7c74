using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>Backups put together field by field as Vault's Go structures become JSON, with nothing of our writer.</summary>
public sealed class VaultBackupTests : KeyScenario
{
    private const string Key1 = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    private const string Key2 = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    [Fact]
    public async Task AnAesKeyWithAnArchive_IsRestored_WithTheVersionsItsMinimumHides()
    {
        await RestoreAsync($$"""
            {"policy":{"name":"orders","keys":{"2":{{Entry(Key2, convergentVersion: 0)}}},
             "derived":false,"kdf":0,"convergent_encryption":false,"exportable":true,"min_decryption_version":2,"min_encryption_version":0,
             "latest_version":2,"archive_version":2,"archive_min_version":0,"min_available_version":0,"deletion_allowed":false,
             "convergent_version":0,"type":0,"backup_info":{"time":"2024-05-06T07:08:09.123456789+02:00","version":2},"restore_info":null,
             "allow_plaintext_backup":true,"version_template":"","storage_prefix":"","auto_rotate_period":0,"Imported":false,
             "AllowImportedKeyRotation":false,"ParameterSet":"","HybridConfig":{"PQCKeyType":0,"ECKeyType":0} },
             "archived_keys":{"keys":[{{Empty}},{{Entry(Key1, 0)}},{{Entry(Key2, 0)}}]} }
            """);

        Assert.Equal(["2"], Versions(await ReadAsync("orders")));
        Assert.Equal(1_714_972_089, (await ReadAsync("orders"))["keys"]!["2"]!.GetValue<long>());
        Assert.Equal(Key2, await ExportAsync("encryption-key", "orders", "latest", "2"));
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 1 })).MustBeOk();
        Assert.Equal(Key1, await ExportAsync("encryption-key", "orders", "1", "1"));
        Assert.Equal("/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v4=", await ExportAsync("hmac-key", "orders", "1", "1"));
    }

    [Fact]
    public async Task AConvergentKeyOfVault06_KeepsItsOwnWay()
    {
        await RestoreAsync($$"""
            {"policy":{"name":"old","keys":{"1":{{Entry(Key1, 0)}}},"derived":true,"kdf":0,"convergent_encryption":true,"exportable":true,
             "min_decryption_version":1,"latest_version":1,"convergent_version":1,"type":0,"allow_plaintext_backup":true},"archived_keys":{"keys":null} }
            """);

        var restored = await ReadAsync("old");
        Assert.Equal(("hmac-sha256-counter", 1), (restored["kdf"]!.GetValue<string>(), Number(restored, "convergent_encryption_version")));
    }

    [Fact]
    public async Task AnEcdsaKey_IsRestoredFromItsNumbers()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var numbers = pair.ExportParameters(true);
        await RestoreAsync(OneVersion("ec", 6, $$"""
            {"key":null,"hmac_key":"/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v4=","time":"2024-05-06T07:08:09.1Z","ec_x":{{Decimal(numbers.Q.X)}},
             "ec_y":{{Decimal(numbers.Q.Y)}},"ec_d":{{Decimal(numbers.D)}},"rsa_key":null,"rsa_public_key":null,
             "public_key":{{JsonValue.Create(pair.ExportSubjectPublicKeyInfoPem() + "\n").ToJsonString()}},
             "convergent_version":0,"creation_time":1714972089,"managed_key_id":"","certificate_chain":null}
            """));

        using var restored = ECDsa.Create();
        restored.ImportFromPem(await ExportAsync("signing-key", "ec", "1", "1"));
        Assert.Equal(numbers.D, restored.ExportParameters(true).D);
    }

    [Fact]
    public async Task AnRsaKey_IsRestoredFromItsNumbers_WhateverWasPrecomputed()
    {
        using var pair = RSA.Create(2048);
        var n = pair.ExportParameters(true);
        await RestoreAsync(OneVersion("rsa", 3, $$"""
            {"key":null,"hmac_key":"/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v4=","time":"2024-05-06T07:08:09Z","ec_x":null,"ec_y":null,"ec_d":null,
             "rsa_key":{"N":{{Decimal(n.Modulus)}},"E":65537,"D":{{Decimal(n.D)}},"Primes":[{{Decimal(n.P)}},{{Decimal(n.Q)}}],
             "Precomputed":{"Dp":null,"Dq":null,"Qinv":null,"CRTValues":null} },
             "rsa_public_key":null,"public_key":"","convergent_version":0,"creation_time":1714972089}
            """));

        using var restored = RSA.Create();
        restored.ImportFromPem(await ExportAsync("signing-key", "rsa", "1", "1"));
        var r = restored.ExportParameters(true);
        Assert.Equal((Decimal(n.D), Decimal(n.DP), Decimal(n.InverseQ)), (Decimal(r.D), Decimal(r.DP), Decimal(r.InverseQ)));
    }

    private const string Empty = """
        {"key":null,"hmac_key":null,"time":"0001-01-01T00:00:00Z","ec_x":null,"ec_y":null,"ec_d":null,"rsa_key":null,"rsa_public_key":null,
         "public_key":"","convergent_version":0,"creation_time":0}
        """;

    private static string Entry(string key, int convergentVersion) => $$"""
        {"key":"{{key}}","hmac_key":"/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v4=","time":"2024-05-06T07:08:09.123456789+02:00","ec_x":null,
         "ec_y":null,"ec_d":null,"rsa_key":null,"rsa_public_key":null,"public_key":"","convergent_version":{{convergentVersion}},"creation_time":1714972089}
        """;

    private static string OneVersion(string name, int type, string entry) => $$"""
        {"policy":{"name":"{{name}}","keys":{"1":{{entry}}},"derived":false,"kdf":0,"convergent_encryption":false,"exportable":true,
         "min_decryption_version":1,"min_encryption_version":0,"latest_version":1,"archive_version":1,"archive_min_version":0,
         "min_available_version":0,"deletion_allowed":true,"convergent_version":0,"type":{{type}},"backup_info":null,"restore_info":null,
         "allow_plaintext_backup":true,"version_template":"","storage_prefix":"","auto_rotate_period":86400000000000,"Imported":false,
         "AllowImportedKeyRotation":false},"archived_keys":{"keys":[{{Empty}},{{entry}}]} }
        """;

    private static string Decimal(byte[]? bigEndian) => new BigInteger(bigEndian, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);

    private async Task RestoreAsync(string json) =>
        (await Client.WriteAsync("transit/restore", new JsonObject { ["backup"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(json)) })).MustBeEmpty();

    private async Task<string> ExportAsync(string kind, string name, string asked, string version) =>
        (await Client.ReadAsync($"transit/export/{kind}/{name}/{asked}")).MustBeOk().Data["keys"]![version]!.GetValue<string>();
}
