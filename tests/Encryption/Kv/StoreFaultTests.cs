using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Encryption.Tests.Kv;

/// <summary>A store that fails, and a process that ends, between any two writes.</summary>
public sealed class StoreFaultTests : IAsyncLifetime
{
    private readonly FaultyStore _store = new();
    private EncryptionHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync(_store);
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AWriteThatFailedBeforeTheStoreWroteLeavesEverythingAsItWas()
    {
        (await _client.PutAsync("a", """{"n":1}""")).MustBeOk();
        var before = _store.Rows().Text();
        _store.OnWrite = _ => Fault.Before;
        (await _client.PutAsync("a", """{"n":2}""")).Must(HttpStatusCode.ServiceUnavailable);
        (await _client.PutAsync("new/secret", "{}")).Must(HttpStatusCode.ServiceUnavailable);
        (await _client.PatchDataAsync("a", """{"n":3}""")).Must(HttpStatusCode.ServiceUnavailable);
        (await _client.RemoveAsync("secret/data/a")).Must(HttpStatusCode.ServiceUnavailable);
        (await _client.VersionsAsync("destroy", "a", 1)).Must(HttpStatusCode.ServiceUnavailable);
        (await _client.RemoveAsync("secret/metadata/a")).Must(HttpStatusCode.ServiceUnavailable);
        (await _client.WriteAsync("secret/metadata/a", JsonNode.Parse("""{"max_versions":1}"""))).Must(HttpStatusCode.ServiceUnavailable);
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":1}"""))).Must(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(before, _store.Rows().Text());
        _store.OnWrite = _ => Fault.None;
        Assert.Equal("""{"n":1}""", (await _client.ReadDataAsync("a")).MustBeOk().Data["data"].Json());
    }

    [Fact]
    public async Task AWriteThatFailedAfterTheStoreWroteIsThereWhole()
    {
        _store.OnWrite = _ => Fault.After;
        (await _client.PutAsync("f/a", """{"n":1}""")).Must(HttpStatusCode.ServiceUnavailable);
        _store.OnWrite = _ => Fault.None;
        Assert.Equal("""{"n":1}""", (await _client.ReadDataAsync("f/a")).MustBeOk().Data["data"].Json());
        Assert.Equal(["a"], await _client.NamesAsync("f"));
    }

    [Fact]
    public async Task AWriteWhoseAnswerWasLostAndThatWasRepeatedIsDoneOnce()
    {
        _store.OnWrite = _ => Fault.Repeated;
        Assert.Equal(1, (await _client.PutAsync("a", """{"n":1}""", cas: 0)).MustBeOk().Version());
        Assert.Equal(2, (await _client.PutAsync("a", """{"n":2}""")).MustBeOk().Version());
        Assert.Equal(3, (await _client.PatchDataAsync("a", """{"m":2}""", cas: 2)).MustBeOk().Version());
        (await _client.VersionsAsync("destroy", "a", 1)).MustBeEmpty();
        (await _client.RemoveAsync("secret/metadata/a")).MustBeEmpty();
        _store.OnWrite = _ => Fault.None;
        Assert.Empty(_store.Rows());
    }

    [Fact]
    public async Task KilledBetweenAnyTwoWrites_ADestructionIsWholeForEveryVersionOrNotBegun()
    {
        await WriteManyAsync("a", 100);
        for (var survived = 0; ; survived++)
        {
            var left = survived;
            _store.OnWrite = _ => left-- > 0 ? Fault.None : Fault.Before;
            var reply = await _client.VersionsAsync("destroy", "a", [.. Enumerable.Range(1, 100)]);
            _store.OnWrite = _ => Fault.None;
            await RowsMatchRecordAsync("a");
            if (reply.Status == HttpStatusCode.NoContent)
            {
                break;
            }
        }

        Assert.Equal(0, _store.ValueRows());
    }

    [Fact]
    public async Task KilledBetweenAnyTwoWrites_ARemovalCanBeRepeated()
    {
        await WriteManyAsync("f/a", 100);
        for (var survived = 0; ; survived++)
        {
            var left = survived;
            _store.OnWrite = _ => left-- > 0 ? Fault.None : Fault.Before;
            var reply = await _client.RemoveAsync("secret/metadata/f/a");
            _store.OnWrite = _ => Fault.None;
            if (reply.Status == HttpStatusCode.NoContent)
            {
                break;
            }

            await RowsMatchRecordAsync("f/a");
            Assert.Equal(["a"], await _client.NamesAsync("f"));
        }

        Assert.Equal(["config"], _store.Rows().Select(row => row.Row));
    }

    [Fact]
    public async Task NoBatchIsLargerThanAStoreTakes()
    {
        var largest = 0;
        _store.OnWrite = writes =>
        {
            largest = Math.Max(largest, writes.Count);
            return Fault.None;
        };
        var deep = string.Join('/', Enumerable.Repeat("d", 64));
        await WriteManyAsync(deep, 100);
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":30}"""))).MustBeEmpty();
        (await _client.PutAsync(deep, "{}")).MustBeOk();
        (await _client.RemoveAsync("secret/metadata/" + deep)).MustBeEmpty();
        Assert.InRange(largest, 90, TableLimits.MaxBatchRows);
    }

    private async Task WriteManyAsync(string path, int versions)
    {
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":1000}"""))).MustBeEmpty();
        for (var i = 0; i < versions; i++)
        {
            (await _client.PutAsync(path, "{}")).MustBeOk();
        }
    }

    /// <summary>Every version that is said to have a value has one, and there is no other value.</summary>
    private async Task RowsMatchRecordAsync(string path)
    {
        var versions = (await _client.MetadataAsync(path)).MustBeOk().Data["versions"]!.AsObject();
        Assert.Equal(versions.Count(v => !v.Value!["destroyed"]!.GetValue<bool>()), _store.ValueRows());
    }
}
