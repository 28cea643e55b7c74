using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// The only writer of keys. A change is one conditional batch, the versions it adds together with the key's row, so
/// that wherever the process dies all of it is stored or nothing; only then is anybody told. When two change a key at
/// once, the slower computes its change anew from what the faster left: no version is lost, and none is written over.
/// <para>
/// An answer of the store may be lost after the write took place. Every change has an id in the row, so that a retry
/// below us, refused because the first try was done, is recognised as done.
/// </para>
/// </summary>
internal sealed class KeyChanges(SealedKeys sealedKeys, IChangeSignal signal, TimeProvider time)
{
    private const int MaxAttempts = 50;

    /// <summary>The key as changed; null if there is none.</summary>
    /// <exception cref="StorageUnavailableException">Whether the change was done is unknown, or others changed the key all the time.</exception>
    public async Task<TransitKey?> ChangeAsync(KeyRing ring, string name, Func<TransitKey, KeyChange> change, CancellationToken ct)
    {
        var changeId = Guid.NewGuid().ToString("N");
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await sealedKeys.FindAsync(ring, name, ct) is not { } found)
            {
                return null;
            }

            if (found.Value.ChangeId == changeId)
            {
                return Changed(ring, found.Value);
            }

            var wanted = change(found.Value);
            if (ReferenceEquals(wanted.Key, found.Value))
            {
                return found.Value;
            }

            wanted = wanted with { Key = wanted.Key with { ChangeId = changeId } };
            await TakeDutyAsync(ring, wanted.Key, found.Value, ct);
            var row = KeyRows.Key(name);
            var key = TableWrite.Replace(row, await sealedKeys.SealAsync(ring, row, wanted.Key, TransitKeyJson.Default.TransitKey, ct), found.ETag);
            if ((await ring.Rows.WriteBatchAsync([.. await VersionsAsync(ring, wanted, ct), key], ct)).IsDone)
            {
                return Changed(ring, wanted.Key);
            }
        }

        throw new StorageUnavailableException($"The key changed during each of {MaxAttempts} attempts.");
    }

    /// <summary>A key that is not there yet, with up to 99 versions; one that is there already stays and is returned.</summary>
    public async Task<(TransitKey Key, bool IsNew)> InsertAsync(KeyRing ring, KeyChange wanted, CancellationToken ct)
    {
        await TakeDutyAsync(ring, wanted.Key, null, ct);
        var row = KeyRows.Key(wanted.Key.Name);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var key = TableWrite.Insert(row, await sealedKeys.SealAsync(ring, row, wanted.Key, TransitKeyJson.Default.TransitKey, ct));
            if ((await ring.Rows.WriteBatchAsync([.. await VersionsAsync(ring, wanted, ct), key], ct)).IsDone)
            {
                return (Changed(ring, wanted.Key), true);
            }

            if (await sealedKeys.FindAsync(ring, wanted.Key.Name, ct) is { } found)
            {
                return (Changed(ring, found.Value), found.Value.Id == wanted.Key.Id);
            }
        }

        throw new StorageUnavailableException($"The key came and went during each of {MaxAttempts} attempts.");
    }

    /// <summary>The rows of the versions, sealed, to be inserted.</summary>
    public async ValueTask<List<TableWrite>> VersionsAsync(KeyRing ring, KeyChange wanted, CancellationToken ct)
    {
        var writes = new List<TableWrite>(wanted.Added.Count + 1);
        foreach (var added in wanted.Added)
        {
            var row = KeyRows.Version(wanted.Key.Id, added.Version);
            writes.Add(TableWrite.Insert(row, await sealedKeys.SealAsync(ring, row, added.Material, ct)));
        }

        return writes;
    }

    public TransitKey Changed(KeyRing ring, TransitKey key)
    {
        signal.Raise(ring.Topic());
        return key;
    }

    /// <summary>Before the change is stored: see <see cref="KeyDuty"/>.</summary>
    public async Task TakeDutyAsync(KeyRing ring, TransitKey wanted, TransitKey? before, CancellationToken ct)
    {
        var rotates = wanted.AutoRotatePeriod > TimeSpan.Zero && !(before?.AutoRotatePeriod > TimeSpan.Zero);
        if (rotates || wanted.MinAvailableVersion > (before?.MinAvailableVersion ?? 0))
        {
            await KeyDuty.TakeAsync(ring, KeyRows.Key(wanted.Name), time.GetUtcNow(), ct);
        }
    }
}
