using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>Commands in a task of a real agent, over Nomad's WebSocket.</summary>
[Collection("client")]
public sealed class ExecTests(ClientSite site, ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_command_has_the_tasks_environment_and_folder_and_tells_how_it_ended()
    {
        using var exec = await ExecSocket.OpenAsync(site, tty: false, "sh", "-c", "echo $NOMAD_ALLOC_ID $NOMAD_TASK_NAME; pwd; echo oops >&2; exit 7");
        await exec.ReadAsync();

        Assert.Equal($"{site.Allocation} main\n{site.AllocationFolder}/main\n", exec.Stdout);
        Assert.Equal(("oops\n", 7), (exec.Stderr, exec.ExitCode));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, exec.Closed);
    }

    [Fact]
    public async Task Input_is_passed_until_it_is_closed_and_large_output_comes_whole()
    {
        using var exec = await ExecSocket.OpenAsync(site, tty: false, "sh", "-c", "cat; seq 1 200000");
        await exec.TypeAsync("one\n");
        await exec.ReadAsync(static so => so.Stdout == "one\n");
        await exec.SendAsync([]);
        await exec.TypeAsync("two\n");
        await exec.CloseInputAsync();
        await exec.ReadAsync();

        Assert.Equal("one\ntwo\n" + string.Concat(Enumerable.Range(1, 200_000).Select(static i => $"{i}\n")), exec.Stdout);
        Assert.Equal(0, exec.ExitCode);
    }

    [Fact]
    public async Task A_terminal_has_a_size_that_follows_and_echoes_what_is_typed()
    {
        using var exec = await ExecSocket.OpenAsync(site, tty: true, "sh");
        await exec.ResizeAsync(50, 132);
        await exec.TypeAsync("PS1=; stty size; tty; echo ready\n");
        await exec.ReadAsync(static so => so.Stdout.EndsWith("\nready\r\n", StringComparison.Ordinal));
        Assert.Contains("50 132\r\n/dev/pts/", exec.Stdout, StringComparison.Ordinal);
        var times = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var key = ((char)('a' + i)).ToString();
            var (before, clock) = (exec.Stdout.Length, Stopwatch.GetTimestamp());
            await exec.TypeAsync(key);
            await exec.ReadAsync(so => so.Stdout.Length > before);
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            Assert.EndsWith(key, exec.Stdout, StringComparison.Ordinal);
        }

        var median = times.Order().ElementAt(times.Count / 2);
        output.WriteLine($"keystroke echo: median {median:0.0} ms, fastest {times.Min():0.0} ms");
        Assert.True(median < 250, $"{median} ms: it was found by a look at the store, not by its signal");
        await exec.TypeAsync("\u0015exit 3\n");
        await exec.ReadAsync();
        Assert.Equal(3, exec.ExitCode);
    }

    [Fact]
    public async Task A_session_survives_cut_connections_without_loss_or_doubling_beside_another()
    {
        using var exec = await ExecSocket.OpenAsync(site, tty: false, "cat");
        using var other = await ExecSocket.OpenAsync(site, tty: false, "cat");
        var expected = "";
        for (var i = 0; i < 60; i++)
        {
            var line = i.ToString("D4", CultureInfo.InvariantCulture) + "\n";
            expected += line;
            await exec.TypeAsync(line);
            await other.TypeAsync(line);
            if (i % 10 == 5)
            {
                site.Wire.Cut();
            }

            await Task.Delay(20);
        }

        await exec.CloseInputAsync();
        await other.CloseInputAsync();
        await exec.ReadAsync();
        await other.ReadAsync();

        Assert.Equal((expected, 0), (exec.Stdout, exec.ExitCode));
        Assert.Equal((expected, 0), (other.Stdout, other.ExitCode));
    }

    [Fact]
    public async Task An_agent_that_was_killed_ends_the_session_and_runs_nothing_twice()
    {
        var mark = System.IO.Path.Combine(site.AllocationFolder, "main/local/began");
        using var exec = await ExecSocket.OpenAsync(site, tty: false, "sh", "-c", $"echo began >>{mark}; echo on; exec sleep 1000");
        await exec.ReadAsync(static so => so.Stdout == "on\n");
        await site.Agent.KillAndRestartAsync();
        await exec.ReadAsync();

        Assert.Null(exec.ExitCode);
        Assert.Equal((WebSocketCloseStatus.InternalServerError, "the node's agent was restarted while it was at it"), (exec.Closed, exec.CloseReason));
        Assert.Equal("began\n", File.ReadAllText(mark));
    }

    [Fact]
    public async Task Who_leaves_ends_his_command()
    {
        var mark = $"left-{site.Allocation}";
        using (var exec = await ExecSocket.OpenAsync(site, tty: false, "sh", "-c", $"echo on; /usr/bin/tail -F /nonexistent/saas/{mark}"))
        {
            await exec.ReadAsync(static so => so.Stdout == "on\n");
            await Eventually.Async(() => Task.FromResult(Workload.Count().GetValueOrDefault(mark)), static seen => seen == 1, Patience, static seen => $"{seen}");
        }

        await Eventually.Async(() => Task.FromResult(Workload.Count().GetValueOrDefault(mark)), static seen => seen == 0, Patience, seen => $"{seen}\n{site.Transcript}");
    }

    [Fact]
    public async Task A_browsers_handshake_carries_the_token_and_a_bad_one_is_refused_on_the_socket()
    {
        const string query = "task=main&tty=false&ws_handshake=true";
        using var good = await ExecSocket.OpenAsync(site, site.Allocation, query, null, "echo", "hello");
        await good.SendAsync(new JsonObject { ["version"] = 1, ["auth_token"] = site.Customer.ApiKey });
        await good.ReadAsync();
        Assert.Equal(("hello\n", 0), (good.Stdout, good.ExitCode));

        foreach (var (message, reason) in new (JsonObject, string)[]
        {
            (new() { ["version"] = 1, ["auth_token"] = "junk" }, "ACL token not found"),
            (new() { ["version"] = 1, ["auth_token"] = "" }, "Permission denied"),
            (new() { ["version"] = 2, ["auth_token"] = site.Customer.ApiKey }, "unexpected handshake value: 2"),
        })
        {
            using var bad = await ExecSocket.OpenAsync(site, site.Allocation, query, null, "echo", "hello");
            await bad.SendAsync(message);
            await bad.ReadAsync();
            Assert.Equal((WebSocketCloseStatus.PolicyViolation, reason, ""), (bad.Closed, bad.CloseReason, bad.Stdout));
        }
    }

    [Fact]
    public async Task What_cannot_be_run_is_refused_in_nomads_words()
    {
        await RefusedAsync("task=nix", "unknown task name \"nix\"", "true");
        await RefusedAsync("task=", "must provide task name", "true");
        await RefusedAsync("task=main", "command is not present");
        using var missing = await ExecSocket.OpenAsync(site, tty: false, "/nonexistent/program");
        await missing.ReadAsync();
        Assert.Equal(127, missing.ExitCode);
        await Assert.ThrowsAsync<WebSocketException>(() => ExecSocket.OpenAsync(site, "alloc_nix", "task=main", site.Customer.ApiKey, "true"));
        await Assert.ThrowsAsync<WebSocketException>(() => ExecSocket.OpenAsync(site, site.Allocation, "task=main", "junk", "true"));
        Assert.Equal(400, (await site.GetAsync($"/v1/client/allocation/{site.Allocation}/exec?task=main&command=%5B%22true%22%5D")).Status);
        Assert.Equal(500, (await site.GetAsync($"/v1/client/allocation/{site.Allocation}/exec?task=main&command=true")).Status);

        async Task RefusedAsync(string query, string reason, params string[] command)
        {
            using var exec = await ExecSocket.OpenAsync(site, site.Allocation, query, site.Customer.ApiKey, command);
            await exec.ReadAsync();
            Assert.Equal((WebSocketCloseStatus.PolicyViolation, reason), (exec.Closed, exec.CloseReason));
        }
    }

    [Fact]
    public async Task A_key_that_is_revoked_ends_what_goes_on_with_it()
    {
        var key = await site.Customer.OkAsync(HttpMethod.Post, "onboarding", "/v1/keys", new JsonObject { ["name"] = "guest", ["role"] = "developer" });
        using var exec = await ExecSocket.OpenAsync(site, site.Allocation, "task=main", key.GetProperty("apiKey").GetString(), "cat");
        await exec.TypeAsync("on\n");
        await exec.ReadAsync(static so => so.Stdout == "on\n");
        await site.Customer.OkAsync(HttpMethod.Delete, "onboarding", $"/v1/keys/{key.GetProperty("key").GetProperty("id").GetString()}", null);

        await exec.ReadAsync();

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "ACL token not found"), (exec.Closed, exec.CloseReason));
    }

    [Fact]
    public async Task Every_command_is_in_the_audit_log_without_its_arguments()
    {
        using (var exec = await ExecSocket.OpenAsync(site, tty: false, "/bin/echo", "s3cret-argument"))
        {
            await exec.ReadAsync();
        }

        var log = await Eventually.Async(
            async () => (await site.Customer.OkAsync(HttpMethod.Get, "onboarding", "/v1/audit", null)).GetRawText(),
            static seen => seen.Contains("/bin/echo", StringComparison.Ordinal), Patience, static seen => seen);
        Assert.Contains("allocations:exec", log, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-argument", log, StringComparison.Ordinal);
    }
}
