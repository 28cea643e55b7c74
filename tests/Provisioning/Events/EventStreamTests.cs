using System.Text.Json;
using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Identity.Keys;
using Saas.Identity.Rows;
using Saas.Provisioning.Events;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Provisioning.Tests.Events;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Stream_TellsOfWhatChanges_ByTopic_AndOfNothingThatWasBefore()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("before"));
        using var stream = await Lines.OpenAsync(acme.Peer);

        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        var job = await stream.EventAsync("Job");
        Assert.Equal(("JobRegistered", "web", "default"), (Text(job, "Type"), Text(job, "Key"), Text(job, "Namespace")));
        Assert.Equal("pending", job.GetProperty("Payload").GetProperty("Job").GetProperty("Status").GetString());

        var web = agent.Allocation();
        await agent.AssignAsync(1, signal: true, web);
        await agent.ReportAsync(TestAgent.Report(web.Id, 1));
        var allocation = await stream.EventAsync("Allocation");
        Assert.Equal((web.Id, "PlanResult", "[\"web\"]"), (Text(allocation, "Key"), Text(allocation, "Type"), allocation.GetProperty("FilterKeys").GetRawText()));
        Assert.Equal("running", allocation.GetProperty("Payload").GetProperty("Allocation").GetProperty("ClientStatus").GetString());
        await agent.ReportAsync(TestAgent.Report(web.Id, 2));
        Assert.Equal("AllocationUpdated", Text(await stream.EventAsync("Allocation"), "Type"));

        await acme.Client.SendAsync("PUT", $"/v1/node/{agent.NodeId}/eligibility", """{"Eligibility":"ineligible"}""");
        var node = await stream.EventAsync("Node");
        Assert.Equal(("NodeEligibility", agent.NodeId, ""), (Text(node, "Type"), Text(node, "Key"), Text(node, "Namespace")));
        await acme.Client.SendAsync("PUT", $"/v1/node/{agent.NodeId}/drain", """{"DrainSpec":{}}""");
        Assert.Equal("NodeDrain", Text(await stream.EventAsync("Node"), "Type"));

        await acme.Client.SendAsync("DELETE", "/v1/job/web");
        Assert.Equal("JobDeregistered", Text(await stream.EventAsync("Job"), "Type"));
        Assert.DoesNotContain(stream.Seen, static e => Text(e, "Key") == "before");
        Assert.Equal(stream.Indexes.Order().Distinct(), stream.Indexes);
    }

    [Fact]
    public async Task Stream_OfTopics_HasThoseAlone_AndReplaysFromAnIndex()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var all = await Lines.OpenAsync(acme.Peer);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("one"));
        await all.EventAsync("Job");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("two"));
        await all.EventAsync("Job");
        var last = all.Indexes[^1];

        using var evaluations = await Lines.OpenAsync(acme.Peer, "?topic=Evaluation:two");
        Assert.Equal("two", (await evaluations.EventAsync("Evaluation")).GetProperty("Payload").GetProperty("Evaluation").GetProperty("JobID").GetString());
        Assert.Single(evaluations.Seen);

        using var replayed = await Lines.OpenAsync(acme.Peer, $"?topic=Job&index={last}");
        Assert.Equal("two", Text(await replayed.EventAsync("Job"), "Key"));
        Assert.Equal(last, replayed.Indexes[0]);
    }

    [Fact]
    public async Task Stream_IsOfWhatTheCallerMayList()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var (acme, evil) = (await host.SignUpAsync("acme"), await host.SignUpAsync("evil"));
        var other = await host.AddProjectAsync(acme, "other");
        using var confined = await host.KeyAsync(acme, "developer", other.Id);
        using var foreign = await Lines.OpenAsync(evil.Peer, "?namespace=*");
        using var stream = await Lines.OpenAsync(confined, "?namespace=*");
        using var ofDefault = await Lines.OpenAsync(acme.Peer, "?topic=Job&topic=Service");

        await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("hidden"));
        await acme.Client.SendAsync("PUT", "/v1/jobs?namespace=other", JobTexts.Job("shown"));
        Assert.Equal("shown", Text(await stream.EventAsync("Job"), "Key"));
        Assert.Equal("hidden", Text(await ofDefault.EventAsync("Job"), "Key"));
        await evil.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("theirs"));
        Assert.Equal("theirs", Text(await foreign.EventAsync("Job"), "Key"));

        Assert.All(stream.Seen.Concat(foreign.Seen), static e => Assert.DoesNotContain("hidden", e.GetRawText(), StringComparison.Ordinal));
        Assert.DoesNotContain(stream.Seen, static e => Text(e, "Topic") == "Node");
        Assert.Equal(403, (await confined.SendAsync("GET", "/v1/event/stream?topic=Node&namespace=other")).Status);
        Assert.Equal(403, (await confined.SendAsync("GET", "/v1/event/stream?topic=Job&namespace=default")).Status);
    }

    [Theory]
    [InlineData("?topic=Job:a:b", "Invalid topic query: error parsing topics: Invalid key value pair for topic, topic: Job:a:b")]
    [InlineData("?index=x", "Unable to parse index")]
    public async Task Stream_BadInput_IsRefused(string query, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("GET", "/v1/event/stream" + query);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OfNothing_BeatsEveryTenSeconds_AndEndsWithItsKey()
    {
        var time = new FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");
        ApiKeyRecord? made = null;
        using var client = await host.KeyAsync(acme, "developer", change: key => made = key);
        using var stream = await Lines.OpenAsync(client);

        for (var beat = 0; beat < 2; beat++)
        {
            await ListeningAsync(host);
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal("{}", await stream.ReadAsync());
        }

        var row = (await acme.Scope.IdentityRows().GetAsync(IdentityTable.Key(made!.Id), Identity.Rows.IdentityJson.Default.ApiKeyRecord, default))!;
        await acme.Scope.IdentityRows().WriteAsync(
            TableWrite.Upsert(row.Row, TablePartition.Bytes(row.Value with { RevokedAt = time.GetUtcNow() }, Identity.Rows.IdentityJson.Default.ApiKeyRecord)), default);
        await ListeningAsync(host);
        time.Advance(TimeSpan.FromSeconds(31));
        while (await stream.ReadAsync() is { } line)
        {
            Assert.Equal("{}", line);
        }
    }

    private static Task ListeningAsync(ProvisioningHost host) => Poll.UntilAsync(
        () => host.Service<EventFeeds>().Listening == 1, "the stream to wait", () => host.Service<EventFeeds>().Listening);

    private static string Text(JsonElement e, string member) => e.GetProperty(member).GetString()!;

    /// <summary>An open stream, read line by line.</summary>
    private sealed class Lines(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        private readonly Queue<JsonElement> _unread = new();

        public List<JsonElement> Seen { get; } = [];
        public List<long> Indexes { get; } = [];

        /// <summary>Once it has said that it listens.</summary>
        public static async Task<Lines> OpenAsync(HttpClient client, string query = "")
        {
            var response = await client.GetAsync(new Uri("/v1/event/stream" + query, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(200, (int)response.StatusCode);
            var lines = new Lines(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
            Assert.Equal("{}", await lines.ReadAsync());
            return lines;
        }

        public async Task<string?> ReadAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            return await reader.ReadLineAsync(patience.Token);
        }

        /// <summary>The next of the topic; those before it are seen as well.</summary>
        public async Task<JsonElement> EventAsync(string topic)
        {
            while (true)
            {
                while (_unread.TryDequeue(out var e))
                {
                    Seen.Add(e);
                    if (Text(e, "Topic") == topic)
                    {
                        return e;
                    }
                }

                var line = await ReadAsync();
                Assert.NotNull(line);
                if (line != "{}")
                {
                    var batch = JsonDocument.Parse(line).RootElement;
                    Indexes.Add(batch.GetProperty("Index").GetInt64());
                    foreach (var e in batch.GetProperty("Events").EnumerateArray())
                    {
                        _unread.Enqueue(e);
                    }
                }
            }
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
