using System.Text.Json;
using Saas.Billing.Tests.Shared;
using Saas.Cluster;
using Saas.TestKit;

namespace Saas.Billing.Tests.Metering;

/// <summary>From the queue to the answer, as the app runs: the pump, the ledger, the route.</summary>
public sealed class UsageQueueTests
{
    [Fact]
    public async Task DoubledAndPoisonMessages_TheGoodIsCountedOnceAndThePoisonSetAsideWithTheReason()
    {
        await using var host = await BillingHost.StartAsync(TimeProvider.System, pumpQueues: true);
        var acme = await host.SignUpAsync("acme");
        var now = TimeProvider.System.GetUtcNow();
        var items = Enumerable.Range(0, 20)
            .Select(i => new UsageItem($"i{i}", Meters.Vcpu, acme.ProjectId, now, 1_000_000)).ToArray();

        await host.Queue.SendAsync(ClusterQueues.Usage, BillingHost.Message(acme, items), CancellationToken.None);
        await host.Queue.SendAsync(ClusterQueues.Usage, "broken"u8.ToArray(), CancellationToken.None);
        await host.Queue.SendAsync(ClusterQueues.Usage, BillingHost.Message(acme, items), CancellationToken.None);
        await host.Queue.SendAsync(
            ClusterQueues.Usage,
            BillingHost.Message(acme, items[0] with { Id = "last" }, items[0] with { Id = "bad", Quantity = -1 }),
            CancellationToken.None);

        JsonElement usage = default;
        await Poll.UntilAsync(
            async () =>
            {
                usage = await acme.GetAsync("/v1/usage");
                return usage.GetProperty("totals").GetProperty("vcpuSeconds").GetDecimal() == 21m
                    && (await host.Queue.PeekDeadLettersAsync(ClusterQueues.Usage, 10, CancellationToken.None)).Count == 2;
            },
            "21 vCPU-seconds and two dead letters",
            () => usage.ToString());

        var reasons = (await host.Queue.PeekDeadLettersAsync(ClusterQueues.Usage, 10, CancellationToken.None)).Select(d => d.Reason).ToList();
        Assert.Contains(reasons, r => r.Contains("JSON cannot be read", StringComparison.Ordinal));
        Assert.Contains(reasons, r => r.Contains("items[1] quantity", StringComparison.Ordinal));
    }
}
