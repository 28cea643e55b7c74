using System.Collections.Concurrent;
using System.Text;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Reports;

/// <summary>
/// Keeps the output tail in a record fresh: soon after the start every two seconds, because that is when someone watches whether it
/// boots; later only along with other changes, or every node would send its logs around the clock.
/// </summary>
internal sealed class OutputTails(DriverSet drivers, TimeProvider time)
{
    public const int MaxBytes = 4096;

    private static readonly TimeSpan Watched = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<WorkloadId, long> _readAt = new();

    /// <summary>Null if the driver cannot tell now.</summary>
    public async Task<string?> ReadAsync(ObservedWorkload workload, CancellationToken ct)
    {
        try
        {
            return drivers.Find(workload.Driver) is { } driver ? Cut(await driver.ReadOutputTailAsync(workload.Id, MaxBytes, ct)) : null;
        }
        catch (DriverException)
        {
            return null; // a tail is a comfort; what matters is on its way by other calls
        }
    }

    public async Task RefreshAsync(AllocationSlot slot, IEnumerable<ObservedWorkload> workloads, CancellationToken ct)
    {
        foreach (var workload in workloads.Where(candidate => IsDue(slot.Record, candidate)))
        {
            _readAt[workload.Id] = time.GetTimestamp();
            if (await ReadAsync(workload, ct) is { Length: > 0 } tail && tail != slot.Record.Task(workload.Id.Task).OutputTail)
            {
                slot.Change(record => record.With(record.Task(workload.Id.Task) with { OutputTail = tail }));
            }
        }
    }

    public void Forget(string allocationId)
    {
        foreach (var id in _readAt.Keys.Where(id => id.AllocationId == allocationId))
        {
            _readAt.TryRemove(id, out _);
        }
    }

    /// <summary>Not more bytes than allowed though replaced characters grew, and no NUL, which some readers stop at.</summary>
    public static string Cut(string text)
    {
        text = text.Replace("\0", "", StringComparison.Ordinal);
        while (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            var excess = Encoding.UTF8.GetByteCount(text) - MaxBytes;
            text = text[Math.Max(1, excess / 4)..];
        }

        return text.Length > 0 && char.IsLowSurrogate(text[0]) ? text[1..] : text;
    }

    private bool IsDue(AllocationRecord record, ObservedWorkload workload) =>
        workload.Status.State == WorkloadState.Running
        && record.Tasks.FirstOrDefault(task => task.Name == workload.Id.Task) is { Phase: TaskPhase.Running, StartedAt: { } startedAt }
        && (time.GetUtcNow() - startedAt).Duration() < Watched
        && (!_readAt.TryGetValue(workload.Id, out var readAt) || time.GetElapsedTime(readAt) >= Interval);
}
