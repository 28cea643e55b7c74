using Saas.Cluster;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Versions;

/// <summary>POST or PUT …/destroy/{path}: the values of versions are gone for ever, and their numbers stay.</summary>
internal static class DestroyVersions
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Write, "destroy", "kv:destroy", Meters.KvWrite, "Removes the values of versions of a secret for ever.", DestroyAsync);

    private static async ValueTask<VaultResponse> DestroyAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var numbers = VersionNumbers.Given(request, "no version number provided");
        using var rows = await KvRows.OpenAsync(request, ct);
        await request.Service<SecretWriter>().ChangeAsync(rows, path, Change, ct);
        return VaultResponse.NoContent();

        ValueTask<SecretChange> Change(SecretRecord? secret) =>
            ValueTask.FromResult(secret is null ? SecretChange.None : SecretVersions.Destroy(secret, numbers));
    }
}
