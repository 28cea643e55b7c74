using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>The names of a mount's keys.</summary>
internal static class ListKeys
{
    public static void Map(IRouteTable routes) =>
        routes.MapVault(VaultVerb.List, "/v1/{mount}/keys", Mounts.Engine.Transit, "transit:list", "List keys", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var names = new List<string>();
        await foreach (var row in KeyRing.Of(request).Rows.ReadAllAsync(RowRange.Prefix(KeyRows.KeyPrefix), ct))
        {
            names.Add(row.Row[KeyRows.KeyPrefix.Length..]);
        }

        return VaultResponse.Keys(names);
    }
}
