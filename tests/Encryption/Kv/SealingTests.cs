using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Keys;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

/// <summary>The store holds nothing that can be read, and nothing that can be put elsewhere.</summary>
public sealed class SealingTests
{
    [Fact]
    public async Task NothingASecretConsistsOfIsInTheStore()
    {
        var store = new RecordingStore();
        await using (var host = await EncryptionHost.StartAsync(store))
        {
            var client = (await host.SignUpAsync()).Client;
            (await client.PutAsync("markedfolder/markedname", """{"markedkey":"markedvalue","markedobject":{"x":"markednested"}}""")).MustBeOk();
            (await client.PatchDataAsync("markedfolder/markedname", """{"markedpatch":"markedpatched"}""")).MustBeOk();
            (await client.WriteAsync("secret/metadata/markedfolder/markedname", JsonNode.Parse("""{"custom_metadata":{"markedcustom":"markedtext"},"max_versions":77}"""))).MustBeEmpty();
            (await client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":88}"""))).MustBeEmpty();
            (await client.ReadDataAsync("markedfolder/markedname")).MustBeOk();
            (await client.ListAsync("secret/metadata/markedfolder")).MustBeOk();
            (await client.RemoveAsync("secret/metadata/markedfolder/markedname")).MustBeEmpty();
        }

        // Whose call it was and on which path is told by the audit log, in Vault's as in ours; nothing else tells it.
        var written = store.Written.Where(w => w.Table != AuditTable).ToList();
        Assert.Contains(written, w => w.Table == KvStore.Table);
        Assert.DoesNotContain(written, w => IsMarked(w.Text));
        var audited = string.Concat(store.Written.Where(w => w.Table == AuditTable).Select(w => w.Text));
        foreach (var value in new[] { "markedvalue", "markednested", "markedpatched", "markedtext" })
        {
            Assert.DoesNotContain(value, audited, StringComparison.Ordinal);
        }
    }

    private const string AuditTable = "audit";

    /// <summary>As itself, and in base 64 wherever in it it begins.</summary>
    private static bool IsMarked(string text) =>
        text.Contains("marked", StringComparison.OrdinalIgnoreCase)
        || text.Contains("axVersions", StringComparison.Ordinal)
        || new[] { "bWFya2Vk", "1hcmtlZ", "tYXJrZW" }.Any(coded => text.Contains(coded, StringComparison.Ordinal));

    /// <summary>Keeps a copy of all that was ever written, of every table.</summary>
    private sealed class RecordingStore : InMemoryTableStore
    {
        private readonly ConcurrentQueue<(string Table, string Text)> _written = new();

        public IReadOnlyCollection<(string Table, string Text)> Written => _written;

        public override ValueTask<BatchResult> WriteBatchAsync(
            string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
        {
            foreach (var write in writes)
            {
                _written.Enqueue((table, $"{partition} {write.Row} {Encoding.Latin1.GetString(write.Value.Span)}"));
            }

            return base.WriteBatchAsync(table, partition, writes, ct);
        }
    }

    [Fact]
    public async Task NamesGiveOtherRowsInEveryMountAndForEveryTenant()
    {
        await using var host = await EncryptionHost.StartAsync();
        foreach (var tenant in new[] { "one", "two" })
        {
            var customer = await host.SignUpAsync(tenant);
            await host.AddProjectAsync(customer, "second");
            (await customer.Client.PutAsync("a", "{}")).MustBeOk();
            (await customer.Client.CallAsync("POST", "secret/data/a", JsonNode.Parse("""{"data":{}}"""), ("X-Vault-Namespace", "second"))).MustBeOk();
        }

        var rows = host.Store.Rows();
        Assert.Equal(12, rows.Count);
        Assert.Equal(12, rows.Select(row => row.Row).Distinct().Count());
    }

    [Fact]
    public async Task ARowPutInAnothersPlaceIsNotOpened()
    {
        await using var host = await EncryptionHost.StartAsync();
        var client = (await host.SignUpAsync()).Client;
        (await client.PutAsync("a", """{"n":1}""")).MustBeOk();
        (await client.PutAsync("a", """{"n":2}""")).MustBeOk();
        var values = host.Store.Rows().Where(row => row.Row[0] == 'v').ToList();
        var first = values[0];
        await host.Store.WriteAsync(
            KvStore.Table, first.Partition, TableWrite.Upsert(values[1].Row, first.Value), CancellationToken.None);
        (await client.ReadDataAsync("a", 1)).MustBeOk();
        var broken = (await client.ReadDataAsync("a", 2)).Must(HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("\"n\"", broken.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithItsRootKeyDestroyedATenantsSecretsAreGoneAndAnothersAreNot()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var other = await host.SignUpAsync("other");
        (await acme.Client.PutAsync("a", """{"n":1}""")).MustBeOk();
        (await other.Client.PutAsync("a", """{"n":2}""")).MustBeOk();

        await host.Service<TenantKeys>().DestroyAsync(acme.Scope, CancellationToken.None);
        const string Destroyed = "keys of this tenant were destroyed";
        (await acme.Client.ReadDataAsync("a")).MustFail(HttpStatusCode.Forbidden, Destroyed);
        (await acme.Client.PutAsync("b", "{}")).MustFail(HttpStatusCode.Forbidden, Destroyed);
        (await acme.Client.ListAsync("secret/metadata")).MustFail(HttpStatusCode.Forbidden, Destroyed);
        (await acme.Client.MetadataAsync("a")).MustFail(HttpStatusCode.Forbidden, Destroyed);
        (await other.Client.ReadDataAsync("a")).MustBeOk();
    }
}
