using System.Text.Json;
using Saas.Registry.State;
using Saas.Storage.Tables;

namespace Saas.Registry.Log;

/// <summary>A domain's log as rows of its partition. Keeps nothing.</summary>
internal sealed class LogStore(TablePartition partition)
{
    /// <summary>A snapshot may be replaced while it is read, and then the next one is read.</summary>
    private const int MaxLoads = 8;

    public TablePartition Partition => partition;

    public ValueTask<TableRow?> HeadAsync(CancellationToken ct) => partition.GetAsync(LogRows.Head, ct);

    /// <summary>The newest state, from the newest snapshot and what follows it.</summary>
    /// <exception cref="InvalidDataException">The rows do not make a log.</exception>
    public async Task<Position> LoadAsync(CancellationToken ct)
    {
        for (var i = 0; i < MaxLoads; i++)
        {
            var head = await HeadAsync(ct);
            if (head is null)
            {
                return Position.Start;
            }

            if (await SnapshotAsync(ct) is { } begin && await FollowAsync(begin, head, new Followed(), ct) is { } position)
            {
                return position;
            }
        }

        throw new InvalidDataException($"The log of {partition.Key} has a gap behind its snapshot.");
    }

    /// <summary>The position at <paramref name="head"/>; null: the log does not reach back so far, load anew.</summary>
    public async Task<Position?> FollowAsync(Position from, TableRow head, Followed followed, CancellationToken ct)
    {
        var to = JsonSerializer.Deserialize(head.Value.Span, StateJson.Default.LogHead)!.Sequence;
        var (state, sequence, bytes) = (from.State, from.Sequence, from.TailBytes);
        using var parts = new MemoryStream();
        long assembling = 0;
        await foreach (var row in partition.ReadAllAsync(LogRows.Entries(from.Sequence + 1, to), ct))
        {
            var of = LogRows.SequenceOf(row.Row);
            if (of != assembling)
            {
                Take();
                if (of != sequence + 1)
                {
                    return null;
                }

                assembling = of;
            }

            parts.Write(row.Value.Span);
        }

        Take();
        return sequence == to ? new Position(state, to, head.ETag, from.Behind, bytes) : null;

        void Take()
        {
            if (assembling == 0)
            {
                return;
            }

            var entry = JsonSerializer.Deserialize(parts.GetBuffer().AsSpan(0, (int)parts.Length), StateJson.Default.LogEntry)
                ?? throw new InvalidDataException($"Entry {assembling} of {partition.Key} is null.");
            bytes += parts.Length;
            parts.SetLength(0);
            state = Replay(state, entry, followed.Touched);
            followed.Stamps.Add(entry.Stamp);
            sequence = assembling;
        }
    }

    public async Task<SnapshotPointer?> PointerAsync(CancellationToken ct) =>
        (await partition.GetAsync(LogRows.Snapshot, StateJson.Default.SnapshotPointer, ct))?.Value;

    private async Task<Position?> SnapshotAsync(CancellationToken ct)
    {
        if (await PointerAsync(ct) is not { } pointer)
        {
            return Position.Start;
        }

        using var parts = new MemoryStream();
        var count = 0;
        await foreach (var row in partition.ReadAllAsync(LogRows.SnapshotParts(pointer), ct))
        {
            parts.Write(row.Value.Span);
            count++;
        }

        if (count != pointer.Parts || parts.Length != pointer.Bytes)
        {
            return null;
        }

        var snapshot = JsonSerializer.Deserialize(parts.GetBuffer().AsSpan(0, (int)parts.Length), StateJson.Default.RegistrySnapshot)!;
        return new Position(RegistryState.FromSnapshot(snapshot), pointer.Sequence, null, pointer, 0);
    }

    private static RegistryState Replay(RegistryState state, LogEntry entry, List<string> touched)
    {
        var index = entry.FirstIndex;
        foreach (var changes in entry.Commands)
        {
            foreach (var change in changes)
            {
                state = change.Apply(state, index, touched);
            }

            state = state with { Index = index++ };
        }

        return state;
    }
}

/// <summary>What was met on the way through the log.</summary>
internal sealed class Followed
{
    public List<string> Touched { get; } = [];
    public HashSet<string> Stamps { get; } = new(StringComparer.Ordinal);

    /// <summary>Some of the way was skipped by a snapshot.</summary>
    public bool Reloaded { get; set; }
}
