using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// Stores a key of many versions at once, in the place of another if that is asked for. One batch where it fits into
/// one. Otherwise the version rows come first, beside a row that says that they belong to no key yet: a key appears
/// whole or not at all, and what an interrupted restore has left is removed by <see cref="RotateTransitKeys"/>.
/// </summary>
internal sealed class KeyRestoration(SealedKeys sealedKeys, KeyChanges changes, KeyRemains remains)
{
    /// <summary>Beside the key's own row and two gone rows.</summary>
    private const int MaxVersionsInBatch = TableLimits.MaxBatchRows - 3;

    private const int MaxAttempts = 20;

    /// <returns>False: there is a key of this name, and <paramref name="force"/> was not given.</returns>
    public async Task<bool> RestoreAsync(KeyRing ring, KeyChange wanted, bool force, CancellationToken ct)
    {
        var versions = await changes.VersionsAsync(ring, wanted, ct);
        await changes.TakeDutyAsync(ring, wanted.Key, null, ct);
        string? staged = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var found = await sealedKeys.FindAsync(ring, wanted.Key.Name, ct);
            if (found?.Value.Id == wanted.Key.Id)
            {
                return true;
            }

            if (found is not null && !force)
            {
                return false;
            }

            staged ??= versions.Count > MaxVersionsInBatch ? await StageAsync(ring, wanted.Key.Id, versions, ct) : null;
            if (await TryWriteAsync(ring, wanted.Key, staged is null ? versions : [], staged, found, ct))
            {
                return true;
            }
        }

        throw new StorageUnavailableException($"The key changed during each of {MaxAttempts} attempts.");
    }

    /// <returns>The ETag of the row that says the versions belong to no key.</returns>
    private async Task<string> StageAsync(KeyRing ring, string keyId, List<TableWrite> versions, CancellationToken ct)
    {
        await remains.TakeDutyAsync(ring, keyId, ct);
        var gone = await ring.Rows.WriteAsync(TableWrite.Insert(KeyRows.Gone(keyId), KeyRows.BeingWritten), ct);
        foreach (var chunk in versions.Chunk(MaxVersionsInBatch))
        {
            if (!(await ring.Rows.WriteBatchAsync(chunk, ct)).IsDone)
            {
                throw new StorageUnavailableException("A version row that is new was there already: its writing was answered wrongly.");
            }
        }

        return gone.ETag ?? throw new StorageUnavailableException("The row of a new key was there already: its writing was answered wrongly.");
    }

    private async Task<bool> TryWriteAsync(
        KeyRing ring, TransitKey key, IReadOnlyList<TableWrite> versions, string? staged, Document<TransitKey>? replaced, CancellationToken ct)
    {
        var row = KeyRows.Key(key.Name);
        var bytes = await sealedKeys.SealAsync(ring, row, key, TransitKeyJson.Default.TransitKey, ct);
        List<TableWrite> writes = [.. versions, replaced is null ? TableWrite.Insert(row, bytes) : TableWrite.Replace(row, bytes, replaced.ETag)];
        if (staged is not null)
        {
            writes.Add(TableWrite.Delete(KeyRows.Gone(key.Id), staged));
        }

        if (replaced is not null)
        {
            await remains.TakeDutyAsync(ring, replaced.Value.Id, ct);
            writes.Add(TableWrite.Insert(KeyRows.Gone(replaced.Value.Id), KeyRows.Deleted));
        }

        if (!(await ring.Rows.WriteBatchAsync(writes, ct)).IsDone)
        {
            return false;
        }

        changes.Changed(ring, key);
        if (replaced is not null)
        {
            await KeyRemains.ClearAsync(ring, replaced.Value.Id, ct);
        }

        return true;
    }
}
