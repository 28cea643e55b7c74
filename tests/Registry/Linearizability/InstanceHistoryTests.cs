using Saas.Registry.Tests.Shared;
using Saas.TestKit;

namespace Saas.Registry.Tests.Linearizability;

/// <summary>
/// Several instances over one store that fails in all the ways stores fail, stopped and started meanwhile: what their
/// clients heard is as if one had done it all, one call after the other.
/// </summary>
public sealed class InstanceHistoryTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Calls = 70;
    private const int Sessions = 12;

    [Theory]
    [InlineData(1, "default")]
    [InlineData(2, "consistent")]
    [InlineData(3, "default")]
    [InlineData(4, "consistent")]
    public async Task Histories_through_failing_instances_are_linearizable(int seed, string reads)
    {
        var store = new FaultyNetworkStore(new InMemoryTableStore(), seed);
        await using var cluster = await Cluster.StartAsync(store, 3);
        var workload = new Workload(cluster.Client, reads);
        await workload.PrepareAsync(cluster.Client(0)!, Sessions);
        store.IsOn = true;

        using var done = new CancellationTokenSource();
        var chaos = cluster.StopAndStartAsync(new Random(seed), done.Token);
        await workload.RunAsync(Clients, Calls, seed);
        await done.CancelAsync();
        await chaos;
        store.IsOn = false;

        var violation = workload.Violation();
        output.WriteLine($"Seed {seed}: {workload.Count.Known} calls, {workload.Count.Unknown} of unknown outcome, {cluster.Restarts} restarts.");
        Assert.True(violation is null, $"Seed {seed}: {violation}");
        Assert.True(workload.Count.Known > Clients * Calls / 2, $"Seed {seed}: only {workload.Count.Known} calls were answered");
    }

    [Fact]
    public async Task Reads_without_a_look_at_the_head_are_found_out()
    {
        var store = new FaultyNetworkStore(new InMemoryTableStore(), 5);
        await using var cluster = await Cluster.StartAsync(store, 2);
        for (var seed = 1; seed <= 5; seed++)
        {
            // What stale reads answer, taken for what default ones promise.
            var workload = new Workload(cluster.Client, "stale");
            await workload.PrepareAsync(cluster.Client(0)!, Sessions);
            await workload.RunAsync(Clients, 40, seed);
            if (workload.Violation() is not null)
            {
                return;
            }

            await cluster.Client(0)!.CallAsync("DELETE", "/v1/kv/?recurse");
        }

        Assert.Fail("Nothing was found wrong with stale reads through two instances.");
    }
}
