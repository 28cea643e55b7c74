using Saas.Cluster;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Versions;

/// <summary>
/// DELETE …/data/{path}: deletes the last version; POST or PUT …/delete/{path}: those named. Their values stay, and
/// they can be undeleted.
/// </summary>
internal static class DeleteVersions
{
    public static void Map(IRouteTable routes)
    {
        routes.MapSecret(VaultVerb.Delete, "data", "kv:delete", Meters.KvWrite, "Deletes the last version of a secret; it can be undeleted.", DeleteLastAsync);
        routes.MapSecret(VaultVerb.Write, "delete", "kv:delete", Meters.KvWrite, "Deletes versions of a secret; they can be undeleted.", DeleteAsync);
    }

    private static ValueTask<VaultResponse> DeleteLastAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var now = request.Service<TimeProvider>().GetUtcNow();
        return ChangeAsync(
            request,
            path,
            secret => secret?.Find(secret.Current) is { IsDestroyed: false } last && !last.IsDeleted(now)
                ? SecretVersions.Delete(secret, [last.Number], Caller.By(request, "delete"), now)
                : SecretChange.None,
            ct);
    }

    private static ValueTask<VaultResponse> DeleteAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var numbers = VersionNumbers.Given(request, "No version number provided");
        var now = request.Service<TimeProvider>().GetUtcNow();
        return ChangeAsync(
            request,
            path,
            secret => secret is null ? SecretChange.None : SecretVersions.Delete(secret, numbers, Caller.By(request, "update"), now),
            ct);
    }

    private static async ValueTask<VaultResponse> ChangeAsync(
        VaultRequest request, KvPath path, Func<SecretRecord?, SecretChange> change, CancellationToken ct)
    {
        using var rows = await KvRows.OpenAsync(request, ct);
        await request.Service<SecretWriter>().ChangeAsync(rows, path, secret => ValueTask.FromResult(change(secret)), ct);
        return VaultResponse.NoContent();
    }
}
