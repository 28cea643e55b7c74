using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Cluster;
using Saas.Encryption.Tests.Shared;
using Saas.Identity.Access;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.TestKit;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

/// <summary>What the operations cost, and who may do them.</summary>
public sealed class OperationMeteringTests
{
    [Fact]
    public async Task Items_that_were_carried_out_are_metered_by_key_type()
    {
        var store = new InMemoryTableStore();
        string project;
        await using (var host = await EncryptionHost.StartAsync(store))
        {
            var acme = await host.SignUpAsync();
            project = acme.ProjectId;
            (await acme.Client.WriteAsync("transit/encrypt/k", Batch(
                new JsonObject { ["plaintext"] = "" }, new JsonObject { ["plaintext"] = "?" }, new JsonObject { ["plaintext"] = "" })))
                .Must(HttpStatusCode.BadRequest);
            (await acme.Client.WriteAsync("transit/hmac/k", new JsonObject { ["input"] = "" })).MustBeOk();
            (await acme.Client.WriteAsync("transit/decrypt/k", new JsonObject { ["ciphertext"] = "?" })).Must(HttpStatusCode.BadRequest);
            (await acme.Client.WriteAsync("transit/random", new JsonObject())).MustBeOk();
            (await acme.Client.WriteAsync("transit/hash", Batch(new JsonObject { ["input"] = "" }, new JsonObject { ["input"] = "" }))).MustBeOk();
            (await acme.Client.WriteAsync("transit/datakeys/wrapped/k", new JsonObject { ["count"] = 7 })).MustBeOk();
        }

        var queue = new StoreMessageQueue(store, new InProcessChangeSignal(TimeProvider.System), TimeProvider.System);
        var messages = await queue.ReceiveAsync(ClusterQueues.Usage, 100, TimeSpan.FromMinutes(1), TimeSpan.Zero, CancellationToken.None);
        var usage = messages.SelectMany(m => JsonSerializer.Deserialize(m.Body.Span, ClusterJson.Default.UsageMessage)!.Items)
            .Where(u => u.ProjectId == project).ToLookup(u => u.Meter, u => u.Quantity);
        Assert.Equal(2 + 1 + 7, usage[Meters.Transit("aes256-gcm96")].Sum());
        Assert.Equal(1, usage[Meters.TransitRandom].Sum());
        Assert.Equal(2, usage[Meters.TransitHash].Sum());
    }

    [Fact]
    public async Task Who_may_not_is_refused_and_whoever_only_reads_makes_no_key()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        using var auditor = host.Client(await host.KeyAsync(acme, BuiltInPolicies.Auditor));

        (await auditor.WriteAsync("transit/encrypt/k", new JsonObject { ["plaintext"] = "" })).MustFail(HttpStatusCode.Forbidden, "permission denied");
        (await host.Client("nonsense").WriteAsync("transit/encrypt/k", new JsonObject { ["plaintext"] = "" })).Must(HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.NotFound, (await acme.Client.ReadAsync("transit/keys/k")).Status);
    }
}
