using System.Collections.Concurrent;
using Saas.Cluster;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Metadata;

/// <summary>
/// LIST …/metadata/{path}: the names in a folder, those of folders with a slash at their end. <c>exclude_deleted</c> leaves
/// out secrets whose last version is deleted by now. <c>after</c> and <c>limit</c> give a part, as OpenBao has it; Vault
/// always answers with all.
/// </summary>
internal static class ListSecrets
{
    private const int Readers = 8;

    public static void Map(IRouteTable routes) =>
        routes.MapKv(VaultVerb.List, "metadata/{**path}", "kv:list", Meters.KvRead, "Lists the secrets and folders in a folder.", ListAsync);

    private static async ValueTask<VaultResponse> ListAsync(VaultRequest request, CancellationToken ct)
    {
        var folder = KvPath.ParseFolder(request.Route("path"));
        var (after, limit) = (request.Query("after") ?? "", KvQuery.Int(request, "limit"));
        var isDeletedExcluded = KvQuery.Bool(request, "exclude_deleted");
        using var rows = await KvRows.OpenAsync(request, ct);
        IEnumerable<string> names = await SecretFolders.NamesAsync(rows, folder, ct);
        if (after.Length > 0)
        {
            names = names.Where(name => string.CompareOrdinal(name, after) > 0);
        }

        if (isDeletedExcluded)
        {
            var deleted = await DeletedAsync(rows, folder, names, request.Service<TimeProvider>().GetUtcNow(), ct);
            names = names.Where(name => !deleted.ContainsKey(name));
        }

        return VaultResponse.Keys([.. limit > 0 ? names.Take(limit) : names]);
    }

    private static async Task<ConcurrentDictionary<string, bool>> DeletedAsync(
        KvRows rows, string folder, IEnumerable<string> names, DateTimeOffset now, CancellationToken ct)
    {
        var deleted = new ConcurrentDictionary<string, bool>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = ct };
        await Parallel.ForEachAsync(names.Where(name => !name.EndsWith('/')), options, async (name, reading) =>
        {
            var found = await rows.FindAsync(folder + name, reading);
            if (found?.Value is { } secret && secret.Find(secret.Current) is { } last && last.IsDeleted(now))
            {
                deleted[name] = true;
            }
        });
        return deleted;
    }
}
