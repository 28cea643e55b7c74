using Saas.Encryption.Kv.Rows;

namespace Saas.Encryption.Kv.Config;

internal static class MountConfig
{
    /// <summary>Read anew for every write: a mount that requires check-and-set does so from its answer on, on every instance.</summary>
    public static async ValueTask<KvConfig> ReadAsync(KvRows rows, CancellationToken ct) =>
        (await rows.GetAsync(KvRows.ConfigRow, KvJson.Default.KvConfig, ct))?.Value ?? KvConfig.Default;
}
