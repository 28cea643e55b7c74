using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Billing.Metering;
using Saas.Billing.Rating;
using Saas.Billing.Usage;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Billing.Tests.Shared;

/// <summary>The app's parts over a store, without a host.</summary>
internal sealed class UsageBench
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 7, 20, 0, TimeSpan.Zero);

    private readonly ITableStore _store;
    private readonly TimeProvider _time;

    public UsageBench(ITableStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        Tenant = TenantId.New(time);
        ProjectA = EntityId.New("prj", time);
        ProjectB = EntityId.New("prj", time);
        Ledger = new UsageLedger(time, NullLogger<UsageLedger>.Instance);
        Ingest = new UsageIngest(new TenantScopes(store), Ledger, time, NullLogger<UsageIngest>.Instance);
        Forget = new ForgetCountedItems(new PlatformScope(store), time, NullLogger<ForgetCountedItems>.Instance);
    }

    public TenantId Tenant { get; }
    public string ProjectA { get; }
    public string ProjectB { get; }
    public UsageLedger Ledger { get; }
    public UsageIngest Ingest { get; }
    public ForgetCountedItems Forget { get; }
    public TenantScope Scope => new TenantScopes(_store).For(Tenant);

    /// <summary>Of every plan-book test: one nano unit for everything, so that quantities show through.</summary>
    public static PriceBook OneNanoEach { get; } = new(
        "EUR", MeterUnit.AllMeters.Select(m => new Price(m, DateTimeOffset.UnixEpoch, 1)));

    /// <summary>Item <paramref name="i"/> of a fixed sequence over three meters, two projects and none, and three hours.</summary>
    public UsageItem Item(int i) => new(
        $"item|{i}",
        MeterUnit.AllMeters[i % 3],
        (i % 5) switch { 0 => null, 1 or 2 => ProjectA, _ => ProjectB },
        Start.AddHours(-(i % 3)).AddSeconds(i % 600),
        (i * 37L) + 1);

    public UsageItem[] Items(int count) => [.. Enumerable.Range(0, count).Select(Item)];

    public ReadOnlyMemory<byte> Message(params UsageItem[] items) =>
        JsonSerializer.SerializeToUtf8Bytes(new UsageMessage(Tenant.Value, items), ClusterJson.Default.UsageMessage);

    public Task DeliverAsync(params UsageItem[] items) => Ingest.HandleAsync(Message(items), CancellationToken.None);

    /// <summary>Every sum there is, by hour, meter and project.</summary>
    public async Task<SortedDictionary<string, Int128>> SumsAsync()
    {
        var sums = new SortedDictionary<string, Int128>();
        await foreach (var row in new PlatformScope(_store).ScanAsync(UsageRows.UsageTable, CancellationToken.None))
        {
            if (row.Row.StartsWith(UsageRows.AggregatePrefix, StringComparison.Ordinal)
                && row.Partition.StartsWith(Tenant.Value, StringComparison.Ordinal))
            {
                sums[$"{row.Partition}|{row.Row}"] = TablePartition.Read(row, MeteringJson.Default.UsageAggregate).Value.Quantity;
            }
        }

        return sums;
    }

    /// <summary>What <see cref="SumsAsync"/> must give when each of these is counted once.</summary>
    public SortedDictionary<string, Int128> SumsOf(IEnumerable<UsageItem> items) => new(items
        .GroupBy(i => $"{Tenant}|{UsageRows.HourKey(i.At)}|{UsageRows.AggregateRow(i.Meter, i.ProjectId)}")
        .ToDictionary(g => g.Key, g => g.Aggregate(Int128.Zero, (sum, i) => sum + i.Quantity)));

    public async Task<int> ItemRowsAsync()
    {
        var count = 0;
        await foreach (var row in new PlatformScope(_store).ScanAsync(UsageRows.UsageTable, CancellationToken.None))
        {
            count += row.Row.StartsWith(UsageRows.ItemPrefix, StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }

    public Task<UsageResponse> ReadAsync(GetUsageRequest request) =>
        new GetUsageHandler(OneNanoEach, _time).HandleAsync(Scope, request, CancellationToken.None);
}
