using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Sys;

/// <summary>GET /v1/sys/auth: the auth methods there are. Tokens are the only one: our API keys.</summary>
internal static class AuthMethods
{
    public static void Map(IRouteTable routes) =>
        routes.MapSystem(VaultVerb.Read, "/v1/sys/auth", "mounts:read", _ => "mount", "The auth methods: token.", ReadAsync);

    private static ValueTask<VaultResponse> ReadAsync(VaultRequest request, CancellationToken ct)
    {
        var response = VaultResponse.Data(1024, VaultPart.DataAlsoOnTop);
        MountInfo.WriteTokenMethod(response.Json, request.Tenant.Tenant.Value);
        return ValueTask.FromResult(response);
    }
}
