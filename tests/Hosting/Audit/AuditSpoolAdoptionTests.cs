using System.Text;
using Saas.Contracts;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

/// <summary>Several processes, one after the other and at once, and what is left on the disk and in the store.</summary>
public sealed class AuditSpoolAdoptionTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly ScriptedStore _store = new();
    private readonly TenantId _tenant = TenantId.New(TimeProvider.System);

    private string Root => _folder.File("spool");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stop_TheStoreIsGone_EndsInTimeAndTheNextProcessShipsWhatIsLeft()
    {
        await using (var first = new SpoolBench(Root, _store, configure: o => o with { StopPatience = TimeSpan.FromSeconds(1) }))
        {
            _store.Fault = _ => StoreFault.Gone;
            await first.StartAsync();
            first.Append(_tenant, "0/0");
            first.Append(_tenant, "0/1");
            await Poll.UntilAsync(() => first.Spool.State.FailingTenants == 1, "a failure");
            await first.StopAsync();
            Assert.Contains("Warning", first.Log.Text, StringComparison.Ordinal);
        }

        _store.Fault = _ => StoreFault.None;
        await using var next = new SpoolBench(Root, _store);
        await next.StartAsync();
        await next.ShippedAsync(_tenant, 2);
        await next.StopAsync();
        await next.AssertEachOnceInOrderAsync(_tenant, [0], 2);
        Assert.Equal(0, await next.ProgressRowsAsync(_tenant));
        await next.DisposeAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public async Task Start_ATornLastLineAndALostPage_WhatWasAcknowledgedIsShipped()
    {
        await using (var first = new SpoolBench(Root, _store))
        {
            first.Append(_tenant, "0/0");
            first.Append(_tenant, "0/1");
        }

        var file = Assert.Single(Directory.EnumerateFiles(Root, "*.log", SearchOption.AllDirectories));
        await using (var torn = new FileStream(file, FileMode.Append))
        {
            torn.Write(new byte[100]);
            torn.Write("\n"u8);
            torn.Write(Encoding.ASCII.GetBytes($"{_tenant.Value} {{\"at\":\"2026-01"));
        }

        await using var next = new SpoolBench(Root, _store);
        await next.StartAsync();
        await next.ShippedAsync(_tenant, 2);
        await Poll.UntilAsync(() => Directory.GetDirectories(Root).Length == 1, "the adopted spool to go");
        await next.AssertEachOnceInOrderAsync(_tenant, [0], 2);
        Assert.Contains("Critical", next.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoProcessesThatShipForOneTenantAtOnce_MakeOneChainWithEachRecordOnce()
    {
        const int Each = 2000;
        await using var first = new SpoolBench(Root, _store);
        await using var second = new SpoolBench(Root, _store);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        await Task.WhenAll(new[] { first, second }.Select((bench, writer) => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                bench.Append(_tenant, $"{writer}/{i}");
                if (i % 200 == 0)
                {
                    await bench.Audit.AppendAsync(bench.Tenants.For(_tenant), SpoolBench.Happened($"{writer + 2}/{i / 200}"));
                }
            }
        })));
        await first.ShippedAsync(_tenant, (2 * Each) + 20);
        await first.VerifyAsync(_tenant);
        var resources = await first.ResourcesAsync(_tenant);
        foreach (var (writer, count) in new[] { (0, Each), (1, Each), (2, 10), (3, 10) })
        {
            Assert.Equal(Enumerable.Range(0, count).Select(i => $"{writer}/{i}"), resources.Where(r => r.StartsWith($"{writer}/", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task ManyTenantsAndSegments_ProgressRowsAndFilesDoNotPileUp()
    {
        var tenants = Enumerable.Range(0, 50).Select(_ => TenantId.New(TimeProvider.System)).ToArray();
        await using var bench = new SpoolBench(Root, _store, configure: o => o with { MaxBytes = 16 * 1024 * 1024 });
        await bench.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            bench.Append(tenants[i], "0/0");
        }

        for (var i = 0; i < 5000; i++)
        {
            bench.Append(tenants[20 + (i % 30)], $"0/{i / 30}", 1500);
        }

        await Task.WhenAll(tenants.Select((t, i) => bench.ShippedAsync(t, i < 20 ? 1 : 166)));
        await Poll.UntilAsync(() => bench.Spool.State.Bytes <= 4 * 1024 * 1024, "segments to go", () => bench.Spool.State);
        await Poll.UntilAsync(async () => await bench.ProgressRowsAsync(tenants[0]) == 0, "the idle tenant's row to go");
        foreach (var tenant in tenants)
        {
            await bench.VerifyAsync(tenant);
        }

        await bench.StopAsync();
        Assert.Equal(0, (await Task.WhenAll(tenants.Select(bench.ProgressRowsAsync))).Sum());
    }
}
