using Saas.Billing.Tests.Shared;
using Saas.Hosting.Modules;
using Saas.Storage;
using Saas.TestKit;

namespace Saas.Billing.Tests.Metering;

public sealed class ForgetCountedItemsTests
{
    private readonly FakeTimeProvider _time = new(UsageBench.Start);

    [Fact]
    public async Task WhileItemsAreAccepted_TheirRowsStay()
    {
        var bench = new UsageBench(new InMemoryTableStore(), _time);
        var item = bench.Item(0);
        await bench.DeliverAsync(item);

        _time.Advance(item.At.AddDays(7) - _time.GetUtcNow());
        await bench.Forget.RunAsync(CancellationToken.None);
        await bench.DeliverAsync(item);

        Assert.Equal(bench.SumsOf([item]), await bench.SumsAsync());
    }

    [Fact]
    public async Task LongAfter_ItemRowsGoAndSumsStayAndRepeatsAreRefused()
    {
        var bench = new UsageBench(new InMemoryTableStore(), _time);
        var items = bench.Items(700);
        await bench.DeliverAsync(items);

        _time.Advance(TimeSpan.FromDays(8) + TimeSpan.FromHours(2));
        await bench.Forget.RunAsync(CancellationToken.None);

        Assert.Equal(0, await bench.ItemRowsAsync());
        await Assert.ThrowsAsync<PoisonMessageException>(() => bench.DeliverAsync(items));
        Assert.Equal(bench.SumsOf(items), await bench.SumsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledAtEveryStoreCallInTurn_TheNextRunRemovesTheRest(bool afterTheCall)
    {
        for (var k = 1; ; k++)
        {
            var store = new FailingTableStore();
            var time = new FakeTimeProvider(UsageBench.Start);
            var bench = new UsageBench(store, time);
            var items = bench.Items(250);
            await bench.DeliverAsync(items);
            time.Advance(TimeSpan.FromDays(9));

            store.FailAt(k, afterTheCall);
            var failed = await Record.ExceptionAsync(() => bench.Forget.RunAsync(CancellationToken.None));
            if (!store.HasFailed)
            {
                Assert.True(k > 5, $"Only {k} calls were made: the test has lost what it tests.");
                return;
            }

            Assert.IsType<StorageUnavailableException>(failed);
            await bench.Forget.RunAsync(CancellationToken.None);
            Assert.Equal(0, await bench.ItemRowsAsync());
            Assert.Equal(bench.SumsOf(items), await bench.SumsAsync());
        }
    }

    [Fact]
    public async Task TwoRunsAtOnce_BothEndAndNothingIsLeft()
    {
        using var folder = new TempDirectory();
        using var store = new Storage.Sqlite.SqliteTableStore(folder.File("usage.db"));
        var bench = new UsageBench(store, _time);
        await bench.DeliverAsync(bench.Items(900));
        _time.Advance(TimeSpan.FromDays(9));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => bench.Forget.RunAsync(CancellationToken.None))));

        Assert.Equal(0, await bench.ItemRowsAsync());
        Assert.Equal(bench.SumsOf(bench.Items(900)), await bench.SumsAsync());
    }
}
