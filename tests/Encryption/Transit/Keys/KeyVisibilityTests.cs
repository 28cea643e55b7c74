using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Transit.Keys;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>Who sees which keys, and how soon.</summary>
public sealed class KeyVisibilityTests : KeyScenario
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly InMemoryTableStore _store = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task WhatOneInstanceChanges_TheOthersKnowWithin5Seconds()
    {
        await using var other = await EncryptionHost.StartAsync(_store, _time, Host.Folder);
        var there = other.Client(Acme.Token);
        await CreateAsync("orders");
        Assert.Equal(1, Number((await there.ReadAsync("transit/keys/orders")).MustBeOk().Data, "latest_version"));

        await RotateAsync("orders");
        (await ConfigureAsync("orders", new JsonObject { ["min_decryption_version"] = 2, ["deletion_allowed"] = true })).MustBeOk();
        _time.Advance(Soon);
        var seen = (await there.ReadAsync("transit/keys/orders")).MustBeOk().Data;
        Assert.Equal((2, 2), (Number(seen, "latest_version"), Number(seen, "min_decryption_version")));

        (await Client.CallAsync("DELETE", "transit/keys/orders")).MustBeEmpty();
        _time.Advance(Soon);
        (await there.ReadAsync("transit/keys/orders")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AKeyMadeElsewhere_IsFoundAtOnce_ThoughItWasLookedForBefore()
    {
        await using var other = await EncryptionHost.StartAsync(_store, _time, Host.Folder);
        var there = other.Client(Acme.Token);
        (await there.ReadAsync("transit/keys/orders")).Must(HttpStatusCode.NotFound);

        await CreateAsync("orders");

        (await there.ReadAsync("transit/keys/orders")).MustBeOk();
    }

    [Fact]
    public async Task AVersionMadeElsewhere_IsFoundAtOnce_ByWhoLooksAgain()
    {
        await using var other = await EncryptionHost.StartAsync(_store, _time, Host.Folder);
        await CreateAsync("orders");
        var keys = other.Service<TransitKeys>();
        var ring = new KeyRing(Acme.Scope, Acme.ProjectId, "transit");
        Assert.Equal(1, (await keys.FindAsync(ring, "orders", default))!.LatestVersion);

        await RotateAsync("orders");

        Assert.Equal(1, (await keys.FindAsync(ring, "orders", default))!.LatestVersion);
        var again = await keys.FindAgainAsync(ring, "orders", default);
        Assert.Equal(2, again!.LatestVersion);
        using var material = await keys.MaterialAsync(ring, again, 2, default);
    }

    [Fact]
    public async Task OtherTenantsProjectsAndMounts_HaveKeysOfTheirOwn()
    {
        await CreateAsync("orders");
        await RotateAsync("orders");
        var globex = await Host.SignUpAsync("globex");
        await Host.AddProjectAsync(Acme, "edge");

        (await globex.Client.ReadAsync("transit/keys/orders")).Must(HttpStatusCode.NotFound);
        (await globex.Client.WriteAsync("transit/keys/orders/rotate")).MustFail(HttpStatusCode.BadRequest, "key not found");
        (await Client.CallAsync("GET", "transit/keys/orders", null, ("X-Vault-Namespace", "edge"))).Must(HttpStatusCode.NotFound);
        (await Client.CallAsync("LIST", "transit/keys", null, ("X-Vault-Namespace", "edge"))).Must(HttpStatusCode.NotFound);
        (await Client.ReadAsync("other/keys/orders")).Must(HttpStatusCode.NotFound);
        (await globex.Client.CallAsync("GET", "transit/keys/orders", null, ("X-Vault-Namespace", Acme.ProjectId))).Must(HttpStatusCode.NotFound);

        (await globex.Client.WriteAsync("transit/keys/orders", new JsonObject { ["deletion_allowed"] = true })).MustBeOk();
        Assert.Equal(2, Number(await ReadAsync("orders"), "latest_version"));
        Assert.Equal(1, Number((await globex.Client.ReadAsync("transit/keys/orders")).MustBeOk().Data, "latest_version"));
    }

    [Theory]
    [InlineData("developer", "POST", "transit/keys/orders", true)]
    [InlineData("developer", "POST", "transit/keys/orders/rotate", true)]
    [InlineData("developer", "GET", "transit/keys/orders", true)]
    [InlineData("developer", "POST", "transit/keys/orders/config", false)]
    [InlineData("developer", "POST", "transit/keys/orders/trim", false)]
    [InlineData("developer", "DELETE", "transit/keys/orders", false)]
    [InlineData("developer", "POST", "transit/config/keys", false)]
    [InlineData("auditor", "GET", "transit/keys/orders", true)]
    [InlineData("auditor", "LIST", "transit/keys", true)]
    [InlineData("auditor", "POST", "transit/keys/orders/rotate", false)]
    [InlineData("auditor", "POST", "transit/keys/orders", false)]
    [InlineData("operator", "POST", "transit/keys/orders/config", true)]
    public async Task Roles_MayWhatTheyMay(string role, string method, string path, bool isAllowed)
    {
        await CreateAsync("orders");
        var client = Host.Client(await Host.KeyAsync(Acme, role));

        var reply = await client.CallAsync(method, path, method == "POST" ? new JsonObject() : null);

        Assert.Equal(isAllowed, reply.Status != HttpStatusCode.Forbidden);
    }

    private protected override Task<EncryptionHost> StartAsync() => EncryptionHost.StartAsync(_store, _time);
}
