using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// The size of Vault's cache of a mount's keys: taken and given back, so that clients which set it work. It changes
/// nothing, because our cache is bounded over all tenants.
/// </summary>
internal static class ConfigureCache
{
    private const string Path = "/v1/{mount}/cache-config";
    private const int MinSize = 10;

    public static void Map(IRouteTable routes)
    {
        routes.MapVault(VaultVerb.Read, Path, Mounts.Engine.Transit, "transit:read", "Read the size of the cache", ReadAsync);
        routes.MapVault(VaultVerb.Write, Path, Mounts.Engine.Transit, "transit:configure", "Set the size of the cache", WriteAsync);
    }

    private static async ValueTask<VaultResponse> ReadAsync(VaultRequest request, CancellationToken ct) =>
        Answer(await request.Service<MountSettings>().FindAsync(request, ct));

    private static async ValueTask<VaultResponse> WriteAsync(VaultRequest request, CancellationToken ct)
    {
        var size = request.Fields("size").Int("size", 0);
        return size is not 0 and < MinSize
            ? VaultResponse.BadRequest($"size must be 0 or a value greater or equal to {MinSize}")
            : Answer(await request.Service<MountSettings>().ChangeAsync(KeyRing.Of(request), now => now with { CacheSize = size }, ct));
    }

    private static VaultResponse Answer(TransitSettings settings)
    {
        var response = VaultResponse.Data();
        response.Json.WriteNumber("size", settings.CacheSize);
        return response;
    }
}
