using System.Text;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Saas.Storage;
using Saas.Storage.AzureTables;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Tables;

/// <summary>The Azure adapter over a network that fails, with a real service behind it.</summary>
[Collection(nameof(AzuriteCollection))]
public sealed class AzureTableStoreFaultTests(AzuriteFixture fixture)
{
    private const string Partition = "ten_one";

    private readonly string _table = Unique.Table();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private AzureTableStore Over(FaultyNetwork network, TimeSpan? timeout = null)
    {
        var options = AzureTableStore.Options();
        options.Retry.Delay = TimeSpan.FromMilliseconds(5);
        options.Retry.MaxRetries = 3;
        options.Retry.NetworkTimeout = timeout ?? TimeSpan.FromSeconds(10);
        options.Transport = new HttpClientTransport(new HttpClient(network));
        return new AzureTableStore(new TableServiceClient(fixture.Azurite.ConnectionString, options));
    }

    /// <summary>Written past the faulty network; also makes the table.</summary>
    private async Task<string> WrittenAsync(string row, string value) =>
        (await fixture.Store.WriteAsync(_table, Partition, TableWrite.Upsert(row, Bytes(value)), Ct)).ETag!;

    private async Task<TableRow?> StoredAsync(string row) => await fixture.Store.GetAsync(_table, Partition, row, Ct);

    [Fact]
    public async Task AServerErrorIsRetried()
    {
        await WrittenAsync("other", "x");
        var network = new FaultyNetwork(Fault.ServerError, Fault.ServerBusy);
        var written = await Over(network).WriteAsync(_table, Partition, TableWrite.Insert("row", Bytes("1")), Ct);
        Assert.Equal((WriteOutcome.Done, 3), (written.Outcome, network.Requests));
        Assert.Equal(written.ETag, (await StoredAsync("row"))!.ETag);
    }

    [Fact]
    public async Task ARefusalAfterAServerErrorIsARefusal()
    {
        var stale = await WrittenAsync("row", "1");
        await WrittenAsync("row", "2");
        var network = new FaultyNetwork(Fault.ServerError);
        var written = await Over(network).WriteAsync(_table, Partition, TableWrite.Replace("row", Bytes("3"), stale), Ct);
        Assert.Equal(new WriteResult(WriteOutcome.ETagMismatch, null), written);
    }

    [Theory]
    [InlineData(TableWriteKind.Insert)]
    [InlineData(TableWriteKind.Replace)]
    [InlineData(TableWriteKind.Upsert)]
    public async Task AWriteWhoseAnswerWasLostIsReportedAsDone(TableWriteKind kind)
    {
        var etag = await WrittenAsync(kind == TableWriteKind.Insert ? "other" : "row", "before");
        var write = kind switch
        {
            TableWriteKind.Insert => TableWrite.Insert("row", Bytes("mine")),
            TableWriteKind.Replace => TableWrite.Replace("row", Bytes("mine"), etag),
            _ => TableWrite.Upsert("row", Bytes("mine")),
        };

        var written = await Over(new FaultyNetwork(Fault.AnswerLost)).WriteAsync(_table, Partition, write, Ct);

        var stored = await StoredAsync("row");
        Assert.Equal(new WriteResult(WriteOutcome.Done, stored!.ETag), written);
        Assert.True(stored.Value.Span.SequenceEqual("mine"u8));
    }

    [Fact]
    public async Task ABatchWhoseAnswerWasLostIsReportedAsDone()
    {
        var etag = await WrittenAsync("replaced", "before");
        await WrittenAsync("deleted", "before");
        TableWrite[] writes =
        [
            TableWrite.Delete("deleted"), TableWrite.Insert("inserted", Bytes("mine")),
            TableWrite.Replace("replaced", Bytes("mine"), etag),
        ];
        var written = await Over(new FaultyNetwork(Fault.AnswerLost)).WriteBatchAsync(_table, Partition, writes, Ct);
        Assert.Equal(WriteOutcome.Done, written.Outcome);
        Assert.Equal([null, (await StoredAsync("inserted"))!.ETag, (await StoredAsync("replaced"))!.ETag], written.ETags);
        Assert.Null(await StoredAsync("deleted"));
    }

    [Fact]
    public async Task ADeleteWhoseAnswerWasLostFindsNothing()
    {
        await WrittenAsync("row", "x");
        var deleted = await Over(new FaultyNetwork(Fault.AnswerLost)).WriteAsync(_table, Partition, TableWrite.Delete("row"), Ct);
        Assert.Equal(WriteOutcome.NotFound, deleted.Outcome);
    }

    [Fact]
    public async Task ARowThatAnotherChangedMeanwhileIsNotMistakenForOurs()
    {
        var etag = await WrittenAsync("row", "before");
        var network = new FaultyNetwork(Fault.AnswerLost) { Meanwhile = () => WrittenAsync("row", "theirs") };
        var written = await Over(network).WriteAsync(_table, Partition, TableWrite.Replace("row", Bytes("mine"), etag), Ct);
        Assert.Equal(WriteOutcome.ETagMismatch, written.Outcome);
    }

    [Theory]
    [InlineData(Fault.ServerError)]
    [InlineData(Fault.ServerBusy)]
    [InlineData(Fault.Silence)]
    public async Task AServiceThatStaysBadIsUnavailable(Fault fault)
    {
        var store = Over(new FaultyNetwork { Afterwards = fault }, TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.GetAsync(_table, Partition, "row", Ct).AsTask());
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.WriteAsync(_table, Partition, TableWrite.Upsert("row", default), Ct).AsTask());
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.WriteBatchAsync(_table, Partition, [TableWrite.Upsert("row", default)], Ct).AsTask());
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.ScanAsync(_table, 1, null, Ct).AsTask());
    }

    [Fact]
    public async Task ATimeOutIsRetried()
    {
        await WrittenAsync("row", "x");
        var store = Over(new FaultyNetwork(Fault.Silence), TimeSpan.FromSeconds(1));
        Assert.NotNull(await store.GetAsync(_table, Partition, "row", Ct));
    }

    [Fact]
    public async Task TheCallersOwnCancellationIsACancellation()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var network = new FaultyNetwork { Afterwards = Fault.Silence };
        var reading = Over(network).GetAsync(_table, Partition, "row", cancel.Token).AsTask();
        await Poll.UntilAsync(() => network.Requests > 0, "the request to be sent");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task AWrongKeyIsUnavailableAndNotTold()
    {
        var wrong = Convert.ToBase64String("not the key of the account"u8);
        var store = AzureTableStore.FromConnectionString(
            $"AccountName=devstoreaccount1;AccountKey={wrong};TableEndpoint={fixture.Azurite.Endpoint}");
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.GetAsync(_table, Partition, "row", Ct).AsTask());
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, refused.ToString(), StringComparison.Ordinal);
    }
}
