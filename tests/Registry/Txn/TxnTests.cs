using System.Text;
using System.Text.Json;
using Saas.Identity.Access;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Txn;

/// <summary>Transactions over HTTP.</summary>
public sealed class TxnTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _customer = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
        _client = _customer.Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Operations_see_those_before_them_and_share_one_index()
    {
        var done = await ApplyAsync(Kv("set", "a", "1"), Kv("set", "b", "2"), Kv("get", "a"), Kv("delete", "b"), Kv("get-tree", "a"), Kv("check-not-exists", "b"));

        Assert.True(done.Status == 200, done.Text);
        Assert.Equal(JsonValueKind.Null, done.Json.GetProperty("Errors").ValueKind);
        var results = done.Json.GetProperty("Results").EnumerateArray().Select(r => KvPair.Of(r.GetProperty("KV"))).ToList();
        Assert.Equal([("a", null), ("b", null), ("a", "1"), ("a", "1")], results.Select(p => (p.Key, p.Value)));
        Assert.Single(results.Select(p => p.ModifyIndex).Distinct());
        Assert.Equal(["a"], (await _client.AskAsync("/v1/kv/?keys")).Strings);
    }

    [Fact]
    public async Task One_that_cannot_be_undoes_all_and_every_reason_is_given()
    {
        await _client.TellAsync("/v1/kv/there", "x");

        var refused = await ApplyAsync(
            Kv("set", "a", "1"),
            Kv("cas", "there", "y", index: 999),
            Kv("get", "nothing"),
            Kv("check-not-exists", "there"),
            Kv("fly", "a"));

        Assert.Equal(409, refused.Status);
        Assert.Equal(JsonValueKind.Null, refused.Json.GetProperty("Results").ValueKind);
        Assert.Equal(
            [
                (1, "failed to set key \"there\", index is stale"),
                (2, "key \"nothing\" doesn't exist"),
                (3, "key \"there\" exists"),
                (4, "unknown KV verb \"fly\""),
            ],
            Errors(refused));
        Assert.Equal(404, (await _client.AskAsync("/v1/kv/a")).Status);
    }

    [Fact]
    public async Task Every_verb_for_keys_says_what_Consul_says()
    {
        var (a, b) = (await _client.SessionAsync("""{"LockDelay":"60s"}"""), await _client.SessionAsync());
        var locked = await ApplyAsync(Kv("lock", "k", "v", session: a));
        var index = (await _client.KeyAsync("k")).ModifyIndex;
        var session = locked.Json.GetProperty("Results")[0].GetProperty("KV").GetProperty("Session").GetString();

        Assert.Equal(a, session);
        Assert.Equal(200, (await ApplyAsync(Kv("check-session", "k", session: a), Kv("check-index", "k", index: index), Kv("get-or-empty", "none"))).Status);
        await RefusedAsync("failed to lock key \"k\", lock is already held", Kv("lock", "k", session: b));
        await RefusedAsync("failed to unlock key \"k\", lock isn't held, or is held by another session", Kv("unlock", "k", session: b));
        await RefusedAsync("invalid session \"nobody\"", Kv("lock", "other", session: "nobody"));
        await RefusedAsync("missing session", Kv("lock", "other"));
        await RefusedAsync($"failed session check for key \"k\", current session \"{a}\" != \"{b}\"", Kv("check-session", "k", session: b));
        await RefusedAsync("failed to check session, key \"none\" doesn't exist", Kv("check-session", "none", session: a));
        await RefusedAsync($"failed index check for key \"k\", current modify index {index} != 7", Kv("check-index", "k", index: 7));
        await RefusedAsync("failed to check index, key \"none\" doesn't exist", Kv("check-index", "none", index: 7));
        await RefusedAsync("failed to delete key \"k\", index is stale", Kv("delete-cas", "k", index: 7));
        await RefusedAsync("Must provide key", Kv("set", ""));
        await RefusedAsync("Must provide key", Kv("get-tree", ""));
        await _client.TellAsync("/v1/session/destroy/" + a);
        await RefusedAsync("failed to lock key \"k\" due to lock delay", Kv("lock", "k", session: b));
        Assert.Equal(200, (await ApplyAsync(Kv("delete-tree", ""))).Status);
    }

    [Fact]
    public async Task Nodes_services_and_checks_take_part()
    {
        const string node = """{"Node":"n1","Address":"10.0.0.1"}""";
        var done = await ApplyAsync(
            $$"""{"Node":{"Verb":"set","Node":{{node}} } }""",
            """{"Service":{"Verb":"set","Node":"n1","Service":{"Service":"web","ID":"web1","Port":80}}}""",
            """{"Check":{"Verb":"set","Check":{"Node":"n1","CheckID":"up","Name":"up","Status":"passing","ServiceID":"web1"}}}""",
            Kv("set", "deployed", "yes"));

        Assert.True(done.Status == 200, done.Text);
        var results = done.Json.GetProperty("Results");
        Assert.Equal("n1", results[0].GetProperty("Node").GetProperty("Node").GetString());
        Assert.Equal("web", results[1].GetProperty("Service").GetProperty("Service").GetString());
        Assert.Equal("web", results[2].GetProperty("Check").GetProperty("ServiceName").GetString());
        var index = results[1].GetProperty("Service").GetProperty("ModifyIndex").GetUInt64();

        await RefusedAsync("failed to set service \"web1\" on node \"n1\", index is stale", Service("cas", index + 1));
        await RefusedAsync("failed to delete service \"web1\" on node \"n1\", index is stale", Service("delete-cas", index + 1));
        await RefusedAsync("node \"n2\" doesn't exist", """{"Node":{"Verb":"get","Node":{"Node":"n2"}}}""");
        await RefusedAsync("failed to set node \"n1\", index is stale", $$"""{"Node":{"Verb":"cas","Node":{{node}} } }""");
        await RefusedAsync("check \"down\" on node \"n1\" doesn't exist", """{"Check":{"Verb":"get","Check":{"Node":"n1","CheckID":"down"}}}""");
        await RefusedAsync("Missing node registration", """{"Check":{"Verb":"set","Check":{"Node":"n3","CheckID":"x"}}}""");
        await RefusedAsync("Missing service registration", """{"Check":{"Verb":"set","Check":{"Node":"n1","CheckID":"x","ServiceID":"y"}}}""");
        await RefusedAsync("unknown Service verb \"grow\"", Service("grow", 0));
        Assert.Equal(200, (await ApplyAsync(Service("delete-cas", index), """{"Node":{"Verb":"delete","Node":{"Node":"n1"}}}""")).Status);
        await RefusedAsync("service \"web1\" on node \"n1\" doesn't exist", Service("get", 0));
    }

    [Fact]
    public async Task A_check_that_turns_critical_in_a_transaction_ends_the_sessions_on_it()
    {
        await ApplyAsync(
            """{"Node":{"Verb":"set","Node":{"Node":"n1","Address":"10.0.0.1"}}}""",
            """{"Check":{"Verb":"set","Check":{"Node":"n1","CheckID":"up","Status":"passing"}}}""");
        var session = await _client.SessionAsync("""{"Node":"n1","NodeChecks":["up"]}""");
        await _client.TellAsync("/v1/kv/k?acquire=" + session, "x");

        await ApplyAsync("""{"Check":{"Verb":"set","Check":{"Node":"n1","CheckID":"up","Status":"critical"}}}""", Kv("check-session", "k", session: ""));

        Assert.Equal("[]", (await _client.AskAsync("/v1/session/list")).Text);
    }

    [Fact]
    public async Task What_is_no_transaction_or_too_much_is_refused()
    {
        var many = "[" + string.Join(',', Enumerable.Repeat(Kv("get", "k"), 129)) + "]";

        Assert.Equal((413, "Transaction contains too many operations (129 > 128)"), Short(await _client.TellAsync("/v1/txn", many)));
        Assert.Equal(400, (await _client.TellAsync("/v1/txn", "{")).Status);
        Assert.StartsWith("Failed to parse body: ", (await _client.TellAsync("/v1/txn", """[{"KV":{"Value":"%"}}]""")).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await _client.TellAsync("/v1/txn", "[]")).Status);
        Assert.Equal(413, (await _client.TellAsync("/v1/txn", new string(' ', 1024 * 1024) + "[]")).Status);
        var value = Convert.ToBase64String(new byte[524_289]);
        Assert.Equal(
            (413, "Value for key \"k\" is too large (524289 > 524288 bytes)"),
            Short(await _client.TellAsync("/v1/txn", $$"""[{"KV":{"Verb":"set","Key":"k","Value":"{{value}}" } }]""")));
    }

    [Fact]
    public async Task Each_operation_needs_its_own_permission()
    {
        var prefix = $"project/{_customer.ProjectId}/dc/dc1/";
        var token = await _host.KeyAsync(_customer, null, change: key => key with
        {
            Policies = [new AccessPolicy("own",
            [
                new PolicyStatement(PolicyEffect.Allow, ["txn:apply"], [prefix + "txn"]),
                new PolicyStatement(PolicyEffect.Allow, ["registry-kv:*"], [prefix + "kv/mine/*"]),
                new PolicyStatement(PolicyEffect.Allow, ["catalog:*"], [prefix + "service/web"]),
            ])],
        });
        var client = _host.Client(token);
        await ApplyAsync("""{"Node":{"Verb":"set","Node":{"Node":"n1","Address":"10.0.0.1"}}}""", Service("set", 0));

        Assert.Equal(200, (await client.TellAsync("/v1/txn", $"[{Kv("set", "mine/a", "1")}, {Kv("get-tree", "mine/")}, {Service("get", 0)}]")).Status);
        foreach (var forbidden in (string[])[
            Kv("set", "other", "1"), Kv("get", "other"), Kv("check-not-exists", "other"), Kv("get-tree", "mine"), Kv("delete-tree", ""),
            """{"Node":{"Verb":"get","Node":{"Node":"n1"}}}""",
            """{"Service":{"Verb":"set","Node":"n1","Service":{"Service":"db"}}}""",
            """{"Check":{"Verb":"set","Check":{"Node":"n1","CheckID":"x"}}}""",
        ])
        {
            Assert.Equal((403, forbidden), ((await client.TellAsync("/v1/txn", $"[{Kv("set", "mine/b", "1")}, {forbidden}]")).Status, forbidden));
        }

        Assert.Equal(404, (await _client.AskAsync("/v1/kv/mine/b")).Status);
    }

    private static string Kv(string verb, string key, string? value = null, ulong index = 0, string? session = null)
    {
        var encoded = value is null ? "null" : $"\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}\"";
        return $$$"""{"KV":{"Verb":"{{{verb}}}","Key":"{{{key}}}","Value":{{{encoded}}},"Index":{{{index}}},"Session":"{{{session}}}"}}""";
    }

    private static string Service(string verb, ulong index) =>
        $$$"""{"Service":{"Verb":"{{{verb}}}","Node":"n1","Service":{"Service":"web","ID":"web1","ModifyIndex":{{{index}}} } } }""";

    private Task<Reply> ApplyAsync(params string[] ops) => _client.TellAsync("/v1/txn", "[" + string.Join(',', ops) + "]");

    private async Task RefusedAsync(string what, string op)
    {
        var refused = await ApplyAsync(op);
        Assert.True(refused.Status == 409, refused.Text);
        Assert.Equal([(0, what)], Errors(refused));
    }

    private static List<(int, string)> Errors(Reply reply) =>
        [.. reply.Json.GetProperty("Errors").EnumerateArray().Select(e => (e.GetProperty("OpIndex").GetInt32(), e.GetProperty("What").GetString()!))];

    private static (int, string) Short(Reply reply) => (reply.Status, reply.Text);
}
