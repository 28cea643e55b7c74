using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>
/// Whether a cell was committed to by another process, asked by all long polls of the cell together.
/// <para>
/// Naive would be for each waiting poll to read its own document every second: five thousand agents are five thousand
/// reads a second of rows that did not change. But every commit to a cell rewrites its fence, so one look at the fence's
/// ETag tells all of them that there is nothing new. They share one read per cell and interval, whatever their number;
/// the price is that a change by another process may be seen one interval later. Changes by this process are signalled.
/// </para>
/// What nobody waits for is not kept.
/// </summary>
internal sealed class CellWatch(ProvisioningOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Cell> _cells = new(StringComparer.Ordinal);

    /// <summary>The cells that are watched, for tests.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _cells.Count;
            }
        }
    }

    /// <summary>Takes part in watching a cell until disposed.</summary>
    public Participant Join(TablePartition assignments)
    {
        lock (_gate)
        {
            if (!_cells.TryGetValue(assignments.Key, out var cell))
            {
                _cells[assignments.Key] = cell = new Cell(assignments);
            }

            cell.Participants++;
            return new Participant(this, cell);
        }
    }

    /// <summary>At most one interval old; empty for a cell never committed to.</summary>
    private Task<string> FenceAsync(Cell cell)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (cell.Look is null || cell.Look.IsFaulted || time.GetElapsedTime(cell.LookedAt, now) >= options.AssignmentRecheck * 0.9)
            {
                (cell.Look, cell.LookedAt) = (LookAsync(cell.Assignments), now);
            }

            return cell.Look;
        }
    }

    /// <summary>Shared, so no single poll's cancellation ends it.</summary>
    private static async Task<string> LookAsync(TablePartition assignments)
    {
        // Not under the lock that starts it: an embedded store answers on the calling thread.
        await Task.Yield();
        return (await assignments.GetAsync(FencedPartition.FenceRow, CancellationToken.None))?.ETag ?? "";
    }

    private void Leave(Cell cell)
    {
        lock (_gate)
        {
            if (--cell.Participants == 0)
            {
                _cells.Remove(cell.Assignments.Key);
            }
        }
    }

    /// <summary>One waiting poll's part in watching.</summary>
    internal readonly struct Participant(CellWatch watch, Cell cell) : IDisposable
    {
        public Task<string> FenceAsync(CancellationToken ct) => watch.FenceAsync(cell).WaitAsync(ct);

        public void Dispose() => watch.Leave(cell);
    }

    internal sealed class Cell(TablePartition assignments)
    {
        public TablePartition Assignments => assignments;
        public int Participants { get; set; }
        public Task<string>? Look { get; set; }
        public long LookedAt { get; set; }
    }
}
