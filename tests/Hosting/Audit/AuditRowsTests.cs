using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Saas.Contracts;
using Saas.Hosting.Audit;
using Saas.Hosting.Audit.Spool;
using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

/// <summary>Logs whose rows hold many entries.</summary>
public sealed class AuditRowsTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions Formatted =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TenantScope _scope = new TenantScopes(new InMemoryTableStore()).For(TenantId.New(TimeProvider.System));

    [Fact]
    public async Task Ship_MoreThanARowHolds_RowsAreBoundedAndNamedByTheirLastEntry()
    {
        await ShipAsync(0, 2300, padding: 10);
        await ShipAsync(2300, 10, padding: 100_000);
        var last = 0L;
        foreach (var row in await RowsAsync())
        {
            var entries = AuditRows.EntriesOf(row.Value).ToList();
            Assert.InRange(entries.Count, 1, AuditRows.MaxRowEntries);
            Assert.InRange(row.Value.Length, 1, AuditRows.MaxRowBytes);
            last += entries.Count;
            Assert.Equal(AuditRows.RowOf(last), row.Row);
        }

        Assert.Equal(2310, last);
        Assert.Equal(last, (await AuditLog.HeadAsync(_scope, default)).Sequence);
    }

    [Fact]
    public async Task Entries_InARow_AreTheirCanonicalBytes()
    {
        await ShipAsync(0, 50, padding: 10);
        foreach (var bytes in (await RowsAsync()).SelectMany(row => AuditRows.EntriesOf(row.Value)))
        {
            var entry = JsonSerializer.Deserialize(bytes.Span, AuditJson.Default.AuditEntry)!;
            Assert.Equal(Encoding.UTF8.GetString(entry.Canonical()), Encoding.UTF8.GetString(bytes.Span));
        }
    }

    [Fact]
    public async Task Rows_OfManyEntries_ArePackedAndADamagedOneIsFound()
    {
        await ShipAsync(0, 500, padding: 200);
        var row = Assert.Single(await RowsAsync());
        Assert.InRange(row.Value.Length, 1, AuditRows.EntriesOf(row.Value).Sum(e => e.Length) / 3);
        var damaged = row.Value.ToArray();
        damaged[2] ^= 0x40;
        Assert.Throws<InvalidDataException>(() => AuditRows.EntriesOf(damaged).Count());
        Assert.Throws<InvalidDataException>(() => AuditRows.EntriesOf(row.Value[..^3]).Count());
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1, 1)]
    [InlineData(999, 3)]
    [InlineData(1000, 2)]
    [InlineData(1001, 1000)]
    [InlineData(1500, 700)]
    [InlineData(2299, 10)]
    [InlineData(2300, 1)]
    [InlineData(2301, 1)]
    public async Task Read_FromAnySequence_BeginsThereAndSaysWhereToGoOn(int from, int take)
    {
        await ShipAsync(0, 2300, padding: 1);
        var page = await AuditLog.ReadAsync(_scope, from, take, default);
        var count = Math.Max(0, Math.Min(take, 2300 - from + 1));
        Assert.Equal(Enumerable.Range(from, count).Select(i => (long)i), page.Records.Select(r => r.Entry.Sequence));
        Assert.Equal(from + count <= 2300 ? from + count : null, page.Next);
    }

    [Fact]
    public async Task Read_RowsOfOneEntryAndOfMany_AreOneLog()
    {
        var log = new AuditLog(TimeProvider.System);
        for (var i = 0; i < 30; i++)
        {
            await log.AppendAsync(_scope, SpoolBench.Happened($"single/{i}"));
        }

        await ShipAsync(0, 500, padding: 1);
        await log.AppendAsync(_scope, SpoolBench.Happened("single/last"));
        var records = (await AuditLog.ReadAsync(_scope, 1, 1000, default)).Records;
        Assert.Equal(531, records.Count);
        Assert.Null(AuditVerifier.Verify(records, await AuditLog.HeadAsync(_scope, default)));
    }

    [Fact]
    public async Task Ship_ALogWhoseHeadMovedOn_IsChainedAnew()
    {
        var (first, second) = (Chain(), Chain());
        var (ours, theirs) = (new SpoolProgress("spool_1", isNew: true), new SpoolProgress("spool_2", isNew: true));
        for (var i = 0; i < 5; i++)
        {
            await first.ShipAsync(Lines(i * 10, 10, 1), ours, (i + 1) * 10);
            await second.ShipAsync(Lines(i * 10, 10, 1), theirs, (i + 1) * 10);
        }

        var records = (await AuditLog.ReadAsync(_scope, 1, 1000, default)).Records;
        Assert.Equal(100, records.Count);
        Assert.Null(AuditVerifier.Verify(records, await AuditLog.HeadAsync(_scope, default)));
    }

    [Fact]
    public async Task Ship_ABundleThatIsInTheLog_AddsNothing()
    {
        await Chain().ShipAsync(Lines(0, 10, 1), new SpoolProgress("spool_1", isNew: true), 10);
        await Chain().ShipAsync(Lines(0, 10, 1), new SpoolProgress("spool_1", isNew: false), 10);

        // Even if it is thought to be new: as a write that came through after it was given up.
        await Chain().ShipAsync(Lines(0, 10, 1), new SpoolProgress("spool_1", isNew: true), 10);
        Assert.Equal(10, (await AuditLog.HeadAsync(_scope, default)).Sequence);
    }

    [Fact]
    public async Task Verify_AnExportWithRequestsAndResponsesFormattedAnew_IsWhole()
    {
        using var values = new AuditValues(new byte[32]);
        var happened = SpoolBench.Happened("ä<&'\"\u2028😀") with
        {
            Request = values.Of("""{ "plaintext": "x", "a<b": [1, true, null], "ä": {} }"""u8),
            Response = values.Of("""{"ciphertext":"vault:v1:abc","key_version":1}"""u8),
            Error = "1 of 2 items failed",
        };
        await new AuditLog(TimeProvider.System).AppendAsync(_scope, happened);
        var page = await AuditLog.ReadAsync(_scope, 1, 100, default);
        var json = JsonSerializer.Serialize(page, AuditJson.Default.AuditPage);
        var indented = JsonSerializer.Serialize(JsonDocument.Parse(json), Formatted);
        Assert.Contains("\n", indented, StringComparison.Ordinal);
        var read = JsonSerializer.Deserialize(indented, AuditJson.Default.AuditPage)!;
        Assert.Null(AuditVerifier.Verify(read.Records, await AuditLog.HeadAsync(_scope, default)));
        Assert.Equal(happened, read.Records[0].Entry.Event);
        using var document = JsonDocument.Parse(json);
        var request = document.RootElement.GetProperty("records")[0].GetProperty("entry").GetProperty("event").GetProperty("request");
        Assert.StartsWith("hmac-sha256:", request.GetProperty("plaintext").GetString(), StringComparison.Ordinal);
    }

    private static ReadOnlyMemory<byte> Lines(int from, int count, int padding)
    {
        using var lines = new MemoryStream();
        for (var i = from; i < from + count; i++)
        {
            var line = AuditLine.OfThread();
            line.Write(At.AddSeconds(i), SpoolBench.Happened($"0/{i}", padding));
            lines.Write(line.Written);
        }

        return lines.ToArray();
    }

    private AuditChain Chain() => new(AuditLog.Open(_scope), TimeProvider.System);

    private Task ShipAsync(int from, int count, int padding) =>
        Chain().ShipAsync(Lines(from, count, padding), new SpoolProgress("spool_" + from, isNew: true), from + count);

    private async Task<List<TableRow>> RowsAsync()
    {
        var rows = new List<TableRow>();
        await foreach (var row in AuditLog.Open(_scope).ReadAllAsync(new RowRange("0", null), default))
        {
            rows.Add(row);
        }

        return rows;
    }
}
