using System.Text.Json;
using Saas.Cluster;
using Saas.Cluster.Sessions;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Provisioning.Client.Sessions;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Client;

/// <summary>Sessions on the wire: a test plays the agent, clients are real.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ProvisioningHost _host = null!;
    private Customer _acme = null!;
    private TestAgent _agent = null!;
    private AssignedAllocation _allocation = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ProvisioningHost.StartAsync();
        _acme = await _host.SignUpAsync("acme");
        _agent = await _host.AgentAsync(_acme);
        _allocation = _agent.Allocation();
        await _agent.AssignAsync(1, signal: true, _allocation);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_waiting_agent_learns_of_a_session_at_once_and_its_answer_reaches_the_client()
    {
        var waiting = PollAsync("", 30);
        var asking = _acme.Peer.SendAsync("GET", $"/v1/client/fs/ls/{_allocation.Id}?path=alloc");
        var open = await waiting.WaitAsync(Patience);

        var session = Assert.Single(open.Sessions);
        Assert.Equal((SessionKinds.ListFiles, _allocation.Id, "alloc"), (session.Request.Kind, session.Request.AllocationId, session.Request.Path));
        Assert.Equal(new SessionReceipt(2), await PushAsync(session.Id, 1, Data("[]"), End()));
        Assert.Equal((200, "[]"), Told(await asking.WaitAsync(Patience)));

        // It is gone with its answer, and so is what was kept for it.
        await UntilGoneAsync();
        Assert.Equal(404, (await SendAsync(session.Id, 3, End())).Status);
        Assert.NotEqual(open.Mark, (await PollAsync(open.Mark, 30)).Mark);
        Assert.Equal(0, _host.Service<SessionSignals>().Count);
    }

    [Fact]
    public async Task Frames_that_come_twice_are_stored_once_and_frames_ahead_are_refused()
    {
        var reading = await OpenLogsAsync();
        var id = Assert.Single((await PollAsync("", 0)).Sessions).Id;

        Assert.Equal(new SessionReceipt(2), await PushAsync(id, 1, Data("a"), Data("b")));
        Assert.Equal(new SessionReceipt(2), await PushAsync(id, 1, Data("a"), Data("b")));
        Assert.Equal(new SessionReceipt(3), await PushAsync(id, 2, Data("b"), Data("c")));
        Assert.Equal(400, (await SendAsync(id, 5, Data("e"))).Status);
        Assert.Equal(new SessionReceipt(4), await PushAsync(id, 4, End()));

        Assert.Equal("abc", await TextAsync(reading));
    }

    [Fact]
    public async Task Where_an_agent_goes_on_is_kept_with_the_last_frame_stored()
    {
        var reading = await OpenLogsAsync();
        var id = Assert.Single((await PollAsync("", 0)).Sessions).Id;
        await PushAsync(id, 1, Data("a", "at 1"), Data("b", "at 2"));

        var session = Assert.Single((await PollAsync("", 0)).Sessions);
        Assert.Equal((2, "at 2", "run-1"), (session.Sent, session.Resume, session.Run));

        await PushAsync(id, 3, End());
        Assert.Empty((await PollAsync("", 0)).Sessions);
    }

    [Fact]
    public async Task A_client_that_does_not_read_makes_the_agent_wait_at_its_window()
    {
        await using var session = await _host.Service<ClientSessions>().OpenAsync(
            _acme.Scope, _agent.NodeId, new SessionRequest { Kind = SessionKinds.Logs }, CancellationToken.None);
        var next = 1L;
        while (next <= SessionProtocol.WindowFrames)
        {
            next = (await PushAsync(session.Id, next, Data("x"), Data("x"), Data("x"))).Sent + 1;
        }

        // The window is full to the frame: the next waits, and goes on when one is taken.
        Assert.Equal(SessionProtocol.WindowFrames + 1, next);
        var waiting = PushAsync(session.Id, next, Data("last"));
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await session.NextAsync(CancellationToken.None);
        Assert.Equal(next, (await waiting.WaitAsync(Patience)).Sent);
    }

    [Fact]
    public async Task A_clients_frames_reach_the_agent_in_order_and_are_dropped_when_taken()
    {
        await using var session = await _host.Service<ClientSessions>().OpenAsync(
            _acme.Scope, _agent.NodeId, new SessionRequest { Kind = SessionKinds.Exec }, CancellationToken.None);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await session.WriteAsync(Data($"{i}"), CancellationToken.None);
            }
        });
        var (read, after) = (new List<string>(), 0L);
        while (read.Count < 100)
        {
            var frames = await PullAsync(session.Id, after, 10);
            read.AddRange(frames.Frames.Select(static frame => System.Text.Encoding.UTF8.GetString(frame.Data!)));
            after += frames.Frames.Count;
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => $"{i}"), read);
        Assert.Empty((await PullAsync(session.Id, after, 0)).Frames);
        Assert.Empty(await _acme.Scope.FramesOf(session.Id).FramesAsync(fromAgent: false, 0, 100, CancellationToken.None));
    }

    [Fact]
    public async Task Another_node_and_another_tenant_have_no_part_in_it()
    {
        var (other, globex) = (await _host.AgentAsync(_acme), await _host.SignUpAsync("globex"));
        var stranger = await _host.AgentAsync(globex);
        var reading = await OpenLogsAsync();
        var id = Assert.Single((await PollAsync("", 0)).Sessions).Id;

        foreach (var agent in new[] { other, stranger })
        {
            Assert.Empty((await agent.Client.CallAsync("GET", $"{AgentProtocol.SessionsPath}?wait=0", null, AgentJson.Default.OpenSessions)).Sessions);
            Assert.Equal(404, (await SendAsync(id, 1, agent.Client, Data("forged"), End())).Status);
            Assert.Equal(404, (await agent.Client.SendAsync("GET", AgentProtocol.SessionFramesPath(id) + "?after=0")).Status);
        }

        Assert.Equal((404, $"Unknown allocation \"{_allocation.Id}\""), Told(await globex.Peer.SendAsync("GET", $"/v1/client/fs/ls/{_allocation.Id}")));
        await PushAsync(id, 1, Data("true"), End());
        Assert.Equal("true", await TextAsync(reading));
    }

    [Theory]
    [InlineData("GET", "fs/ls/{0}")]
    [InlineData("GET", "fs/logs/{0}?task=server&type=stdout")]
    [InlineData("POST", "allocation/{0}/restart")]
    [InlineData("POST", "allocation/{0}/signal")]
    [InlineData("GET", "allocation/{0}/gc")]
    [InlineData("GET", "allocation/{0}/exec?task=server&command=%5B%22sh%22%5D")]
    [InlineData("GET", "gc?node_id={1}")]
    public async Task An_auditor_may_none_of_it(string method, string path)
    {
        using var auditor = await _host.KeyAsync(_acme, "auditor");
        var answer = await auditor.SendAsync(method, "/v1/client/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, path, _allocation.Id, _agent.NodeId), method == "POST" ? "{}" : null);
        answer.IsProblem(403, "forbidden");
        Assert.Empty((await PollAsync("", 0)).Sessions);
    }

    [Fact]
    public async Task A_node_takes_so_many_sessions_at_once()
    {
        var open = new List<ClientSession>();
        for (var i = 0; i < SessionLimits.OfNode; i++)
        {
            open.Add(await _host.Service<ClientSessions>().OpenAsync(_acme.Scope, _agent.NodeId, new SessionRequest { Kind = SessionKinds.Logs }, CancellationToken.None));
        }

        var answer = await _acme.Peer.SendAsync("GET", $"/v1/client/fs/ls/{_allocation.Id}");
        Assert.Equal(429, answer.Status);
        Assert.Equal("5", answer.Headers["Retry-After"]);
        foreach (var session in open)
        {
            await session.DisposeAsync();
        }

        await UntilGoneAsync();
    }

    [Fact]
    public async Task What_an_instance_that_has_gone_left_behind_is_swept()
    {
        var record = new SessionRecord
        {
            Id = EntityId.New("sess", _host.Time),
            NodeId = _agent.NodeId,
            Request = new SessionRequest { Kind = SessionKinds.Logs },
            LeaseUntil = _host.Time.GetUtcNow().AddSeconds(-1),
        };
        await _acme.Scope.SessionsOf().WriteAsync(
            TableWrite.Insert(SessionRows.Row(record.NodeId, record.Id), TablePartition.Bytes(record, ClusterJson.Default.SessionRecord)), CancellationToken.None);
        await _acme.Scope.FramesOf(record.Id).WriteAsync(SessionRows.Insert(new SessionProgress(1, false, null, null, 0)), CancellationToken.None);
        await _acme.Scope.FramesOf(record.Id).WriteAsync(SessionRows.Insert(fromAgent: true, 1, Data("x")), CancellationToken.None);

        Assert.Empty((await PollAsync("", 1)).Sessions);

        await UntilGoneAsync();
        Assert.Empty((await _acme.Scope.FramesOf(record.Id).QueryAsync(RowRange.All, 10, null, CancellationToken.None)).Rows);
    }

    [Fact]
    public async Task An_agent_that_is_too_old_or_silent_is_said_to_be()
    {
        var old = TestAgent.Fingerprint().Replace($"\"protocolVersion\":{AgentProtocol.Version}", "\"protocolVersion\":2", StringComparison.Ordinal);
        Assert.Equal(200, (await _agent.Client.SendAsync("PUT", AgentProtocol.NodePath, old)).Status);
        Assert.Equal((500, "Node does not support RPC; its agent must be updated"), Told(await _acme.Peer.SendAsync("GET", $"/v1/client/fs/ls/{_allocation.Id}")));

        await _agent.Client.SendAsync("PUT", AgentProtocol.NodePath, TestAgent.Fingerprint());
        Assert.Equal((404, "No path to node"), Told(await _acme.Peer.SendAsync("GET", $"/v1/client/fs/ls/{_allocation.Id}")));
        await UntilGoneAsync();
    }

    private static async Task<string> TextAsync(Task<HttpResponseMessage> reading)
    {
        using var response = await reading.WaitAsync(Patience);
        return await response.Content.ReadAsStringAsync();
    }

    private static (int, string) Told(Answer answer) => (answer.Status, answer.Text);

    private static SessionFrame Data(string text, string? resume = null) => new() { Data = System.Text.Encoding.UTF8.GetBytes(text), Resume = resume };

    private static SessionFrame End() => new() { End = new SessionEnd(200) };

    /// <summary>A client that follows a log; its answer's head has come only when a frame has.</summary>
    private async Task<Task<HttpResponseMessage>> OpenLogsAsync()
    {
        var waiting = PollAsync("", 30);
        var reading = _acme.Peer.GetAsync($"/v1/client/fs/logs/{_allocation.Id}?task=server&type=stdout&plain=true", HttpCompletionOption.ResponseHeadersRead);
        await waiting.WaitAsync(Patience);
        return reading;
    }

    private Task<OpenSessions> PollAsync(string mark, int wait) =>
        _agent.Client.CallAsync("GET", $"{AgentProtocol.SessionsPath}?mark={mark}&wait={wait}", null, AgentJson.Default.OpenSessions);

    private Task<SessionFrames> PullAsync(string id, long after, int wait) =>
        _agent.Client.CallAsync("GET", $"{AgentProtocol.SessionFramesPath(id)}?after={after}&wait={wait}", null, AgentJson.Default.SessionFrames);

    private async Task<SessionReceipt> PushAsync(string id, long first, params SessionFrame[] frames)
    {
        var answer = await SendAsync(id, first, frames);
        Assert.True(answer.Status == 200, answer.ToString());
        return JsonSerializer.Deserialize(answer.Text, AgentJson.Default.SessionReceipt)!;
    }

    private Task<Answer> SendAsync(string id, long first, params SessionFrame[] frames) => SendAsync(id, first, _agent.Client, frames);

    private static Task<Answer> SendAsync(string id, long first, HttpClient agent, params SessionFrame[] frames) => agent.SendAsync(
        "POST", AgentProtocol.SessionFramesPath(id),
        JsonSerializer.Serialize(new SessionFrames { First = first, Frames = frames, Run = "run-1" }, AgentJson.Default.SessionFrames));

    private async Task UntilGoneAsync()
    {
        for (var i = 0; i < 200 && (await _acme.Scope.SessionsOf().QueryAsync(RowRange.All, 1, null, CancellationToken.None)).Rows.Count > 0; i++)
        {
            await Task.Delay(20);
        }

        Assert.Empty((await _acme.Scope.SessionsOf().QueryAsync(RowRange.All, 1, null, CancellationToken.None)).Rows);
    }
}
