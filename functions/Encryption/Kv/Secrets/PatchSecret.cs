using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Encryption.Kv.Config;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>PATCH …/data/{path}: a new version made of the last one, which must be there and not deleted.</summary>
internal static class PatchSecret
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Patch, "data", "kv:patch", Meters.KvWrite, "Writes a new version of a secret by changing parts of the last one.", PatchAsync);

    private static async ValueTask<VaultResponse> PatchAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        MergePatch.RequireContentType(request.Api.Http.Request);
        var fields = request.Fields("data", "options", "version");
        var patch = SecretData.Given(fields);
        var patching = new Patching(request, path, CheckAndSet.Given(fields), patch);
        using var rows = await KvRows.OpenAsync(request, ct);
        return await patching.RunAsync(rows, ct);
    }

    private sealed class Patching(VaultRequest request, KvPath path, CheckAndSet cas, JsonElement patch)
    {
        private readonly TimeProvider _time = request.Service<TimeProvider>();
        private PooledBuffer? _value;
        private bool _isDone;

        public async ValueTask<VaultResponse> RunAsync(KvRows rows, CancellationToken ct)
        {
            var config = await MountConfig.ReadAsync(rows, ct);
            try
            {
                var secret = await request.Service<SecretWriter>().ChangeAsync(rows, path, found => ChangeAsync(rows, config, found, ct), ct);
                return (secret, _isDone) switch
                {
                    ({ }, true) => VersionAnswer.Of(secret),
                    ({ } gone, false) when gone.Find(gone.Current) is not null => VersionAnswer.Of(gone, StatusCodes.Status404NotFound),
                    _ => VaultResponse.NotFound(),
                };
            }
            finally
            {
                _value?.Dispose();
            }
        }

        private async ValueTask<SecretChange> ChangeAsync(KvRows rows, KvConfig config, SecretRecord? secret, CancellationToken ct)
        {
            _isDone = false;
            if (secret is null)
            {
                return SecretChange.None;
            }

            cas.Check(secret, config);
            var now = _time.GetUtcNow();
            if (secret.Find(secret.Current) is not { IsDestroyed: false } last || last.IsDeleted(now))
            {
                return SecretChange.None;
            }

            using var stored = await rows.ValueAsync(secret, last.Number, ct);
            if (stored is null)
            {
                return SecretChange.Stale;
            }

            _value?.Dispose();
            _value = SecretData.Patched(stored.Memory, patch);
            _isDone = true;
            return SecretVersions.Add(secret, config, _value.WrittenMemory, Caller.By(request, "patch"), now);
        }
    }
}
