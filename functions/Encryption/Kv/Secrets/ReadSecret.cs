using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>GET …/data/{path}: a secret's value, of the last version or of <c>?version=</c>.</summary>
internal static class ReadSecret
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Read, "data", "kv:read", Meters.KvRead, "Reads a version of a secret.", ReadAsync);

    private static async ValueTask<VaultResponse> ReadAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        using var found = await VersionRead.FindAsync(request, path, ct);
        if (found is null)
        {
            return VaultResponse.NotFound();
        }

        var response = VaultResponse.Data((found.Value?.Length ?? 0) + 512);
        if (found.Value is { } value)
        {
            response.Json.WritePropertyName("data");
            response.Json.WriteRawValue(value.Span, skipInputValidation: true);
        }
        else
        {
            response.Status = StatusCodes.Status404NotFound;
            response.Json.WriteNull("data");
        }

        VersionAnswer.WriteMetadata(response.Json, found.Secret, found.Version);
        return response;
    }
}
