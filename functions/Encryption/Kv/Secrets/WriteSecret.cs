using Saas.Cluster;
using Saas.Encryption.Kv.Config;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>POST or PUT …/data/{path}: a new version of a secret, whose first one makes it.</summary>
internal static class WriteSecret
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Write, "data", "kv:write", Meters.KvWrite, "Writes a new version of a secret.", WriteAsync);

    private static async ValueTask<VaultResponse> WriteAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var fields = request.Fields("data", "options", "version");
        var cas = CheckAndSet.Given(fields);
        using var value = SecretData.Stored(SecretData.Given(fields));
        using var rows = await KvRows.OpenAsync(request, ct);
        var config = await MountConfig.ReadAsync(rows, ct);
        var written = await request.Service<SecretWriter>().ChangeAsync(rows, path, Change, ct);
        return VersionAnswer.Of(written!);

        ValueTask<SecretChange> Change(SecretRecord? secret)
        {
            cas.Check(secret, config);
            var now = request.Service<TimeProvider>().GetUtcNow();
            var by = Caller.By(request, secret is null ? "create" : "update");
            return ValueTask.FromResult(SecretVersions.Add(secret ?? SecretRecord.New(path, now), config, value.WrittenMemory, by, now));
        }
    }
}
