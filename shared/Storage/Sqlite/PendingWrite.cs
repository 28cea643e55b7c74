using Saas.Storage.Tables;

namespace Saas.Storage.Sqlite;

/// <summary>
/// One write or batch on its way to the disk. Completes when its transaction has committed; who waits goes on
/// elsewhere, so that the writer does not run the waiters' code.
/// </summary>
internal sealed class PendingWrite : TaskCompletionSource
{
    private readonly TableWrite _single;
    private readonly IReadOnlyList<TableWrite>? _batch;

    public PendingWrite(string table, string partition, in TableWrite write, CancellationToken ct)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        (Table, Partition, _single, Cancelled) = (table, partition, write, ct);
        Bytes = write.Value.Length;
    }

    public PendingWrite(string table, string partition, IReadOnlyList<TableWrite> batch, CancellationToken ct)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        (Table, Partition, _batch, Cancelled) = (table, partition, batch, ct);
        ETags = new string?[batch.Count];
        foreach (var write in batch)
        {
            Bytes += write.Value.Length;
        }
    }

    public string Table { get; }
    public string Partition { get; }
    public CancellationToken Cancelled { get; }
    public int Bytes { get; }

    public int Count => _batch?.Count ?? 1;

    public TableWrite this[int index] => _batch is null ? _single : _batch[index];

    /// <summary>What became of it; to be read once the task has completed.</summary>
    public WriteOutcome Outcome { get; private set; }

    public int FailedIndex { get; private set; } = -1;
    public string? ETag { get; private set; }
    public string?[] ETags { get; private set; } = [];

    public void Refuse(WriteOutcome outcome, int index) =>
        (Outcome, FailedIndex, ETags) = (outcome, index, []);

    public void Accept(int index, string? etag)
    {
        if (_batch is null)
        {
            ETag = etag;
        }
        else
        {
            ETags[index] = etag;
        }
    }
}
