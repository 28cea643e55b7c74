using Saas.Cluster;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Config;

/// <summary>GET …/config: what holds for all secrets of a mount.</summary>
internal static class ReadConfig
{
    public static void Map(IRouteTable routes) =>
        routes.MapKv(VaultVerb.Read, "config", "kv:config", Meters.KvRead, "Reads the settings of a KV mount.", ReadAsync);

    private static async ValueTask<VaultResponse> ReadAsync(VaultRequest request, CancellationToken ct)
    {
        using var rows = await KvRows.OpenAsync(request, ct);
        var config = await MountConfig.ReadAsync(rows, ct);
        var response = VaultResponse.Data();
        response.Json.WriteBoolean("cas_required", config.CasRequired);
        response.Json.WriteString("delete_version_after", GoDuration.Text(config.DeleteAfter));
        response.Json.WriteNumber("max_versions", config.MaxVersions);
        return response;
    }
}
