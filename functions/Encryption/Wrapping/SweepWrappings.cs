using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Wrapping;

/// <summary>
/// The timer that removes wrapped answers nobody opened. An expired one is refused whether it is still there or not, so
/// a run may come late or die anywhere.
/// </summary>
internal sealed class SweepWrappings(PlatformScope platform, TimeProvider time)
{
    public static void Map(ITriggerTable triggers) => triggers.Timer(
        nameof(SweepWrappings), "40 */5 * * * *", (services, ct) => services.GetRequiredService<SweepWrappings>().RunAsync(ct));

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var row in platform.ScanAsync(WrappingRows.Table, ct))
        {
            if (PartitionKeys.TryGetTenant(row.Partition, out var tenant)
                && TablePartition.Read(row, WrappingJson.Default.WrappedAnswer).Value.ExpiresAt <= time.GetUtcNow())
            {
                await platform.For(tenant).WrappingsOf().WriteAsync(TableWrite.Delete(row.Row, row.ETag), ct);
            }
        }
    }
}
