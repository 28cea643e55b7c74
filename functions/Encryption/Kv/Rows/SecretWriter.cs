using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Saas.Encryption.Vault;
using Saas.Storage.Tables;

namespace Saas.Encryption.Kv.Rows;

/// <summary>
/// Changes secrets: read, change in memory, write back with the ETag, and again if somebody was faster. A change is one
/// batch, so that whoever dies in between has changed all or nothing. Where more versions go than a batch can remove,
/// they are first destroyed some at a time, each time record and rows together.
/// </summary>
internal sealed class SecretWriter(SecretGates gates)
{
    /// <summary>Writers of this process wait for one another, so these are lost only to other processes.</summary>
    private const int MaxAttempts = 20;

    /// <summary>The secret as it then is; null if there is none.</summary>
    /// <param name="change">May be called again, with the secret as somebody else left it.</param>
    /// <exception cref="VaultException">503: others were faster too often.</exception>
    public async Task<SecretRecord?> ChangeAsync(
        KvRows rows, KvPath path, Func<SecretRecord?, ValueTask<SecretChange>> change, CancellationToken ct)
    {
        using var turn = await gates.EnterAsync(rows.Partition.Key, path.Text, ct);
        var stamp = "";
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var found = await rows.FindAsync(path.Text, ct);
            if (stamp.Length > 0 && found?.Value.Stamp == stamp)
            {
                // The write that seemed refused had been done: its answer was lost, and the store's client repeated it.
                return found.Value;
            }

            var wanted = await change(found?.Value);
            if (ReferenceEquals(wanted, SecretChange.Stale))
            {
                continue;
            }

            if (wanted.Next is null)
            {
                return found?.Value;
            }

            if (wanted.Dropped.Count > KvLimits.MaxDropped)
            {
                attempt -= await DestroySomeAsync(rows, found!, wanted.Dropped, ct) ? 1 : 0;
                continue;
            }

            stamp = RandomNumberGenerator.GetHexString(16, lowercase: true);
            var next = wanted.Next with { Stamp = stamp };
            var writes = Writes(rows, path, found, wanted with { Next = next });
            if ((await rows.Partition.WriteBatchAsync(writes, ct)).IsDone)
            {
                return next;
            }
        }

        throw Busy();
    }

    /// <summary>Removes the secret with all versions; one that is not there is removed already.</summary>
    /// <exception cref="VaultException">503: others were faster too often.</exception>
    public async Task RemoveAsync(KvRows rows, KvPath path, CancellationToken ct)
    {
        using var turn = await gates.EnterAsync(rows.Partition.Key, path.Text, ct);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await rows.FindAsync(path.Text, ct) is not { } found)
            {
                return;
            }

            var kept = found.Value.Versions.Where(v => !v.IsDestroyed).Select(v => v.Number).ToList();
            if (kept.Count > KvLimits.MaxDropped)
            {
                attempt -= await DestroySomeAsync(rows, found, kept, ct) ? 1 : 0;
                continue;
            }

            var names = await SecretFolders.RemovedAsync(rows, path, ct);
            TableWrite[] writes = [TableWrite.Delete(found.Row, found.ETag), .. Dropped(found.Value, kept), .. names];
            if ((await rows.Partition.WriteBatchAsync(writes, ct)).IsDone)
            {
                return;
            }
        }

        throw Busy();
    }

    private static async Task<bool> DestroySomeAsync(KvRows rows, Document<SecretRecord> found, IReadOnlyList<int> numbers, CancellationToken ct)
    {
        var change = SecretVersions.Destroy(found.Value, [.. numbers.Take(KvLimits.MaxDropped)]);
        TableWrite[] writes = [Replaced(rows, found, change.Next!), .. Dropped(found.Value, change.Dropped)];
        return (await rows.Partition.WriteBatchAsync(writes, ct)).IsDone;
    }

    private static List<TableWrite> Writes(KvRows rows, KvPath path, Document<SecretRecord>? found, SecretChange change)
    {
        var secret = change.Next!;
        List<TableWrite> writes = [];
        if (found is null)
        {
            var row = rows.SecretRow(path.Text);
            writes.Add(TableWrite.Insert(row, rows.Seal(row, secret, KvJson.Default.SecretRecord)));
            writes.AddRange(SecretFolders.Added(rows, path));
        }
        else
        {
            writes.Add(Replaced(rows, found, secret));
        }

        if (change.Added is { } value)
        {
            var row = KvRows.VersionRow(secret, secret.Current);
            writes.Add(TableWrite.Insert(row, rows.Seal(row, value.Span)));
        }

        writes.AddRange(Dropped(secret, change.Dropped));
        return writes;
    }

    private static TableWrite Replaced(KvRows rows, Document<SecretRecord> found, SecretRecord next) =>
        TableWrite.Replace(found.Row, rows.Seal(found.Row, next, KvJson.Default.SecretRecord), found.ETag);

    private static IEnumerable<TableWrite> Dropped(SecretRecord secret, IEnumerable<int> numbers) =>
        numbers.Select(number => TableWrite.Delete(KvRows.VersionRow(secret, number)));

    private static VaultException Busy() => new(
        new VaultError(StatusCodes.Status503ServiceUnavailable, "the secret is being changed by others: try again")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        });
}
