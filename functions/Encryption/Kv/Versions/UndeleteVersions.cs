using Saas.Cluster;
using Saas.Encryption.Kv.Config;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Versions;

/// <summary>POST or PUT …/undelete/{path}: versions that were deleted are readable again.</summary>
internal static class UndeleteVersions
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Write, "undelete", "kv:undelete", Meters.KvWrite, "Takes back the deletion of versions of a secret.", UndeleteAsync);

    private static async ValueTask<VaultResponse> UndeleteAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var numbers = VersionNumbers.Given(request, "No version number provided");
        var now = request.Service<TimeProvider>().GetUtcNow();
        using var rows = await KvRows.OpenAsync(request, ct);
        var config = await MountConfig.ReadAsync(rows, ct);
        await request.Service<SecretWriter>().ChangeAsync(rows, path, Change, ct);
        return VaultResponse.NoContent();

        ValueTask<SecretChange> Change(SecretRecord? secret) => ValueTask.FromResult(
            secret is null ? SecretChange.None : SecretVersions.Undelete(secret, config, numbers, Caller.By(request, "undelete"), now));
    }
}
