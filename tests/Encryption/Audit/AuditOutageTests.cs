using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Hosting.Audit;
using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Audit;

/// <summary>The store does not take audit records for a while, under load.</summary>
public sealed class AuditOutageTests
{
    private const int Clients = 16;
    private const int CallsEach = 100;

    [Theory]
    [InlineData(Outage.Gone)]
    [InlineData(Outage.Slow)]
    [InlineData(Outage.WritesThenFails)]
    public async Task No_request_waits_for_the_log_and_every_one_is_in_it_once_afterwards(Outage outage)
    {
        var store = new AuditStore { Outage = outage };
        await using var host = await EncryptionHost.StartAsync(store);
        var acme = await host.SignUpAsync();
        (await acme.Client.WriteAsync("transit/keys/orders")).MustBeOk();
        var plaintexts = new ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var call = 0; call < CallsEach; call++)
            {
                var plaintext = Convert.ToBase64String(BitConverter.GetBytes((client * CallsEach) + call));
                (await acme.Client.WriteAsync("transit/encrypt/orders", new JsonObject { ["plaintext"] = plaintext })).Must(HttpStatusCode.OK);
                plaintexts.Add(plaintext);
            }
        })));
        store.Outage = Outage.None;

        IReadOnlyList<AuditRecord> records = [];
        await Poll.UntilAsync(
            async () => (records = await RecordsAsync(acme)).Count >= plaintexts.Count + 1, "every call in the log", () => records.Count);
        var recorded = records.Select(r => r.Entry.Event).Where(e => e.Action == "transit:encrypt").Select(e => e.Request.ToString()).ToList();
        Assert.Equal(plaintexts.Count, recorded.Count);
        Assert.Equal(plaintexts.Count, recorded.Distinct().Count());
        Assert.Null(AuditVerifier.Verify(records, await AuditLog.HeadAsync(acme.Scope, CancellationToken.None)));
    }

    private static async Task<IReadOnlyList<AuditRecord>> RecordsAsync(Customer customer)
    {
        var records = new List<AuditRecord>();
        for (long? from = 1; from is { } next;)
        {
            var page = await AuditLog.ReadAsync(customer.Scope, next, 1000, CancellationToken.None);
            records.AddRange(page.Records);
            from = page.Next;
        }

        return records;
    }

    public enum Outage
    {
        None,
        Gone,

        /// <summary>A second for every write.</summary>
        Slow,

        /// <summary>What it says it could not do is done.</summary>
        WritesThenFails,
    }

    private sealed class AuditStore : InMemoryTableStore
    {
        private volatile Outage _outage;

        public Outage Outage
        {
            get => _outage;
            set => _outage = value;
        }

        public override async ValueTask<BatchResult> WriteBatchAsync(
            string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
        {
            var outage = table == "audit" ? Outage : Outage.None;
            if (outage == Outage.Gone)
            {
                throw new StorageUnavailableException("gone");
            }

            if (outage == Outage.Slow)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }

            var result = await base.WriteBatchAsync(table, partition, writes, ct);
            return outage == Outage.WritesThenFails ? throw new StorageUnavailableException("written, but not answered") : result;
        }
    }
}
