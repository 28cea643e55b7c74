using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Sessions;

/// <summary>Sessions and the locks they hold, over HTTP.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string Unknown = "adf4238a-882b-9ddc-4a9d-5b6758e4159e";

    private RegistryHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_session_without_a_body_has_Consuls_defaults()
    {
        var id = await _client.SessionAsync();

        var info = await _client.AskAsync("/v1/session/info/" + id);

        var session = info.Json[0];
        Assert.Equal(id, session.GetProperty("ID").GetString());
        Assert.Equal("registry", session.GetProperty("Node").GetString());
        Assert.Equal(15_000_000_000, session.GetProperty("LockDelay").GetInt64());
        Assert.Equal("release", session.GetProperty("Behavior").GetString());
        Assert.Equal("", session.GetProperty("TTL").GetString());
        Assert.Equal("serfHealth", session.GetProperty("NodeChecks")[0].GetString());
        Assert.Equal(info.Index, session.GetProperty("CreateIndex").GetUInt64());
    }

    [Theory]
    [InlineData("""{"LockDelay":"5s"}""", 5)]
    [InlineData("""{"lockdelay":5}""", 5)]
    [InlineData("""{"LockDelay":5000000000}""", 5)]
    [InlineData("""{"LockDelay":"10m"}""", 60)]
    [InlineData("""{"LockDelay":0}""", 0)]
    [InlineData("""{"LockDelay":"0s"}""", 0)]
    [InlineData("""{"Unknown":1}""", 15)]
    public async Task A_lock_delay_may_be_text_nanoseconds_or_a_few_seconds(string body, long seconds)
    {
        var id = await _client.SessionAsync(body);

        Assert.Equal(seconds * 1_000_000_000, (await _client.AskAsync("/v1/session/info/" + id)).Json[0].GetProperty("LockDelay").GetInt64());
    }

    [Theory]
    [InlineData("""{"TTL":"9s"}""", 500, "Invalid Session TTL '9000000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL":"25h"}""", 500, "Invalid Session TTL '90000000000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL":"soon"}""", 500, "Session TTL 'soon' invalid: time: invalid duration \"soon\"")]
    [InlineData("""{"Behavior":"keep"}""", 500, "Invalid Behavior setting 'keep'")]
    [InlineData("""{"Node":"nobody"}""", 500, "Missing node registration")]
    [InlineData("""{"Checks":["nope"]}""", 500, "Missing check 'nope' registration")]
    [InlineData("""{"NodeChecks":["nope"]}""", 500, "Missing check 'nope' registration")]
    [InlineData("""{"ServiceChecks":[{"ID":"nope"}]}""", 500, "Missing check 'nope' registration")]
    [InlineData("[1]", 400, "Request decode failed: expected an object")]
    [InlineData("{", 400, "Request decode failed: not JSON")]
    [InlineData("""{"Name":7}""", 400, "Request decode failed: 'Name' expected type 'string'")]
    public async Task Sessions_that_cannot_be_are_refused_in_Consuls_words(string body, int status, string text)
    {
        var refused = await _client.TellAsync("/v1/session/create", body);

        Assert.Equal((status, text), (refused.Status, refused.Text));
    }

    [Fact]
    public async Task What_is_not_there_is_destroyed_already_and_cannot_be_renewed()
    {
        var destroyed = await _client.TellAsync("/v1/session/destroy/" + Unknown);
        var renewed = await _client.TellAsync("/v1/session/renew/" + Unknown);
        var info = await _client.AskAsync("/v1/session/info/" + Unknown);

        Assert.Equal((200, "true"), (destroyed.Status, destroyed.Text));
        Assert.Equal((404, $"Session id '{Unknown}' not found"), (renewed.Status, renewed.Text));
        Assert.Equal((200, "[]"), (info.Status, info.Text));
        Assert.Equal((400, "Missing session"), Short(await _client.TellAsync("/v1/session/destroy/")));
        Assert.Equal((400, "Missing session"), Short(await _client.AskAsync("/v1/session/info/")));
        Assert.Equal((400, "Missing node name"), Short(await _client.AskAsync("/v1/session/node/")));
    }

    [Fact]
    public async Task Lists_show_all_or_those_of_a_node_and_their_watchers_hear_of_changes()
    {
        var first = await _client.SessionAsync("""{"Name":"one"}""");
        var listed = await _client.AskAsync("/v1/session/list");
        var waiting = _client.AskAsync($"/v1/session/node/registry?index={listed.Index}&wait=20s");

        var second = await _client.SessionAsync("""{"Name":"two"}""");

        Assert.Equal(2, (await waiting).Json.GetArrayLength());
        Assert.Equal("[]", (await _client.AskAsync("/v1/session/node/other")).Text);
        var gone = _client.AskAsync($"/v1/session/info/{second}?index={(await _client.AskAsync("/v1/session/info/" + second)).Index}&wait=20s");
        await _client.TellAsync("/v1/session/destroy/" + second);
        Assert.Equal("[]", (await gone).Text);
        Assert.Equal(first, (await _client.AskAsync("/v1/session/list")).Json[0].GetProperty("ID").GetString());
    }

    [Fact]
    public async Task A_lock_is_held_by_one_until_it_is_released()
    {
        var (a, b) = (await _client.SessionAsync(), await _client.SessionAsync());

        Assert.Equal("true", (await _client.TellAsync("/v1/kv/lock?acquire=" + a, "a")).Text);
        Assert.Equal("false", (await _client.TellAsync("/v1/kv/lock?acquire=" + b, "b")).Text);
        Assert.Equal("true", (await _client.TellAsync("/v1/kv/lock?acquire=" + a.ToUpperInvariant(), "again")).Text);
        var held = await _client.KeyAsync("lock");
        Assert.Equal(("again", a, 1UL), (held.Value, held.Session, held.LockIndex));
        await _client.TellAsync("/v1/kv/lock", "anybody may write");
        Assert.Equal(a, (await _client.KeyAsync("lock")).Session);
        Assert.Equal("false", (await _client.TellAsync("/v1/kv/lock?release=" + b)).Text);
        Assert.Equal("true", (await _client.TellAsync("/v1/kv/lock?release=" + a, "free")).Text);
        Assert.Equal("false", (await _client.TellAsync("/v1/kv/lock?release=" + a)).Text);
        Assert.Equal("true", (await _client.TellAsync("/v1/kv/lock?acquire=" + b, "b")).Text);
        Assert.Equal((b, 2UL), ((await _client.KeyAsync("lock")).Session, (await _client.KeyAsync("lock")).LockIndex));
        Assert.Equal("false", (await _client.TellAsync("/v1/kv/none?release=" + a)).Text);
    }

    [Fact]
    public async Task A_destroyed_session_releases_its_keys_and_others_must_wait_for_the_lock_delay()
    {
        var (a, b) = (await _client.SessionAsync("""{"LockDelay":"1s"}"""), await _client.SessionAsync());
        await _client.TellAsync("/v1/kv/lock?acquire=" + a, "a");
        var before = await _client.KeyAsync("lock");

        await _client.TellAsync("/v1/session/destroy/" + a);

        var after = await _client.KeyAsync("lock");
        Assert.Equal((null, "a", 1UL), (after.Session, after.Value, after.LockIndex));
        Assert.True(after.ModifyIndex > before.ModifyIndex);
        Assert.Equal("false", (await _client.TellAsync("/v1/kv/lock?acquire=" + b, "b")).Text);
        await TestKit.Poll.UntilAsync(
            async () => (await _client.TellAsync("/v1/kv/lock?acquire=" + b, "b")).Text == "true", "the lock delay to pass");
    }

    [Fact]
    public async Task A_session_that_deletes_takes_its_keys_with_it()
    {
        var id = await _client.SessionAsync("""{"Behavior":"delete","LockDelay":"0s"}""");
        await _client.TellAsync("/v1/kv/mine?acquire=" + id, "x");
        await _client.TellAsync("/v1/kv/not-mine", "x");

        await _client.TellAsync("/v1/session/destroy/" + id);

        Assert.Equal(["not-mine"], (await _client.AskAsync("/v1/kv/?keys")).Strings);
        var next = await _client.SessionAsync();
        Assert.Equal("true", (await _client.TellAsync("/v1/kv/mine?acquire=" + next, "x")).Text);
        Assert.Equal("""invalid session "gone" """.TrimEnd(), (await _client.TellAsync("/v1/kv/mine?acquire=gone", "x")).Text);
    }

    [Fact]
    public async Task A_session_with_a_TTL_is_renewed_and_its_row_goes_with_it()
    {
        var id = await _client.SessionAsync("""{"TTL":"10s"}""");

        var renewed = await _client.TellAsync("/v1/session/renew/" + id);

        Assert.Equal(200, renewed.Status);
        Assert.Equal("10s", renewed.Json[0].GetProperty("TTL").GetString());
        await _client.TellAsync("/v1/session/destroy/" + id);
        Assert.Equal(404, (await _client.TellAsync("/v1/session/renew/" + id)).Status);
        await TestKit.Poll.UntilAsync(async () => !await HasRenewalAsync(id), "the renewal's row to go");
    }

    private async Task<bool> HasRenewalAsync(string id)
    {
        var page = await _host.Store.ScanAsync("registry", 1000, null, CancellationToken.None);
        return page.Rows.Any(row => row.Row == Registry.Log.LogRows.Renewal(id));
    }

    private static (int, string) Short(Reply reply) => (reply.Status, reply.Text);
}
