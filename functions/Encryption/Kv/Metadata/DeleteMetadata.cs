using Saas.Cluster;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Metadata;

/// <summary>DELETE …/metadata/{path}: a secret is gone for ever, with all its versions.</summary>
internal static class DeleteMetadata
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Delete, "metadata", "kv:metadata-delete", Meters.KvWrite, "Removes a secret and all its versions for ever.", DeleteAsync);

    private static async ValueTask<VaultResponse> DeleteAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        using var rows = await KvRows.OpenAsync(request, ct);
        await request.Service<SecretWriter>().RemoveAsync(rows, path, ct);
        return VaultResponse.NoContent();
    }
}
