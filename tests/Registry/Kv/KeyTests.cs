using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Kv;

/// <summary>Keys over HTTP, as Consul answers for them.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task What_is_put_is_read_with_its_flags_and_indexes()
    {
        var put = await _client.TellAsync("/v1/kv/app/color?flags=18446744073709551615", "red");

        var read = await _client.AskAsync("/v1/kv/app/color");

        Assert.Equal("true", put.Text);
        var pair = read.Pairs.Single();
        Assert.Equal(("app/color", "red", ulong.MaxValue, null, 0UL), (pair.Key, pair.Value, pair.Flags, pair.Session, pair.LockIndex));
        Assert.Equal(pair.CreateIndex, pair.ModifyIndex);
        Assert.Equal(pair.ModifyIndex, read.Index);
        Assert.Equal("application/json", read.Type);
    }

    [Fact]
    public async Task A_missing_key_is_404_with_an_index_to_block_on()
    {
        var read = await _client.AskAsync("/v1/kv/nothing");

        Assert.Equal((404, ""), (read.Status, read.Text));
        Assert.True(read.Index >= 1);
    }

    [Fact]
    public async Task Raw_gives_the_bytes_and_forbids_browsers_to_run_them()
    {
        await _client.TellAsync("/v1/kv/page", "<script>");

        using var response = await _client.GetAsync(new Uri("/v1/kv/page?raw", UriKind.Relative));

        Assert.Equal("<script>", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("sandbox", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("%C3%BCber/%E2%82%AC", "über/€")]
    [InlineData("/leading", "/leading")]
    [InlineData("trailing/", "trailing/")]
    [InlineData("a//b", "a//b")]
    [InlineData("with%20space%3Fand%23more", "with space?and#more")]
    [InlineData("100%25", "100%")]
    public async Task Keys_are_what_the_path_says_unescaped(string path, string key)
    {
        await _client.TellAsync("/v1/kv/" + path, "x");

        Assert.Equal(key, (await _client.KeyAsync(path)).Key);
    }

    [Fact]
    public async Task An_empty_value_is_null_as_in_Consul()
    {
        await _client.TellAsync("/v1/kv/empty", "");

        Assert.Null((await _client.KeyAsync("empty")).Value);
        Assert.Equal("", (await _client.AskAsync("/v1/kv/empty?raw")).Text);
    }

    [Fact]
    public async Task The_same_again_changes_no_index()
    {
        await _client.TellAsync("/v1/kv/k?flags=3", "v");
        var before = await _client.KeyAsync("k");

        await _client.TellAsync("/v1/kv/k?flags=3", "v");

        Assert.Equal(before, await _client.KeyAsync("k"));
    }

    [Fact]
    public async Task Recurse_and_keys_go_by_prefix_in_order_of_bytes()
    {
        foreach (var key in (string[])["web/b", "web/a", "web", "webs", "other", "web/%F0%9F%98%80", "web/%EF%BF%BD"])
        {
            await _client.TellAsync("/v1/kv/" + key, key);
        }

        Assert.Equal(["web/a", "web/b", "web/\uFFFD", "web/😀"], (await _client.AskAsync("/v1/kv/web/?recurse")).Pairs.Select(p => p.Key));
        Assert.Equal(["web", "web/", "webs"], (await _client.AskAsync("/v1/kv/web?keys&separator=/")).Strings);
        Assert.Equal(["other", "web", "web/", "webs"], (await _client.AskAsync("/v1/kv/?keys&seperator=/")).Strings);
        Assert.Equal(7, (await _client.AskAsync("/v1/kv/?recurse")).Pairs.Count);
        Assert.Equal(7, (await _client.AskAsync("/v1/kv/?keys")).Strings.Count);
        Assert.Equal(404, (await _client.AskAsync("/v1/kv/none?recurse")).Status);
        Assert.Equal(404, (await _client.AskAsync("/v1/kv/none?keys")).Status);
    }

    [Fact]
    public async Task The_root_of_an_empty_store_is_an_empty_list_of_keys_and_no_entries()
    {
        var keys = await _client.AskAsync("/v1/kv/?keys");

        Assert.Equal((200, "[]"), (keys.Status, keys.Text));
        Assert.Equal(404, (await _client.AskAsync("/v1/kv/?recurse")).Status);
    }

    [Fact]
    public async Task Cas_sets_only_what_has_the_index_and_zero_only_what_is_not_there()
    {
        Assert.Equal("true", (await _client.TellAsync("/v1/kv/k?cas=0", "1")).Text);
        Assert.Equal("false", (await _client.TellAsync("/v1/kv/k?cas=0", "2")).Text);
        var index = (await _client.KeyAsync("k")).ModifyIndex;

        Assert.Equal("false", (await _client.TellAsync($"/v1/kv/k?cas={index + 1}", "3")).Text);
        Assert.Equal("true", (await _client.TellAsync($"/v1/kv/k?cas={index}", "4")).Text);
        Assert.Equal("false", (await _client.TellAsync($"/v1/kv/k?cas={index}", "5")).Text);
        Assert.Equal("false", (await _client.TellAsync("/v1/kv/missing?cas=7", "6")).Text);
        Assert.Equal("4", (await _client.KeyAsync("k")).Value);
    }

    [Fact]
    public async Task Delete_takes_a_key_a_tree_or_what_has_the_index()
    {
        foreach (var key in (string[])["t/a", "t/b", "tt", "k"])
        {
            await _client.TellAsync("/v1/kv/" + key, "x");
        }

        var index = (await _client.KeyAsync("k")).ModifyIndex;

        Assert.Equal("false", (await _client.CallAsync("DELETE", $"/v1/kv/k?cas={index + 1}")).Text);
        Assert.Equal("true", (await _client.CallAsync("DELETE", $"/v1/kv/k?cas={index}")).Text);
        Assert.Equal("true", (await _client.CallAsync("DELETE", $"/v1/kv/k?cas={index}")).Text);
        Assert.Equal("true", (await _client.CallAsync("DELETE", "/v1/kv/t/?recurse")).Text);
        Assert.Equal("true", (await _client.CallAsync("DELETE", "/v1/kv/never")).Text);
        Assert.Equal(["tt"], (await _client.AskAsync("/v1/kv/?keys")).Strings);
        Assert.Equal("true", (await _client.CallAsync("DELETE", "/v1/kv/?recurse")).Text);
        Assert.Equal("[]", (await _client.AskAsync("/v1/kv/?keys")).Text);
    }

    [Theory]
    [InlineData("GET", "/v1/kv/", 400, "Missing key name")]
    [InlineData("PUT", "/v1/kv/", 400, "Missing key name")]
    [InlineData("DELETE", "/v1/kv/", 400, "Missing key name")]
    [InlineData("PUT", "/v1/kv/k?cas=1&acquire=x", 400, "Conflicting flags: acquire=x&cas=1\n")]
    [InlineData("PUT", "/v1/kv/k?acquire=x&release=x", 400, "Conflicting flags: acquire=x&release=x\n")]
    [InlineData("DELETE", "/v1/kv/k?recurse&cas=1", 400, "Conflicting flags: cas=1&recurse=\n")]
    [InlineData("PUT", "/v1/kv/k?flags=-1", 500, "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("PUT", "/v1/kv/k?flags=18446744073709551616", 500, "strconv.ParseUint: parsing \"18446744073709551616\": value out of range")]
    [InlineData("PUT", "/v1/kv/k?cas=", 500, "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("DELETE", "/v1/kv/k?cas=x", 500, "strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("PUT", "/v1/kv/k?acquire=not-there", 500, "invalid session \"not-there\"")]
    [InlineData("PUT", "/v1/kv/k?acquire=", 500, "missing session")]
    [InlineData("PUT", "/v1/kv/k?release=", 500, "missing session")]
    [InlineData("POST", "/v1/kv/k", 405, "method POST not allowed")]
    public async Task Bad_requests_get_the_status_and_text_of_Consul(string method, string path, int status, string text)
    {
        var refused = await _client.CallAsync(method, path, method == "GET" ? null : "v");

        Assert.Equal((status, text), (refused.Status, refused.Text));
    }

    [Fact]
    public async Task Values_end_at_512_KiB_and_keys_at_4_KiB()
    {
        var full = await _client.TellAsync("/v1/kv/full", new string('x', 524_288));
        var over = await _client.TellAsync("/v1/kv/over", new string('x', 524_289));
        var longest = await _client.TellAsync("/v1/kv/" + new string('k', 4096), "v");
        var longer = await _client.TellAsync("/v1/kv/" + new string('k', 4097), "v");

        Assert.Equal((200, 200), (full.Status, longest.Status));
        Assert.Equal((413, "Request body(524289 bytes) too large, max size: 524288 bytes."), (over.Status, over.Text));
        Assert.Equal((400, "Key name too long (4097 > 4096 bytes)"), (longer.Status, longer.Text));
        Assert.Equal(524_288, (await _client.AskAsync("/v1/kv/full?raw")).Text.Length);
    }
}
