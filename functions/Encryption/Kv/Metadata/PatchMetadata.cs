using Saas.Cluster;
using Saas.Encryption.Kv.Config;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Kv.Secrets;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Metadata;

/// <summary>PATCH …/metadata/{path}: as a write, but of a secret that is there, and custom metadata is merged.</summary>
internal static class PatchMetadata
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Patch, "metadata", "kv:metadata-write", Meters.KvWrite, "Changes some of a secret's settings and custom metadata.", PatchAsync);

    private static async ValueTask<VaultResponse> PatchAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        MergePatch.RequireContentType(request.Api.Http.Request);
        var settings = SecretSettings.Given(request, isPatch: true);
        using var rows = await KvRows.OpenAsync(request, ct);
        var config = await MountConfig.ReadAsync(rows, ct);
        var patched = await request.Service<SecretWriter>().ChangeAsync(rows, path, Change, ct);
        if (patched is null)
        {
            return VaultResponse.NotFound();
        }

        WriteMetadata.WarnIfIgnored(request, settings, config);
        return VaultResponse.NoContent();

        ValueTask<SecretChange> Change(SecretRecord? secret) =>
            ValueTask.FromResult(secret is null ? SecretChange.None : SecretChange.To(settings.Patch(secret)));
    }
}
