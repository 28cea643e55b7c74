using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Wrapping;
using Saas.Identity;
using Saas.Identity.Tenants;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Wrapping;

public sealed class WrappingTests
{
    [Fact]
    public async Task AnyAnswer_AskedToBeWrapped_IsOpenedByItsTokenOnce()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var wrapped = (await acme.Client.CallAsync("GET", "sys/mounts", null, ("X-Vault-Wrap-TTL", "60"))).MustBeOk();
        var info = wrapped.Json!["wrap_info"]!;
        var holder = host.Client((string)info["token"]!);
        var answer = (await holder.WriteAsync("sys/wrapping/unwrap")).MustBeOk();

        Assert.Null(wrapped.Json["data"]);
        Assert.Equal(60, (long)info["ttl"]!);
        Assert.Equal("sys/mounts", (string)info["creation_path"]!);
        Assert.StartsWith("saaswrap_", (string)info["token"]!, StringComparison.Ordinal);
        Assert.Equal("transit", (string)answer.Data["transit/"]!["type"]!);
        (await holder.WriteAsync("sys/wrapping/unwrap")).MustFail(HttpStatusCode.BadRequest, "wrapping token is not valid or does not exist");
        (await holder.WriteAsync("sys/wrapping/lookup")).MustFail(HttpStatusCode.BadRequest, "wrapping token is not valid or does not exist");
    }

    [Fact]
    public async Task Wrap_OfABody_LookupAndUnwrapByTheTokenInTheBody()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var token = await WrapAsync(acme.Client, "1h");

        var lookup = (await acme.Client.WriteAsync("sys/wrapping/lookup", new JsonObject { ["token"] = token })).MustBeOk().Data;
        var answer = (await acme.Client.WriteAsync("sys/wrapping/unwrap", new JsonObject { ["token"] = token })).MustBeOk();

        Assert.Equal(3600, (long)lookup["creation_ttl"]!);
        Assert.Equal("sys/wrapping/wrap", (string)lookup["creation_path"]!);
        Assert.Equal("""{"secret":"marked","n":[1,2]}""", answer.Data.ToJsonString());
    }

    [Fact]
    public async Task Wrap_WithoutATtl_IsRefused()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        (await acme.Client.WriteAsync("sys/wrapping/wrap", new JsonObject { ["a"] = 1 })).MustFail(HttpStatusCode.BadRequest, "requires response wrapping");
        (await acme.Client.CallAsync("POST", "sys/wrapping/wrap", null, ("X-Vault-Wrap-TTL", "soon"))).MustFail(HttpStatusCode.BadRequest, "wrapping TTL");
        (await acme.Client.CallAsync("POST", "transit/keys/a", null, ("X-Vault-Wrap-TTL", "soon"))).MustFail(HttpStatusCode.BadRequest, "wrapping TTL");
        (await acme.Client.ReadAsync("transit/keys/a")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Rewrap_GivesANewTokenAndEndsTheOld()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var token = await WrapAsync(acme.Client, "1h");

        var info = (await host.Client(token).WriteAsync("sys/wrapping/rewrap")).MustBeOk().Json!["wrap_info"]!;

        Assert.Equal(3600, (long)info["ttl"]!);
        Assert.Equal("sys/wrapping/wrap", (string)info["creation_path"]!);
        (await host.Client(token).WriteAsync("sys/wrapping/unwrap")).Must(HttpStatusCode.BadRequest);
        Assert.Equal("marked", (string)(await host.Client((string)info["token"]!).WriteAsync("sys/wrapping/unwrap")).MustBeOk().Data["secret"]!);
    }

    [Fact]
    public async Task Token_IsNoIdentity_AndNobodyElsesTokenOpens()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var token = await WrapAsync(acme.Client, "1h");
        var altered = token[..^1] + (token[^1] == '0' ? '1' : '0');

        (await host.Client(token).ReadAsync("sys/mounts")).MustFail(HttpStatusCode.Forbidden, "permission denied");
        (await host.Client(token).ReadAsync("auth/token/lookup-self")).MustFail(HttpStatusCode.Forbidden, "permission denied");
        (await host.Client().WriteAsync("sys/wrapping/unwrap", new JsonObject { ["token"] = altered })).Must(HttpStatusCode.BadRequest);
        (await acme.Client.WriteAsync("sys/wrapping/unwrap")).Must(HttpStatusCode.BadRequest);
        (await host.Client().WriteAsync("sys/wrapping/unwrap")).Must(HttpStatusCode.BadRequest);
        (await host.Client().WriteAsync("sys/wrapping/unwrap", new JsonObject { ["token"] = new string('x', 5000) })).Must(HttpStatusCode.BadRequest);
        (await host.Client().WriteAsync("sys/wrapping/unwrap", new JsonObject { ["token"] = token })).MustBeOk();
    }

    [Fact]
    public async Task Token_AfterItsTime_OpensNothing_AndTheTimerRemovesTheRow()
    {
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var acme = await host.SignUpAsync();
        var token = await WrapAsync(acme.Client, "90");
        var kept = await WrapAsync(acme.Client, "1h");

        time.Advance(TimeSpan.FromSeconds(91));
        (await host.Client(token).WriteAsync("sys/wrapping/unwrap")).Must(HttpStatusCode.BadRequest);
        await host.Service<SweepWrappings>().RunAsync(CancellationToken.None);

        Assert.Single((await acme.Scope.WrappingsOf().QueryAsync(RowRange.All, 10, null, CancellationToken.None)).Rows);
        (await host.Client(kept).WriteAsync("sys/wrapping/unwrap")).MustBeOk();
    }

    [Fact]
    public async Task Token_OfASuspendedTenant_OpensNothing()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var token = await WrapAsync(acme.Client, "1h");

        await SetStatusAsync(host, acme, TenantStatus.Suspended);
        (await host.Client(token).WriteAsync("sys/wrapping/unwrap")).Must(HttpStatusCode.BadRequest);
        await SetStatusAsync(host, acme, TenantStatus.Active);
        (await host.Client(token).WriteAsync("sys/wrapping/unwrap")).MustBeOk();
    }

    [Fact]
    public async Task ManyReadersOnTwoInstances_OnlyOneGetsTheAnswer()
    {
        var store = new InMemoryTableStore();
        using var folder = new TempDirectory();
        await using var one = await EncryptionHost.StartAsync(store, folder: folder);
        await using var two = await EncryptionHost.StartAsync(store, folder: folder);
        var acme = await one.SignUpAsync();
        var token = await WrapAsync(acme.Client, "1h");

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            (i % 2 == 0 ? one : two).Client(token).WriteAsync("sys/wrapping/unwrap")));

        Assert.Single(replies, r => r.Status == HttpStatusCode.OK);
        Assert.Equal(15, replies.Count(r => r.Status == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Row_HoldsNeitherTokenNorAnswer()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var token = await WrapAsync(acme.Client, "1h");

        var row = Assert.Single((await acme.Scope.WrappingsOf().QueryAsync(RowRange.All, 10, null, CancellationToken.None)).Rows);

        var text = Encoding.UTF8.GetString(row.Value.Span);
        Assert.DoesNotContain("marked", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("marked"))[..7], text, StringComparison.Ordinal);
        Assert.DoesNotContain(token[^52..], text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswerLargerThanARow_IsRefusedClearly()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        (await acme.Client.CallAsync("POST", "sys/wrapping/wrap", new JsonObject { ["a"] = new string('x', 800_000) }, ("X-Vault-Wrap-TTL", "60")))
            .MustFail(HttpStatusCode.BadRequest, "at most 700000 can be wrapped");
    }

    [Fact]
    public async Task ACreatedToken_CanBeWrapped_AndItsAccessorIsTold()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var info = (await acme.Client.CallAsync("POST", "auth/token/create", new JsonObject { ["ttl"] = "1h" }, ("X-Vault-Wrap-TTL", "60"))).MustBeOk().Json!["wrap_info"]!;
        var auth = (await host.Client((string)info["token"]!).WriteAsync("sys/wrapping/unwrap")).MustBeOk().Json!["auth"]!;

        Assert.Equal((string)info["wrapped_accessor"]!, (string)auth["accessor"]!);
        (await host.Client((string)auth["client_token"]!).ReadAsync("auth/token/lookup-self")).MustBeOk();
    }

    private static Task SetStatusAsync(EncryptionHost host, Customer customer, TenantStatus status) =>
        host.Service<TenantLedger>().ChangeAsync<TenantRecord>(
            customer.Scope,
            (change, _) => ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant = change.Tenant with { Status = status }),
            CancellationToken.None);

    private static async Task<string> WrapAsync(HttpClient client, string ttl) => (string)(await client.CallAsync(
        "POST", "sys/wrapping/wrap", JsonNode.Parse("""{"secret":"marked","n":[1,2]}"""), ("X-Vault-Wrap-TTL", ttl))).MustBeOk().Json!["wrap_info"]!["token"]!;
}
