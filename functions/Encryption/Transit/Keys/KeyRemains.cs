using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// Removes the material of what is deleted or trimmed. The row that says so is written first, with the change itself;
/// what is still there after a crash is removed by <see cref="RotateTransitKeys"/>.
/// </summary>
internal sealed class KeyRemains(KeyChanges changes, TimeProvider time)
{
    /// <summary>Before the key is deleted: see <see cref="KeyDuty"/>.</summary>
    public Task TakeDutyAsync(KeyRing ring, string keyId, CancellationToken ct) =>
        KeyDuty.TakeAsync(ring, KeyRows.Gone(keyId), time.GetUtcNow(), ct);

    /// <summary>
    /// The version rows that belong to no key, and what says so last. That is written over first, so that whoever is
    /// still writing a key of these rows finds that it is too late.
    /// </summary>
    public static async Task ClearAsync(KeyRing ring, string keyId, CancellationToken ct)
    {
        var gone = KeyRows.Gone(keyId);
        if (await ring.Rows.GetAsync(gone, ct) is { } row
            && (await ring.Rows.WriteAsync(TableWrite.Replace(gone, KeyRows.Deleted, row.ETag), ct)).IsDone)
        {
            await ClearAsync(ring, KeyRows.Versions(keyId), ct);
            await ring.Rows.WriteAsync(TableWrite.Delete(gone), ct);
        }
    }

    /// <summary>The versions that were trimmed away.</summary>
    public async Task ClearTrimmedAsync(KeyRing ring, TransitKey key, CancellationToken ct)
    {
        if (key.OldestRow >= key.MinAvailableVersion)
        {
            return;
        }

        var below = key.MinAvailableVersion;
        await ClearAsync(ring, KeyRows.Versions(key.Id, key.OldestRow, below), ct);
        await changes.ChangeAsync(
            ring, key.Name, now => new KeyChange(now.Id == key.Id && now.OldestRow < below ? now with { OldestRow = below } : now), ct);
    }

    private static async Task ClearAsync(KeyRing ring, RowRange range, CancellationToken ct)
    {
        string? continuation = null;
        do
        {
            var page = await ring.Rows.QueryAsync(range, TableLimits.MaxBatchRows, continuation, ct);
            var deletes = page.Rows.Select(row => TableWrite.Delete(row.Row)).ToArray();
            if (deletes.Length > 0 && !(await ring.Rows.WriteBatchAsync(deletes, ct)).IsDone)
            {
                // Somebody else removes the same rows: what is gone already refuses the whole batch.
                foreach (var delete in deletes)
                {
                    await ring.Rows.WriteAsync(delete, ct);
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}
