using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Transit.Keys;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>Whatever the store does, memory is never ahead of it, and nothing is half done.</summary>
public sealed class KeySafetyTests : KeyScenario
{
    private readonly FaultyStore _store = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("rotate", "{}")]
    [InlineData("config", """{"min_encryption_version":2}""")]
    [InlineData("trim", """{"min_available_version":2}""")]
    public async Task AStoreThatFails_LeavesTheCachedKeyAsItWas(string operation, string body)
    {
        await CreateAsync("orders");
        await RotateAsync("orders", 2);
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 2, ["min_encryption_version"] = 3 })).MustBeOk();
        _time.Advance(TimeSpan.FromSeconds(5));
        var before = (await ReadAsync("orders")).ToJsonString();
        (_store.Kind, _store.Faults) = (FaultyStore.Fault.Refused, 1);

        var failed = await Client.WriteAsync("transit/keys/orders/" + operation, JsonNode.Parse(body));

        Assert.True((int)failed.Status >= 500, $"{failed.Status}: {failed.Text}");
        Assert.Equal(before, (await ReadAsync("orders")).ToJsonString());
        (await Client.WriteAsync("transit/keys/orders/" + operation, JsonNode.Parse(body))).MustBeOk();
    }

    [Fact]
    public async Task AnAnswerThatIsLost_LeavesOneVersion_WithItsMaterial()
    {
        await CreateAsync("orders");
        (_store.Kind, _store.Faults) = (FaultyStore.Fault.AnswerLost, 1);
        var unknown = await Client.WriteAsync("transit/keys/orders/rotate");
        Assert.True((int)unknown.Status >= 500, $"{unknown.Status}: {unknown.Text}");

        Assert.Equal(3, Number(await RotateAsync("orders"), "latest_version"));

        await EveryVersionHasItsMaterialAsync("orders", 3);
    }

    [Fact]
    public async Task ARetryThatIsRefusedBecauseTheFirstTryWasDone_RotatesOnce()
    {
        await CreateAsync("orders");
        (_store.Kind, _store.Faults) = (FaultyStore.Fault.DoneThenRefused, 1);

        Assert.Equal(2, Number(await RotateAsync("orders"), "latest_version"));

        await EveryVersionHasItsMaterialAsync("orders", 2);
    }

    [Fact]
    public async Task ACreationThatWasDoneThoughRefused_IsNoKeyOfSomebodyElse()
    {
        (_store.Kind, _store.Faults) = (FaultyStore.Fault.DoneThenRefused, 1);

        var made = (await Client.WriteAsync("transit/keys/orders")).MustBeOk();

        Assert.Empty(made.Warnings);
        await EveryVersionHasItsMaterialAsync("orders", 1);
    }

    [Fact]
    public async Task TwentyRotationsAtOnce_GiveTwentyVersions()
    {
        await CreateAsync("orders");

        var rotated = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Client.WriteAsync("transit/keys/orders/rotate")));

        Assert.Equal(Enumerable.Range(2, 20), rotated.Select(r => Number(r.MustBeOk().Data, "latest_version")).Order());
        await EveryVersionHasItsMaterialAsync("orders", 21);
    }

    [Fact]
    public async Task ADeletionThatDiedBeforeTheMaterialWasGone_IsFinishedByTheTimer()
    {
        await CreateAsync("orders");
        await RotateAsync("orders", 3);
        (await ConfigureAsync("orders", new JsonObject { ["deletion_allowed"] = true })).MustBeOk();
        var (ring, key) = (Ring, (await Host.Service<TransitKeys>().FindAsync(Ring, "orders", default))!);
        var row = await ring.Rows.GetAsync(KeyRows.Key("orders"), default);
        await Host.Service<KeyRemains>().TakeDutyAsync(ring, key.Id, default);
        await ring.Rows.WriteBatchAsync(
            [TableWrite.Delete(row!.Row, row.ETag), TableWrite.Insert(KeyRows.Gone(key.Id), KeyRows.Deleted)], default);
        Assert.Equal(5, (await RowsAsync()).Count);

        await Host.Service<RotateTransitKeys>().RunAsync(default);

        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task ATrimThatDiedBeforeTheMaterialWasGone_IsFinishedByTheTimer()
    {
        await CreateAsync("orders");
        await RotateAsync("orders", 3);
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 3, ["min_encryption_version"] = 3 })).MustBeOk();
        await Host.Service<KeyChanges>().ChangeAsync(
            Ring, "orders", key => new KeyChange(key with { MinAvailableVersion = 3, Versions = [.. key.Versions.Where(v => v.Number >= 3)] }), default);
        Assert.Equal(5, (await RowsAsync()).Count);

        await Host.Service<RotateTransitKeys>().RunAsync(default);

        Assert.Equal(3, (await RowsAsync()).Count);
        await EveryVersionHasItsMaterialAsync("orders", 4, first: 3);
    }

    [Fact]
    public async Task AKeyMadeAnew_SharesNothingWithItsPredecessor()
    {
        await CreateAsync("orders");
        using var before = await MaterialAsync("orders");
        (await ConfigureAsync("orders", new JsonObject { ["deletion_allowed"] = true })).MustBeOk();
        (await Client.CallAsync("DELETE", "transit/keys/orders")).MustBeEmpty();
        await CreateAsync("orders");

        using var after = await MaterialAsync("orders");

        Assert.False(before.Value.HmacKey.SequenceEqual(after.Value.HmacKey));
    }

    [Fact]
    public async Task Rows_HoldNoWordOfAKey()
    {
        await CreateAsync("orders", new JsonObject { ["exportable"] = true });

        foreach (var row in await RowsAsync())
        {
            Assert.DoesNotContain("exportable", System.Text.Encoding.Latin1.GetString(row.Value.Span), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task AKeyOfTooManyVersions_IsNotRotated_UntilItIsTrimmed()
    {
        await CreateAsync("orders");
        await Host.Service<KeyChanges>().ChangeAsync(
            Ring, "orders",
            key => new KeyChange(key with
            {
                LatestVersion = TransitKey.MaxVersions,
                Versions = [.. Enumerable.Range(1, TransitKey.MaxVersions).Select(n => new TransitKeyVersion(n, key.Latest.CreatedAt))],
            }),
            default);

        (await Client.WriteAsync("transit/keys/orders/rotate")).MustFail(HttpStatusCode.BadRequest, "has 5000 versions");

        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 4000, ["min_encryption_version"] = 4000 })).MustBeOk();
        _time.Advance(TimeSpan.FromSeconds(5));
        (await Client.WriteAsync("transit/keys/orders/trim", new JsonObject { ["min_available_version"] = 4000 })).MustBeOk();
        Assert.Equal(5001, Number(await RotateAsync("orders"), "latest_version"));
    }

    private protected override Task<EncryptionHost> StartAsync() => EncryptionHost.StartAsync(_store, _time);

    private KeyRing Ring => new(Acme.Scope, Acme.ProjectId, "transit");

    private async Task<Saas.Keys.Lease<Saas.Encryption.Transit.Engine.KeyMaterial>> MaterialAsync(string name)
    {
        var keys = Host.Service<TransitKeys>();
        return await keys.MaterialAsync(Ring, (await keys.FindAsync(Ring, name, default))!, 1, default);
    }

    private async Task<List<TableRow>> RowsAsync()
    {
        var rows = new List<TableRow>();
        await foreach (var row in Ring.Rows.ReadAllAsync(RowRange.All, default))
        {
            rows.Add(row);
        }

        return rows;
    }

    private async Task EveryVersionHasItsMaterialAsync(string name, int latest, int first = 1)
    {
        var keys = Host.Service<TransitKeys>();
        var key = await keys.FindAsync(Ring, name, default);
        Assert.Equal(latest, key!.LatestVersion);
        Assert.Equal(Enumerable.Range(first, latest - first + 1), key.Versions.Select(v => v.Number));
        foreach (var version in key.Versions)
        {
            using var material = await keys.MaterialAsync(Ring, key, version.Number, default);
            Assert.Equal(key.Type, material.Value.Type);
        }
    }
}
