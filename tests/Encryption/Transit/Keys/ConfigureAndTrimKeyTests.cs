using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Transit.Keys;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Transit.Keys;

public sealed class ConfigureAndTrimKeyTests : KeyScenario
{
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Rotating_AddsAVersion_AndAnswersWithTheKey()
    {
        await CreateAsync("orders");
        var rotated = await RotateAsync("orders", 2);

        Assert.Equal(3, Number(rotated, "latest_version"));
        Assert.Equal(["1", "2", "3"], Versions(rotated));
        Assert.Equal(rotated.ToJsonString(), (await ReadAsync("orders")).ToJsonString());
    }

    [Fact]
    public async Task RotatingWhatIsNotThere_OrToAManagedKey_IsRefused()
    {
        (await Client.WriteAsync("transit/keys/none/rotate")).MustFail(HttpStatusCode.BadRequest, "key not found");
        await CreateAsync("orders");
        (await Client.WriteAsync("transit/keys/orders/rotate", new JsonObject { ["managed_key_id"] = "x" })).MustFail(HttpStatusCode.BadRequest, "managed keys are not supported");
        Assert.Equal(1, Number(await ReadAsync("orders"), "latest_version"));
    }

    [Fact]
    public async Task TheMinimums_HideOldVersions_AndShowThemAgain()
    {
        await CreateAsync("orders");
        await RotateAsync("orders", 4);

        var raised = (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 3, ["min_encryption_version"] = "4" })).MustBeOk().Data;
        Assert.Equal((3, 4), (Number(raised, "min_decryption_version"), Number(raised, "min_encryption_version")));
        Assert.Equal(["3", "4", "5"], Versions(raised));

        var lowered = (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 0 })).MustBeOk();
        Assert.Contains(lowered.Warnings, w => w.Contains("forcing minimum to 1", StringComparison.Ordinal));
        Assert.Equal(["1", "2", "3", "4", "5"], Versions(lowered.Data));
    }

    [Theory]
    [InlineData("""{"min_decryption_version":-1}""", "min decryption version cannot be negative")]
    [InlineData("""{"min_encryption_version":-1}""", "min encryption version cannot be negative")]
    [InlineData("""{"min_decryption_version":4}""", "cannot set min decryption version of 4, latest key version is 3")]
    [InlineData("""{"min_encryption_version":4}""", "cannot set min encryption version of 4, latest key version is 3")]
    [InlineData("""{"min_decryption_version":3,"min_encryption_version":2}""", "min encryption version of 2 must be greater than or equal to min decryption version of 3")]
    [InlineData("""{"auto_rotate_period":"1m","exportable":true}""", "auto rotate period must be 0 to disable or at least an hour")]
    public async Task MinimumsThatDoNotFit_AreRefused_AndNothingChanges(string body, string error)
    {
        await CreateAsync("orders");
        var before = await RotateAsync("orders", 2);

        (await ConfigureAsync("orders", JsonNode.Parse(body)!.AsObject())).MustFail(HttpStatusCode.BadRequest, error);

        Assert.Equal(before.ToJsonString(), (await ReadAsync("orders")).ToJsonString());
    }

    [Fact]
    public async Task ExportAndPlaintextBackup_OnceAllowed_StaySo()
    {
        await CreateAsync("orders");
        (await ConfigureAsync("orders", new JsonObject { ["exportable"] = true, ["allow_plaintext_backup"] = true, ["deletion_allowed"] = true })).MustBeOk();
        var after = (await ConfigureAsync(
            "orders", new JsonObject { ["exportable"] = false, ["allow_plaintext_backup"] = false, ["deletion_allowed"] = false })).MustBeOk().Data;

        Assert.Equal((true, true, false), (Flag(after, "exportable"), Flag(after, "allow_plaintext_backup"), Flag(after, "deletion_allowed")));
    }

    [Fact]
    public async Task ConfiguringWhatIsNotThere_IsRefused() =>
        (await ConfigureAsync("none", [])).MustFail(HttpStatusCode.BadRequest, "no existing key named none could be found");

    [Theory]
    [InlineData("""{}""", "missing min_available_version")]
    [InlineData("""{"min_available_version":0}""", "minimum available version should be positive")]
    [InlineData("""{"min_available_version":-1}""", "minimum available version cannot be decremented")]
    [InlineData("""{"min_available_version":5}""", "minimum available version cannot be greater than minmum encryption version")]
    [InlineData("""{"min_available_version":4}""", "minimum available version cannot be greater than minimum decryption version")]
    public async Task ATrimThatDoesNotFit_IsRefused(string body, string error)
    {
        await CreateAsync("orders");
        await RotateAsync("orders", 4);
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 3, ["min_encryption_version"] = 4 })).MustBeOk();

        (await Client.WriteAsync("transit/keys/orders/trim", JsonNode.Parse(body))).MustFail(HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task Trimming_DestroysTheRowsOfOldVersions_AndBindsTheMinimums()
    {
        await CreateAsync("orders");
        await RotateAsync("orders", 4);
        (await Client.WriteAsync("transit/keys/orders/trim", new JsonObject { ["min_available_version"] = 1 }))
            .MustFail(HttpStatusCode.BadRequest, "cannot be set when minimum encryption version is not set");
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 3, ["min_encryption_version"] = 4 })).MustBeOk();
        _time.Advance(Spread);

        var trimmed = (await Client.WriteAsync("transit/keys/orders/trim", new JsonObject { ["min_available_version"] = 3 })).MustBeOk().Data;

        Assert.Equal((3, 5), (Number(trimmed, "min_available_version"), Number(trimmed, "latest_version")));
        Assert.Equal(3, await VersionRowsAsync());
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 2 }))
            .MustFail(HttpStatusCode.BadRequest, "min decryption version should not be less then min available version");
        (await ConfigureAsync("orders", new JsonObject { ["min_encryption_version"] = 0 }))
            .MustFail(HttpStatusCode.BadRequest, "min encryption version should not be less than min available version");
        Assert.Equal(6, Number(await RotateAsync("orders"), "latest_version"));
    }

    [Fact]
    public async Task Trimming_WaitsUntilEveryInstanceKnowsOfTheRaisedMinimum()
    {
        await CreateAsync("orders");
        await RotateAsync("orders");
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 2, ["min_encryption_version"] = 2 })).MustBeOk();
        var timers = _time.ArmedTimers;

        var trimming = Client.WriteAsync("transit/keys/orders/trim", new JsonObject { ["min_available_version"] = 2 });
        await Poll.UntilAsync(() => _time.ArmedTimers > timers, "the trim to wait", () => trimming.Status);
        Assert.Equal(2, await VersionRowsAsync());

        _time.Advance(Spread);
        (await trimming).MustBeOk();
        Assert.Equal(1, await VersionRowsAsync());
    }

    [Fact]
    public async Task Deleting_NeedsPermissionOnTheKey_AndLeavesNothing()
    {
        await CreateAsync("orders");
        await RotateAsync("orders", 2);
        (await Client.CallAsync("DELETE", "transit/keys/orders")).MustFail(HttpStatusCode.BadRequest, "error deleting policy orders: deletion is not allowed for this key");
        (await ConfigureAsync("orders", new JsonObject { ["deletion_allowed"] = true })).MustBeOk();

        (await Client.CallAsync("DELETE", "transit/keys/orders")).MustBeEmpty();

        (await Client.ReadAsync("transit/keys/orders")).Must(HttpStatusCode.NotFound);
        (await Client.CallAsync("DELETE", "transit/keys/orders")).MustFail(HttpStatusCode.BadRequest, "could not delete key; not found");
        Assert.Equal(0, await VersionRowsAsync());
        Assert.Equal(1, Number(await CreateAsync("orders"), "latest_version"));
    }

    [Fact]
    public async Task TheSettingsOfAMount_AreKept()
    {
        Assert.False(Flag((await Client.ReadAsync("transit/config/keys")).MustBeOk().Data, "disable_upsert"));
        Assert.True(Flag((await Client.WriteAsync("transit/config/keys", new JsonObject { ["disable_upsert"] = true })).MustBeOk().Data, "disable_upsert"));
        Assert.True(Flag((await Client.ReadAsync("transit/config/keys")).MustBeOk().Data, "disable_upsert"));

        Assert.Equal(0, Number((await Client.ReadAsync("transit/cache-config")).MustBeOk().Data, "size"));
        (await Client.WriteAsync("transit/cache-config", new JsonObject { ["size"] = 9 })).MustFail(HttpStatusCode.BadRequest, "size must be 0 or a value greater or equal to 10");
        (await Client.WriteAsync("transit/cache-config", new JsonObject { ["size"] = 500 })).MustBeOk();
        Assert.Equal(500, Number((await Client.ReadAsync("transit/cache-config")).MustBeOk().Data, "size"));
        Assert.True(Flag((await Client.ReadAsync("transit/config/keys")).MustBeOk().Data, "disable_upsert"));
    }

    private protected override Task<EncryptionHost> StartAsync() => EncryptionHost.StartAsync(time: _time);

    private async Task<int> VersionRowsAsync()
    {
        var rows = 0;
        var ring = new KeyRing(Acme.Scope, Acme.ProjectId, "transit");
        await foreach (var row in ring.Rows.ReadAllAsync(RowRange.All, default))
        {
            Assert.DoesNotContain(KeyRows.GonePrefix, row.Row, StringComparison.Ordinal);
            rows += row.Row.StartsWith("version|", StringComparison.Ordinal) ? 1 : 0;
        }

        return rows;
    }
}
