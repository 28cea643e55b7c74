using System.Net;
using Saas.Encryption.Tests.Shared;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

/// <summary>Writers at the same time, in one instance of the app and in two over one store.</summary>
public sealed class ConcurrencyTests : IAsyncLifetime
{
    private readonly InMemoryTableStore _store = new();
    private readonly TempDirectory _folder = new();
    private EncryptionHost _one = null!;
    private EncryptionHost _two = null!;
    private HttpClient[] _clients = [];

    public async ValueTask InitializeAsync()
    {
        _one = await EncryptionHost.StartAsync(_store, folder: _folder);
        _two = await EncryptionHost.StartAsync(_store, folder: _folder);
        var customer = await _one.SignUpAsync();
        _clients = [customer.Client, _two.Client(customer.Token)];
        (await _clients[0].ReadAsync("secret/config")).MustBeOk();
        (await _clients[1].ReadAsync("secret/config")).MustBeOk();
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task OfWritersWithTheSameCasExactlyOneWins()
    {
        for (var version = 0; version < 20; version++)
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _clients[i % 2].PutAsync("a", $$"""{"writer":{{i}}}""", cas: version)));
            var won = Assert.Single(replies.Index(), reply => reply.Item.Status == HttpStatusCode.OK);
            Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => reply.MustFail(HttpStatusCode.BadRequest, "did not match"));
            Assert.Equal($$"""{"writer":{{won.Index}}}""", (await _clients[0].ReadDataAsync("a")).Data["data"].Json());
        }
    }

    [Fact]
    public async Task WritersWithoutCasAllGetAVersionOfTheirOwn()
    {
        await _clients[0].WriteAsync("secret/config", System.Text.Json.Nodes.JsonNode.Parse("""{"max_versions":100}"""));
        var replies = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i => (i, Reply: (await _clients[i % 2].PutAsync("a", $$"""{"n":{{i}}}""")).MustBeOk())));
        Assert.Equal(Enumerable.Range(1, 60), replies.Select(r => r.Reply.Version()).Order());
        foreach (var (i, reply) in replies)
        {
            Assert.Equal($$"""{"n":{{i}}}""", (await _clients[0].ReadDataAsync("a", reply.Version())).MustBeOk().Data["data"].Json());
        }
    }

    [Fact]
    public async Task PatchesOfDifferentMembersAllStay()
    {
        await _clients[0].PutAsync("a", "{}");
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async i => (await _clients[i % 2].PatchDataAsync("a", $$"""{"m{{i}}":1}""")).MustBeOk()));
        Assert.Equal(30, (await _clients[0].ReadDataAsync("a")).Data["data"]!.AsObject().Count);
    }

    [Fact]
    public async Task FoldersStayRightWhileSecretsInThemComeAndGo()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (writer, _) =>
        {
            var client = _clients[writer % 2];
            for (var i = 0; i < 25; i++)
            {
                (await client.PutAsync($"f/g/{writer}", "{}")).MustBeOk();
                (await client.RemoveAsync($"secret/metadata/f/g/{writer}")).MustBeEmpty();
            }

            if (writer < 2)
            {
                (await client.PutAsync($"f/g/{writer}", "{}")).MustBeOk();
            }
        });
        Assert.Equal(["f/"], await _clients[0].NamesAsync(""));
        Assert.Equal(["g/"], await _clients[0].NamesAsync("f"));
        Assert.Equal(["0", "1"], await _clients[0].NamesAsync("f/g"));
        await _clients[0].RemoveAsync("secret/metadata/f/g/0");
        await _clients[1].RemoveAsync("secret/metadata/f/g/1");
        Assert.Empty(_store.Rows().Where(row => row.Row != "config"));
    }

    [Fact]
    public async Task AReaderSeesAWholeVersionWhileVersionsArePruned()
    {
        await _clients[0].WriteAsync("secret/config", System.Text.Json.Nodes.JsonNode.Parse("""{"max_versions":1}"""));
        await _clients[0].PutAsync("a", """{"n":0}""");
        using var end = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            var reads = 0;
            while (!end.IsCancellationRequested)
            {
                (await _clients[1].ReadDataAsync("a")).MustBeOk();
                reads++;
            }

            return reads;
        });
        for (var i = 1; i <= 60; i++)
        {
            (await _clients[0].PutAsync("a", $$"""{"n":{{i}}}""")).MustBeOk();
        }

        await end.CancelAsync();
        Assert.True(await reading > 0);
        Assert.Equal(1, _store.ValueRows());
    }
}
