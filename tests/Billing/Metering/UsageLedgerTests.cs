using Saas.Billing.Tests.Shared;
using Saas.Storage;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Billing.Tests.Metering;

/// <summary>However items come, each is counted once: neither never nor twice.</summary>
public sealed class UsageLedgerTests
{
    private readonly FakeTimeProvider _time = new(UsageBench.Start);

    [Fact]
    public async Task MoreItemsThanABatchHolds_AllCounted()
    {
        var bench = new UsageBench(new InMemoryTableStore(), _time);
        var items = bench.Items(1000);

        var result = await bench.Ledger.CountAsync(bench.Scope, items, CancellationToken.None);

        Assert.Equal((1000, 0), (result.Counted, result.Repeated));
        Assert.Equal(bench.SumsOf(items), await bench.SumsAsync());
    }

    [Fact]
    public async Task DoubledReorderedAndOverlappingDeliveries_EachItemCountedOnce()
    {
        var bench = new UsageBench(new InMemoryTableStore(), _time);
        var items = bench.Items(500);
        var random = new Random(20261121);
        for (var delivery = 0; delivery < 40; delivery++)
        {
            var some = Enumerable.Range(0, random.Next(1, 200)).Select(_ => items[random.Next(items.Length)]).ToArray();
            await bench.DeliverAsync(some);
        }

        await bench.DeliverAsync(items);
        await bench.DeliverAsync([.. items.Reverse()]);

        Assert.Equal(bench.SumsOf(items), await bench.SumsAsync());
        Assert.Equal(items.Length, await bench.ItemRowsAsync());
    }

    [Fact]
    public async Task OneItemTwiceInAMessage_CountedOnce()
    {
        var bench = new UsageBench(new InMemoryTableStore(), _time);

        var result = await bench.Ledger.CountAsync(
            bench.Scope, [bench.Item(1), bench.Item(1)], CancellationToken.None);

        Assert.Equal((1, 1), (result.Counted, result.Repeated));
    }

    [Fact]
    public async Task AnIdThatComesAgainForOtherUsage_FirstOneStays()
    {
        var bench = new UsageBench(new InMemoryTableStore(), _time);
        await bench.DeliverAsync(bench.Item(1));

        await bench.DeliverAsync(bench.Item(1) with { Quantity = 999_999 });

        Assert.Equal(bench.SumsOf([bench.Item(1)]), await bench.SumsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledAtEveryStoreCallInTurn_RedeliveryCompletesExactly(bool afterTheCall)
    {
        // The first delivery was counted in part; the second is killed at its k-th call, for every k, then comes again.
        for (var k = 1; ; k++)
        {
            var store = new FailingTableStore();
            var bench = new UsageBench(store, _time);
            var items = bench.Items(120);
            await bench.DeliverAsync([.. items.Where((_, i) => i % 4 == 0)]);

            store.FailAt(k, afterTheCall);
            var failed = await Record.ExceptionAsync(() => bench.DeliverAsync(items));
            if (!store.HasFailed)
            {
                Assert.True(k > 20, $"Only {k} calls were made: the test has lost what it tests.");
                return;
            }

            Assert.IsType<StorageUnavailableException>(failed);
            await bench.DeliverAsync(items);
            Assert.Equal(bench.SumsOf(items), await bench.SumsAsync());
        }
    }

    [Fact]
    public async Task ManyWritersOfOverlappingItemsOnSqlite_EachItemCountedOnce()
    {
        using var folder = new TempDirectory();
        using var store = new SqliteTableStore(folder.File("usage.db"));

        // Real time: the writers pause between tries.
        var bench = new UsageBench(store, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var items = bench.Items(300).Select(i => i with { At = now }).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            foreach (var part in items.Skip(writer * 20).Concat(items.Take(writer * 20)).Chunk(30 + writer))
            {
                await DeliverUntilTakenAsync(bench, part);
            }
        })));

        Assert.Equal(bench.SumsOf(items), await bench.SumsAsync());
        Assert.Equal(items.Length, await bench.ItemRowsAsync());
    }

    /// <summary>As the queue does, which gives a message ten tries.</summary>
    private static async Task DeliverUntilTakenAsync(UsageBench bench, Cluster.UsageItem[] items)
    {
        for (var delivery = 1; ; delivery++)
        {
            try
            {
                await bench.DeliverAsync(items);
                return;
            }
            catch (Billing.Metering.UsageContentionException) when (delivery < 10)
            {
                await Task.Yield();
            }
        }
    }
}
