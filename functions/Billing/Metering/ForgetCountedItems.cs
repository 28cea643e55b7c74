using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Modules;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Billing.Metering;

/// <summary>
/// Every hour: removes the item rows of hours for which no item is accepted any more. The sums stay. Can be killed
/// anywhere, and run twice at once: an hour is crossed off only when it has no item rows left.
/// </summary>
internal sealed partial class ForgetCountedItems(PlatformScope platform, TimeProvider time, ILogger<ForgetCountedItems> log)
{
    public static void Map(ITriggerTable triggers) => triggers.Timer(
        nameof(ForgetCountedItems),
        "0 17 * * * *",
        static (services, ct) => services.GetRequiredService<ForgetCountedItems>().RunAsync(ct));

    public async Task RunAsync(CancellationToken ct)
    {
        var lastToGo = UsageRows.HourOf(time.GetUtcNow()) - UsageRows.ItemsKept - TimeSpan.FromHours(1);
        await foreach (var row in platform.ScanAsync(UsageRows.HoursTable, ct))
        {
            var hour = UsageRows.ReadHourKey(row.Row);
            if (hour <= lastToGo && PartitionKeys.TryGetTenant(row.Partition, out var tenant))
            {
                var scope = platform.For(tenant);
                var removed = await RemoveItemsAsync(scope.UsageOf(hour), ct);
                await scope.UsageHoursOf().WriteAsync(TableWrite.Delete(row.Row), ct);
                Removed(log, removed, tenant.Value, row.Row);
            }
        }
    }

    private static async Task<int> RemoveItemsAsync(TablePartition partition, CancellationToken ct)
    {
        var removed = 0;
        var batch = new List<string>(TableLimits.MaxBatchRows);
        await foreach (var row in partition.ReadAllAsync(RowRange.Prefix(UsageRows.ItemPrefix), ct))
        {
            batch.Add(row.Row);
            if (batch.Count == TableLimits.MaxBatchRows)
            {
                await RemoveBatchAsync(partition, batch, ct);
                removed += batch.Count;
                batch.Clear();
            }
        }

        await RemoveBatchAsync(partition, batch, ct);
        return removed + batch.Count;
    }

    private static async Task RemoveBatchAsync(TablePartition partition, List<string> rows, CancellationToken ct)
    {
        if (rows.Count == 0 || (await partition.WriteBatchAsync([.. rows.Select(r => TableWrite.Delete(r))], ct)).IsDone)
        {
            return;
        }

        // Another run removed one of them first: what is left goes one by one, and finding nothing is fine.
        foreach (var row in rows)
        {
            await partition.WriteAsync(TableWrite.Delete(row), ct);
        }
    }

    [LoggerMessage(5004, LogLevel.Information, "Removed {Count} counted items of {Tenant} in hour {Hour}")]
    private static partial void Removed(ILogger log, int count, string tenant, string hour);
}
