using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Whether encrypting with an unknown key makes it, for the whole mount.</summary>
internal static class ConfigureKeys
{
    private const string Path = "/v1/{mount}/config/keys";

    public static void Map(IRouteTable routes)
    {
        routes.MapVault(VaultVerb.Read, Path, Mounts.Engine.Transit, "transit:read", "Read the settings of all keys", ReadAsync);
        routes.MapVault(VaultVerb.Write, Path, Mounts.Engine.Transit, "transit:configure", "Set the settings of all keys", WriteAsync);
    }

    private static async ValueTask<VaultResponse> ReadAsync(VaultRequest request, CancellationToken ct) =>
        Answer(await request.Service<MountSettings>().FindAsync(request, ct));

    private static async ValueTask<VaultResponse> WriteAsync(VaultRequest request, CancellationToken ct)
    {
        var disable = request.Fields("disable_upsert").Bool("disable_upsert", false);
        return Answer(await request.Service<MountSettings>().ChangeAsync(KeyRing.Of(request), now => now with { DisableUpsert = disable }, ct));
    }

    private static VaultResponse Answer(TransitSettings settings)
    {
        var response = VaultResponse.Data();
        response.Json.WriteBoolean("disable_upsert", settings.DisableUpsert);
        return response;
    }
}
