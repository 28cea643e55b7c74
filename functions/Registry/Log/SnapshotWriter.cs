using System.Text.Json;
using Saas.Registry.State;
using Saas.Storage.Tables;

namespace Saas.Registry.Log;

/// <summary>
/// Writes a state as a snapshot and removes the entries behind it, so that a load reads at most the state and half as
/// much again. What is written costs on average two bytes for each byte of the log. Whoever dies on the way leaves rows
/// that the next one removes; the pointer moves forward only, and last.
/// </summary>
internal sealed class SnapshotWriter(LogStore log)
{
    private const long MinTailBytes = 256 * 1024;
    private const long MaxTailEntries = 4096;

    private int _isWriting;

    public static bool IsDue(Position position) =>
        position.TailEntries > MaxTailEntries || position.TailBytes > Math.Max(MinTailBytes, (position.Behind?.Bytes ?? 0) / 2);

    /// <summary>The pointer now in force; null: another call is at it.</summary>
    public async Task<SnapshotPointer?> WriteAsync(Position position, CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _isWriting, 1) == 1)
        {
            return null;
        }

        try
        {
            var current = await log.Partition.GetAsync(LogRows.Snapshot, StateJson.Default.SnapshotPointer, ct);
            if (current?.Value.Sequence >= position.Sequence)
            {
                return current.Value;
            }

            var pointer = await WritePartsAsync(position, ct);
            var value = TablePartition.Bytes(pointer, StateJson.Default.SnapshotPointer);
            var written = await log.Partition.WriteAsync(
                current is null ? TableWrite.Insert(LogRows.Snapshot, value) : TableWrite.Replace(LogRows.Snapshot, value, current.ETag), ct);
            if (written.IsDone && current is not null)
            {
                // The entries before the last snapshot stay until the next: replicas that are a little behind follow them.
                await RemoveAsync(LogRows.Entries(0, current.Value.Sequence), ct);
                await RemoveAsync(LogRows.SnapshotsBefore(pointer.Sequence), ct);
            }

            return await log.PointerAsync(ct);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    private async Task<SnapshotPointer> WritePartsAsync(Position position, CancellationToken ct)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(position.State.ToSnapshot(), StateJson.Default.RegistrySnapshot);
        var pointer = new SnapshotPointer(
            position.Sequence, Guid.NewGuid().ToString("N"), (bytes.Length + LogRows.MaxPartBytes - 1) / LogRows.MaxPartBytes, bytes.Length);
        for (var i = 0; i < pointer.Parts; i++)
        {
            var at = i * LogRows.MaxPartBytes;
            var part = bytes.AsMemory(at, Math.Min(LogRows.MaxPartBytes, bytes.Length - at));
            await log.Partition.WriteAsync(TableWrite.Insert(LogRows.SnapshotPart(pointer, i), part), ct);
        }

        return pointer;
    }

    private async Task RemoveAsync(RowRange range, CancellationToken ct)
    {
        while (true)
        {
            var page = await log.Partition.QueryAsync(range, TableLimits.MaxBatchRows, null, ct);
            if (page.Rows.Count == 0)
            {
                return;
            }

            var removed = await log.Partition.WriteBatchAsync([.. page.Rows.Select(row => TableWrite.Delete(row.Row))], ct);
            if (!removed.IsDone)
            {
                // Another instance removes the same rows.
                return;
            }
        }
    }
}
