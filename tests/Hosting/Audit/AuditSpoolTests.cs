using Saas.Contracts;
using Saas.Hosting.Audit;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

public sealed class AuditSpoolTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly ScriptedStore _store = new();
    private readonly TenantId _tenant = TenantId.New(TimeProvider.System);
    private readonly TenantId _other = TenantId.New(TimeProvider.System);

    private string Root => _folder.File("spool");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Append_AHealthyStore_IsInTheLogWithinASecondAndTheFilesGoAtTheEnd()
    {
        await using var bench = new SpoolBench(Root, _store);
        await bench.StartAsync();
        var began = TimeProvider.System.GetTimestamp();
        bench.Append(_tenant, "a");
        await bench.ShippedAsync(_tenant, 1);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        bench.Append(_tenant, "b");
        bench.Append(_other, "c");
        await bench.StopAsync();
        Assert.Equal(["a", "b"], await bench.ResourcesAsync(_tenant));
        Assert.Equal(["c"], await bench.ResourcesAsync(_other));
        await bench.VerifyAsync(_tenant);
        Assert.Equal((0, 0), (await bench.ProgressRowsAsync(_tenant), await bench.ProgressRowsAsync(_other)));
        Assert.Equal(0, bench.Spool.State.Bytes);
        await bench.DisposeAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public async Task Append_AfterTheLastWasShippedAtTheEnd_IsRefused()
    {
        await using var bench = new SpoolBench(Root, _store);
        await bench.StartAsync();
        bench.Append(_tenant, "a");
        await bench.ShippedAsync(_tenant, 1);
        await bench.StopAsync();
        Assert.Throws<AuditSpoolFullException>(() => bench.Append(_tenant, "late"));
    }

    [Theory]
    [InlineData(StoreFault.Slow)]
    [InlineData(StoreFault.Gone)]
    [InlineData(StoreFault.WritesAndThrows)]
    [InlineData(StoreFault.Refuses)]
    public async Task Append_TheStoreFailsUnderLoad_NothingWaitsAndNothingIsLostOrDoubledOrOutOfOrder(StoreFault fault)
    {
        const int Writers = 8;
        const int Each = 500;
        await using var bench = new SpoolBench(Root, _store);
        await bench.StartAsync();
        _store.Fault = _ => Random.Shared.Next(3) == 0 ? StoreFault.None : fault;
        var slowest = TimeSpan.Zero;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                var began = TimeProvider.System.GetTimestamp();
                bench.Append(writer % 2 == 0 ? _tenant : _other, $"{writer}/{i}", 200);
                var took = TimeProvider.System.GetElapsedTime(began);
                slowest = took > slowest ? took : slowest;
            }
        })));
        _store.Fault = _ => StoreFault.None;
        await Task.WhenAll(bench.ShippedAsync(_tenant, Writers * Each / 2), bench.ShippedAsync(_other, Writers * Each / 2));

        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await bench.AssertEachOnceInOrderAsync(_tenant, [0, 2, 4, 6], Each);
        await bench.AssertEachOnceInOrderAsync(_other, [1, 3, 5, 7], Each);
    }

    [Fact]
    public async Task Append_TheStoreIsGoneForAnHour_AllIsThereAfterwardsAndTheAlarmWasRaised()
    {
        var time = new FakeTimeProvider();
        await using var bench = new SpoolBench(Root, _store, time);
        _store.Fault = _ => StoreFault.Gone;
        await bench.StartAsync();
        for (var minute = 0; minute < 60; minute++)
        {
            for (var i = 0; i < 20; i++)
            {
                bench.Append(_tenant, $"0/{(minute * 20) + i}");
            }

            time.Advance(TimeSpan.FromMinutes(1));
            if (minute == 5)
            {
                await Poll.UntilAsync(
                    () =>
                    {
                        time.Advance(TimeSpan.FromMilliseconds(100));
                        return bench.Log.Text.Contains("Critical", StringComparison.Ordinal);
                    },
                    "the alarm",
                    () => bench.Spool.State);
            }
        }

        Assert.True(bench.Spool.State.IsDegraded);
        Assert.Equal(1, bench.Spool.State.FailingTenants);
        Assert.InRange(bench.Spool.State.OldestAge, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        _store.Fault = _ => StoreFault.None;
        await Poll.UntilAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(15));
                return await bench.CountAsync(_tenant) == 1200;
            },
            "all records",
            () => bench.Spool.State);
        await bench.AssertEachOnceInOrderAsync(_tenant, [0], 1200);
        await Poll.UntilAsync(() => !bench.Spool.State.IsDegraded, "the state to be well", () => bench.Spool.State);
    }

    [Fact]
    public async Task Append_OneTenantsPartitionFails_TheOthersAreShippedAndItCatchesUpFromTheFiles()
    {
        const int Count = 6000;
        await using var bench = new SpoolBench(Root, _store, configure: o => o with { MaxBytes = 64 * 1024 * 1024 });
        await bench.StartAsync();
        _store.Fault = partition => partition == _tenant.Value ? StoreFault.Gone : StoreFault.None;
        for (var i = 0; i < Count; i++)
        {
            // Far more than a lane holds.
            bench.Append(_tenant, $"0/{i}", 1000);
            bench.Append(_other, $"0/{i}", i % 100);
        }

        await bench.ShippedAsync(_other, Count);
        Assert.Empty(await bench.ReadAsync(_tenant));
        _store.Fault = _ => StoreFault.None;
        await bench.ShippedAsync(_tenant, Count);
        await bench.AssertEachOnceInOrderAsync(_tenant, [0], Count);
        await bench.AssertEachOnceInOrderAsync(_other, [0], Count);
    }

    [Fact]
    public async Task Append_OneTenantsPartitionDoesNotAnswer_TheOthersAreShippedPastIt()
    {
        const int Count = 3000;
        await using var bench = new SpoolBench(Root, _store, configure: o => o with { MaxBytes = 64 * 1024 * 1024 });
        await bench.StartAsync();
        _store.Fault = partition => partition == _tenant.Value ? StoreFault.Hangs : StoreFault.None;
        for (var i = 0; i < Count; i++)
        {
            bench.Append(_tenant, $"0/{i}", 1000);
            bench.Append(_other, $"0/{i}");
        }

        await bench.ShippedAsync(_other, Count);
        Assert.Empty(await bench.ReadAsync(_tenant));
        _store.Fault = _ => StoreFault.None;
        _store.Released.SetResult();
        await bench.ShippedAsync(_tenant, Count);
        await bench.AssertEachOnceInOrderAsync(_tenant, [0], Count);
        await bench.AssertEachOnceInOrderAsync(_other, [0], Count);
    }

    [Fact]
    public async Task Append_AtTheBound_IsRefusedUntilThereIsRoomAndNothingAcceptedIsLost()
    {
        await using var bench = new SpoolBench(Root, _store, configure: o => o with { MaxBytes = AuditSpoolOptions.LeastBytes });
        _store.Fault = _ => StoreFault.Gone;
        await bench.StartAsync();
        var accepted = 0;
        Assert.Throws<AuditSpoolFullException>(Fill);

        void Fill()
        {
            for (; accepted < int.MaxValue; accepted++)
            {
                bench.Append(_tenant, $"0/{accepted}", 10_000);
            }
        }

        Assert.InRange(bench.Spool.State.Bytes, AuditSpoolOptions.LeastBytes - 20_000, AuditSpoolOptions.LeastBytes);
        Assert.InRange(Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), 0, AuditSpoolOptions.LeastBytes);
        Assert.True(bench.Spool.State.IsDegraded);
        await Poll.UntilAsync(() => bench.Log.Text.Contains("Critical", StringComparison.Ordinal), "the alarm");

        _store.Fault = _ => StoreFault.None;
        await bench.ShippedAsync(_tenant, accepted);
        await Poll.UntilAsync(() => bench.Spool.State.Bytes < AuditSpoolOptions.LeastBytes / 2, "room", () => bench.Spool.State);
        bench.Append(_tenant, $"0/{accepted}");
        await bench.ShippedAsync(_tenant, accepted + 1);
        await bench.AssertEachOnceInOrderAsync(_tenant, [0], accepted + 1);
    }

    [Fact]
    public async Task Append_TheDiskHasTooLittleRoom_IsRefused()
    {
        await using var bench = new SpoolBench(Root, _store, configure: o => o with { MinFreeBytes = long.MaxValue });
        Assert.Throws<AuditSpoolFullException>(() => bench.Append(_tenant, "a"));
        Assert.True(bench.Spool.State.IsDegraded);
    }

    [Fact]
    public async Task Append_ALargerRecordThanAnyMayBe_IsRefusedAndTheLargestIsKept()
    {
        await using var bench = new SpoolBench(Root, _store);
        await bench.StartAsync();
        Assert.Throws<ArgumentException>(() => bench.Append(_tenant, "a", AuditSpool.MaxLineBytes));
        bench.Append(_tenant, "b", AuditSpool.MaxLineBytes - 500);
        bench.Append(_tenant, "c", AuditSpool.MaxLineBytes - 500);
        bench.Append(_tenant, "d");
        await bench.ShippedAsync(_tenant, 3);
        Assert.Equal(["b", "c", "d"], await bench.ResourcesAsync(_tenant));
    }

    [Fact]
    public void Append_AllocatesNothingButTheEvent()
    {
        using var spool = new AuditSpool(new AuditSpoolOptions { Folder = Root }, TimeProvider.System);
        var happened = SpoolBench.Happened("a");
        Append(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Append(1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);

        void Append(int times)
        {
            for (var i = 0; i < times; i++)
            {
                spool.Append(_tenant, happened);
            }
        }
    }

    [Fact]
    public void Folder_OpenToOthers_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        Assert.Throws<InvalidOperationException>(() => new AuditSpool(new AuditSpoolOptions { Folder = Root }, TimeProvider.System));
    }
}
