using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Mounts;
using Saas.Encryption.Tests.Shared;
using Saas.Keys;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Sys;

public sealed class MountTests
{
    [Fact]
    public async Task Mounts_OfANewProject_AreTransitAndKvVersion2_InDataAndOnTop()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var reply = (await acme.Client.ReadAsync("sys/mounts")).MustBeOk();

        Assert.Equal(["secret/", "sys/", "transit/"], reply.Data.Select(m => m.Key).Order());
        Assert.Equal("transit", (string)reply.Data["transit/"]!["type"]!);
        Assert.Null(reply.Data["transit/"]!["options"]);
        Assert.Equal("2", (string)reply.Data["secret/"]!["options"]!["version"]!);
        Assert.Equal(reply.Data["secret/"]!.ToJsonString(), reply.Json!["secret/"]!.ToJsonString());
        Assert.StartsWith("kv_", (string)reply.Data["secret/"]!["accessor"]!, StringComparison.Ordinal);
        Assert.Equal("system", (string)reply.Json["mount_type"]!);
    }

    [Fact]
    public async Task EnableAndDisable_AreSeenAtOnce_AndANewMountIsANewOne()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        (await acme.Client.WriteAsync("sys/mounts/team", Body("""{"type":"kv","options":{"version":"2"},"description":"ours"}"""))).MustBeEmpty();
        var first = (await acme.Client.ReadAsync("sys/mounts/team/")).MustBeOk().Data;
        (await acme.Client.WriteAsync("sys/mounts/team", Body("""{"type":"transit"}"""))).MustFail(HttpStatusCode.BadRequest, "path is already in use at team/");
        (await acme.Client.CallAsync("DELETE", "sys/mounts/team")).MustBeEmpty();
        (await acme.Client.ReadAsync("sys/mounts/team")).MustFail(HttpStatusCode.BadRequest, "No secret engine mount at team/");
        (await acme.Client.CallAsync("DELETE", "sys/mounts/team")).MustBeEmpty();
        (await acme.Client.WriteAsync("sys/mounts/team/", Body("""{"type":"kv-v2"}"""))).MustBeEmpty();
        var second = (await acme.Client.ReadAsync("sys/mounts/team")).MustBeOk().Data;

        Assert.Equal("ours", (string)first["description"]!);
        Assert.Equal("kv", (string)second["type"]!);
        Assert.NotEqual((string)first["uuid"]!, (string)second["uuid"]!);
    }

    [Theory]
    [InlineData("x", """{"type":"pki"}""", "\"pki\" is not supported")]
    [InlineData("x", """{"type":"kv"}""", "version 1 is not supported")]
    [InlineData("x", """{"type":"kv","options":{"version":"1"}}""", "version 1 is not supported")]
    [InlineData("x", """{"type":"transit","options":{"version":"2"}}""", "does not allow setting a version")]
    [InlineData("x", "{}", "backend type must be specified")]
    [InlineData("sys", """{"type":"transit"}""", "cannot mount \"sys/\"")]
    [InlineData("auth", """{"type":"transit"}""", "cannot mount \"auth/\"")]
    [InlineData("team/a", """{"type":"transit"}""", "one segment")]
    [InlineData("a b", """{"type":"transit"}""", "letters, digits")]
    [InlineData("x", """{"type":"transit","config":{"default_lease_ttl":"2h","max_lease_ttl":"1h"}}""", "greater than given max lease TTL")]
    [InlineData("x", """{"type":"transit","config":{"listing_visibility":"loud"}}""", "invalid listing_visibility")]
    public async Task Enable_OfWhatThereIsNot_IsRefused(string path, string body, string error)
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        (await acme.Client.WriteAsync("sys/mounts/" + Uri.EscapeDataString(path).Replace("%2F", "/"), Body(body)))
            .MustFail(HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task Tune_ChangesWhatIsGivenAndKeepsTheRest()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        (await acme.Client.WriteAsync("sys/mounts/secret/tune", Body("""{"default_lease_ttl":"1h","description":"tuned"}"""))).MustBeEmpty();
        (await acme.Client.WriteAsync("sys/mounts/secret/tune", Body("""{"max_lease_ttl":7200}"""))).MustBeEmpty();
        var tuned = (await acme.Client.ReadAsync("sys/mounts/secret/tune")).MustBeOk().Data;

        Assert.Equal(3600, (long)tuned["default_lease_ttl"]!);
        Assert.Equal(7200, (long)tuned["max_lease_ttl"]!);
        Assert.Equal("tuned", (string)tuned["description"]!);
        Assert.Equal(2_764_800, (long)(await acme.Client.ReadAsync("sys/mounts/transit/tune")).MustBeOk().Data["max_lease_ttl"]!);
        (await acme.Client.WriteAsync("sys/mounts/secret/tune", Body("""{"options":{"version":"1"}}"""))).MustFail(HttpStatusCode.BadRequest, "cannot downgrade");
        (await acme.Client.WriteAsync("sys/mounts/none/tune", Body("""{"description":"x"}"""))).MustFail(HttpStatusCode.BadRequest, "no mount entry");
        (await acme.Client.WriteAsync("sys/remount", Body("""{"from":"secret","to":"other"}"""))).MustFail(HttpStatusCode.BadRequest, "cannot be moved");
    }

    [Fact]
    public async Task Mounts_OfTwoProjects_AreTheirOwn()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        await host.AddProjectAsync(acme, "shop");

        (await acme.Client.CallAsync("POST", "sys/mounts/mine", Body("""{"type":"transit"}"""), ("X-Vault-Namespace", "shop/"))).MustBeEmpty();

        (await acme.Client.CallAsync("GET", "sys/mounts/mine", null, ("X-Vault-Namespace", "shop"))).MustBeOk();
        (await acme.Client.ReadAsync("sys/mounts/mine")).Must(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task ManyWritersAtOnce_LoseNoMount()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            acme.Client.WriteAsync($"sys/mounts/m{i}", Body("""{"type":"transit"}"""))));

        Assert.All(replies, r => r.MustBeEmpty());
        Assert.Equal(12, (await acme.Client.ReadAsync("sys/mounts")).Data.Count(m => m.Key.StartsWith('m')));
    }

    [Fact]
    public async Task RowsOfADisabledMount_AreRemovedAfterAWhile_ThoseOfOthersStay()
    {
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var acme = await host.SignUpAsync();
        (await acme.Client.WriteAsync("sys/mounts/old", Body("""{"type":"transit"}"""))).MustBeEmpty();
        var table = host.Service<IEnumerable<EngineTables>>().First(e => e.Engine == Encryption.Mounts.Engine.Transit).Tables[0];
        var id = (await host.Service<SealedMounts>().FindAsync(acme.Scope, acme.ProjectId, CancellationToken.None))!
            .Value.Mounts.Single(m => m.Path == "old").Id;
        var (gone, stays) = (acme.Scope.Partition(table, acme.ProjectId, id), acme.Scope.Partition(table, acme.ProjectId, "transit"));
        await gone.WriteAsync(TableWrite.Insert("row", new byte[1]), CancellationToken.None);
        await stays.WriteAsync(TableWrite.Insert("row", new byte[1]), CancellationToken.None);

        (await acme.Client.CallAsync("DELETE", "sys/mounts/old")).MustBeEmpty();
        var timer = host.Service<RemoveDisabledMounts>();
        await timer.RunAsync(CancellationToken.None);
        Assert.NotNull(await gone.GetAsync("row", CancellationToken.None));
        time.Advance(TimeSpan.FromMinutes(3));
        await timer.RunAsync(CancellationToken.None);
        await timer.RunAsync(CancellationToken.None);

        Assert.Null(await gone.GetAsync("row", CancellationToken.None));
        Assert.NotNull(await stays.GetAsync("row", CancellationToken.None));
        Assert.Empty((await host.Service<SealedMounts>().FindAsync(acme.Scope, acme.ProjectId, CancellationToken.None))!.Value.Disabled);
    }

    [Fact]
    public async Task WhatIsSaidOfMounts_IsSealed()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        (await acme.Client.WriteAsync("sys/mounts/old", Body("""{"type":"transit","description":"the-description"}"""))).MustBeEmpty();

        var row = await acme.Scope.MountsOf(acme.ProjectId).GetAsync(MountRows.Row, CancellationToken.None);

        Assert.DoesNotContain("the-description", System.Text.Encoding.UTF8.GetString(row!.Value.Span), StringComparison.Ordinal);
        Assert.Equal("the-description", (await acme.Client.ReadAsync("sys/mounts/old")).MustBeOk().Data["description"]!.GetValue<string>());
    }

    [Fact]
    public async Task MountsOfATenantWhoseKeysAreDestroyed_AreRefusedAndRemoved()
    {
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var acme = await host.SignUpAsync();
        (await acme.Client.WriteAsync("sys/mounts/old", Body("""{"type":"transit"}"""))).MustBeEmpty();

        await host.Service<TenantKeys>().DestroyAsync(acme.Scope, CancellationToken.None);
        time.Advance(MountDirectory.MaxAge);

        (await acme.Client.ReadAsync("sys/mounts")).MustFail(HttpStatusCode.Forbidden, "destroyed");
        await host.Service<RemoveDisabledMounts>().RunAsync(CancellationToken.None);
        Assert.Null(await acme.Scope.MountsOf(acme.ProjectId).GetAsync(MountRows.Row, CancellationToken.None));
    }

    private static JsonNode Body(string json) => JsonNode.Parse(json)!;
}
