using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Cluster;
using Saas.Encryption.Tests.Shared;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

public sealed class MeteringTests
{
    [Fact]
    public async Task CallsAreCountedByProject_AndRefusedOnesAreNot()
    {
        var store = new InMemoryTableStore();
        string project;
        await using (var host = await EncryptionHost.StartAsync(store))
        {
            var acme = await host.SignUpAsync();
            project = acme.ProjectId;
            (await acme.Client.PutAsync("a", "{}")).MustBeOk();
            (await acme.Client.PatchDataAsync("a", "{}")).MustBeOk();
            (await acme.Client.VersionsAsync("destroy", "a", 1)).MustBeEmpty();
            (await acme.Client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":4}"""))).MustBeEmpty();
            (await acme.Client.PutAsync("a", "{}", cas: 9)).Must(HttpStatusCode.BadRequest);
            (await acme.Client.ReadDataAsync("a")).MustBeOk();
            (await acme.Client.ReadDataAsync("none")).Must(HttpStatusCode.NotFound);
            (await acme.Client.ListAsync("secret/metadata")).MustBeOk();
            (await acme.Client.ReadDataAsync("a//b")).Must(HttpStatusCode.BadRequest);
        }

        var usage = await UsageAsync(store);
        Assert.Equal(4, usage.Where(u => u.Meter == Meters.KvWrite && u.ProjectId == project).Sum(u => u.Quantity));
        Assert.Equal(3, usage.Where(u => u.Meter == Meters.KvRead && u.ProjectId == project).Sum(u => u.Quantity));
        Assert.Equal(9, usage.Where(u => u.Meter == Meters.ApiCalls).Sum(u => u.Quantity));
    }

    /// <summary>What the host sent before it ended.</summary>
    private static async Task<IReadOnlyList<UsageItem>> UsageAsync(InMemoryTableStore store)
    {
        var queue = new StoreMessageQueue(store, new InProcessChangeSignal(TimeProvider.System), TimeProvider.System);
        var messages = await queue.ReceiveAsync(ClusterQueues.Usage, 100, TimeSpan.FromMinutes(1), TimeSpan.Zero, CancellationToken.None);
        return [.. messages.SelectMany(m => JsonSerializer.Deserialize(m.Body.Span, ClusterJson.Default.UsageMessage)!.Items)];
    }
}
