using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Saas.Registry.Events;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Events;

public sealed class EventTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _customer = null!;

    private HttpClient Client => _customer.Client;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Fire_WithPayloadAndFilters_IsAnsweredAndListed()
    {
        var fired = (await Client.TellAsync("/v1/event/fire/deploy?node=web-.*&service=web&tag=v1", "1609030")).Json;

        Assert.Equal("deploy", fired.GetProperty("Name").GetString());
        Assert.Equal("MTYwOTAzMA==", fired.GetProperty("Payload").GetString());
        Assert.Equal("web-.*", fired.GetProperty("NodeFilter").GetString());
        Assert.Equal("web", fired.GetProperty("ServiceFilter").GetString());
        Assert.Equal("v1", fired.GetProperty("TagFilter").GetString());
        Assert.Equal(1, fired.GetProperty("Version").GetInt32());
        Assert.Equal(0, fired.GetProperty("LTime").GetInt32());
        var listed = (await Client.AskAsync("/v1/event/list")).Json;
        Assert.Equal(fired.GetProperty("ID").GetString(), listed[0].GetProperty("ID").GetString());
        Assert.Equal(1, listed[0].GetProperty("LTime").GetInt32());
    }

    [Fact]
    public async Task Fire_WithoutBody_HasNoPayload() =>
        Assert.Equal(JsonValueKind.Null, (await Client.TellAsync("/v1/event/fire/deploy")).Json.GetProperty("Payload").ValueKind);

    [Theory]
    [InlineData("/v1/event/fire/", 400, "Missing name")]
    [InlineData("/v1/event/fire/deploy?tag=v1", 500, "Cannot provide tag filter without service filter")]
    [InlineData("/v1/event/fire/deploy?node=(", 500, "Invalid node filter: error parsing regexp: missing closing ): `(`")]
    [InlineData("/v1/event/fire/deploy?service=(", 500, "Invalid service filter: error parsing regexp: missing closing ): `(`")]
    public async Task Fire_Malformed_IsRefused(string path, int status, string text)
    {
        var reply = await Client.TellAsync(path);

        Assert.Equal((status, text), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Fire_TooLarge_IsRefused()
    {
        Assert.Equal(200, (await Client.TellAsync("/v1/event/fire/deploy", new string('x', 400))).Status);

        var reply = await Client.TellAsync("/v1/event/fire/deploy", new string('x', 500));

        Assert.Equal((500, "user event exceeds configured limit of 512 bytes before encoding"), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task List_ByName_WaitsForThatNameOnly()
    {
        await Client.TellAsync("/v1/event/fire/deploy");
        var index = (await Client.AskAsync("/v1/event/list?name=deploy")).Index;

        var waiting = Client.AskAsync($"/v1/event/list?name=deploy&index={index}&wait=60s");
        await Client.TellAsync("/v1/event/fire/other");
        Assert.Equal(index, (await Client.AskAsync("/v1/event/list?name=deploy")).Index);
        Assert.False(waiting.IsCompleted);
        await Client.TellAsync("/v1/event/fire/deploy");

        Assert.Equal(2, (await waiting).Json.GetArrayLength());
    }

    [Fact]
    public void The_last_256_are_kept_and_no_index_goes_back()
    {
        var state = EventState.Empty;
        string[] names = ["a", "b", "", "c"];
        var seen = names.ToDictionary(n => n, _ => (Index: 0UL, Ids: ""));
        for (var i = 1; i <= 600; i++)
        {
            List<string> touched = [];
            var name = i % 5 == 0 && i < 300 ? "a" : "b";
            state = state.With(new UserEvent { ID = $"{i}", Name = name }, (ulong)i, touched);
            foreach (var asked in names)
            {
                var ids = string.Join(',', state.Recent.Where(e => asked.Length == 0 || e.Name == asked).Select(e => e.ID));
                var index = state.IndexOf(asked);
                Assert.True(index >= seen[asked].Index, $"the index of {asked} went back at {i}");
                Assert.True(ids == seen[asked].Ids || (index > seen[asked].Index && touched.Contains(EventTopics.Of(asked))), $"{asked} changed unseen at {i}");
                seen[asked] = (index, ids);
            }
        }

        Assert.Equal(EventState.MaxEvents, state.Recent.Count);
        Assert.Equal("", seen["a"].Ids);
        Assert.Equal(600UL, state.Recent[^1].LTime);
        var back = EventState.FromSnapshot(state.ToSnapshot());
        Assert.All(names, n => Assert.Equal(state.IndexOf(n), back.IndexOf(n)));
    }

    [Fact]
    public async Task Another_instance_sees_what_was_fired()
    {
        await using var other = await RegistryHost.StartAsync(_host.Store);
        using var client = other.Client(_customer.Token);
        await Client.TellAsync("/v1/event/fire/deploy", "x");

        Assert.Equal(1, (await client.AskAsync("/v1/event/list")).Json.GetArrayLength());
    }

    [Fact]
    public async Task An_auditor_reads_and_fires_nothing()
    {
        using var auditor = _host.Client(await _host.KeyAsync(_customer, "auditor"));

        Assert.Equal(200, (await auditor.AskAsync("/v1/event/list")).Status);
        Assert.Equal((int)HttpStatusCode.Forbidden, (await auditor.TellAsync("/v1/event/fire/deploy")).Status);
    }
}
