using System.Text;
using Saas.Encryption.Vault;
using Saas.Storage.Tables;

namespace Saas.Encryption.Kv.Rows;

/// <summary>
/// The names in folders. A folder is there while anything is in it: whoever adds a secret writes the names of all its
/// folders again, in the same batch, and whoever removes one removes a folder's name only with the ETag read before the
/// folder was seen to be empty otherwise. So of the two one is refused, and looks again.
/// </summary>
internal static class SecretFolders
{
    public static IEnumerable<TableWrite> Added(KvRows rows, KvPath path)
    {
        var entry = rows.EntryRow(path.Folder, path.Name);
        yield return TableWrite.Insert(entry, Sealed(rows, entry, path.Name));
        foreach (var (parent, name) in path.Folders)
        {
            var folder = rows.EntryRow(parent, name);
            yield return TableWrite.Upsert(folder, Sealed(rows, folder, name));
        }
    }

    /// <summary>What removes the secret's name, and those of folders that have nothing else in them.</summary>
    public static async Task<IReadOnlyList<TableWrite>> RemovedAsync(KvRows rows, KvPath path, CancellationToken ct)
    {
        List<TableWrite> writes = [TableWrite.Delete(rows.EntryRow(path.Folder, path.Name))];
        foreach (var (parent, name) in path.Folders)
        {
            var row = rows.EntryRow(parent, name);
            if (await rows.Partition.GetAsync(row, ct) is not { } folder || await HasTwoAsync(rows, parent + name, ct))
            {
                break;
            }

            writes.Add(TableWrite.Delete(row, folder.ETag));
        }

        return writes;
    }

    /// <summary>In ordinal order; those of folders end in a slash.</summary>
    /// <param name="folder">Empty, or with a slash at its end.</param>
    /// <exception cref="VaultException">400: too many to be listed.</exception>
    public static async Task<List<string>> NamesAsync(KvRows rows, string folder, CancellationToken ct)
    {
        List<string> names = [];
        await foreach (var row in rows.Partition.ReadAllAsync(rows.EntriesOf(folder), ct))
        {
            if (names.Count == KvLimits.MaxListed)
            {
                throw VaultException.BadRequest($"this folder has more than {KvLimits.MaxListed} names, which is the most that are listed");
            }

            using var name = rows.Open(row);
            names.Add(Encoding.UTF8.GetString(name.Span));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static async ValueTask<bool> HasTwoAsync(KvRows rows, string folder, CancellationToken ct)
    {
        var (seen, range, continuation) = (0, rows.EntriesOf(folder), (string?)null);
        do
        {
            var page = await rows.Partition.QueryAsync(range, take: 2, continuation, ct);
            (seen, continuation) = (seen + page.Rows.Count, page.Continuation);
        }
        while (seen < 2 && continuation is not null);
        return seen >= 2;
    }

    private static byte[] Sealed(KvRows rows, string row, string name) => rows.Seal(row, Encoding.UTF8.GetBytes(name));
}
