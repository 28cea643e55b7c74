using Saas.Cluster;
using Saas.Encryption.Kv.Config;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Metadata;

/// <summary>POST or PUT …/metadata/{path}: sets how a secret is kept, before it has a value too.</summary>
internal static class WriteMetadata
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Write, "metadata", "kv:metadata-write", Meters.KvWrite, "Sets a secret's settings and custom metadata.", WriteAsync);

    private static async ValueTask<VaultResponse> WriteAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var settings = SecretSettings.Given(request, isPatch: false);
        if (settings.IsEmpty)
        {
            return VaultResponse.NoContent();
        }

        using var rows = await KvRows.OpenAsync(request, ct);
        WarnIfIgnored(request, settings, await MountConfig.ReadAsync(rows, ct));
        var now = request.Service<TimeProvider>().GetUtcNow();
        await request.Service<SecretWriter>().ChangeAsync(rows, path, Change, ct);
        return VaultResponse.NoContent();

        ValueTask<SecretChange> Change(SecretRecord? secret) =>
            ValueTask.FromResult(SecretChange.To(settings.Set(secret ?? SecretRecord.New(path, now))));
    }

    public static void WarnIfIgnored(VaultRequest request, SecretSettings settings, KvConfig config)
    {
        if (config.CasRequired && settings.CasRequired == false)
        {
            request.Warn("\"cas_required\" set to false, but is mandated by backend config. This value will be ignored.");
        }
    }
}
