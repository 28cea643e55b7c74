using System.Collections.Concurrent;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.State;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// One allocation's record in memory and on disk. Changed by its own pass only, read by everyone: readers see whole
/// records, each durable before it is visible, so that no report is ever ahead of the disk.
/// </summary>
internal sealed class AllocationSlot(StateFile<AllocationRecord> file, AllocationRecord record, ChangeSignal changed)
{
    private readonly Lock _writing = new(); // tasks of a group are stopped together
    private AllocationRecord _record = record;
    private long _reported;

    public AllocationRecord Record => Volatile.Read(ref _record);

    /// <summary>The revision the control plane has; 0 after a restart of the agent, so that everything is told once more.</summary>
    public long Reported
    {
        get => Volatile.Read(ref _reported);
        set => Volatile.Write(ref _reported, value);
    }

    public void Change(Func<AllocationRecord, AllocationRecord> change)
    {
        lock (_writing)
        {
            var next = change(_record);
            if (ReferenceEquals(next, _record))
            {
                return;
            }

            Save(next with { Revision = _record.Revision + 1 });
        }

        changed.Raise();
    }

    /// <summary>Takes over what the scheduler wants now; nothing that reports tell.</summary>
    public void Assign(AssignedAllocation assigned) => Remember(record => record.WithUpdate(assigned));

    /// <summary>A change that nobody is told of.</summary>
    public void Remember(Func<AllocationRecord, AllocationRecord> change)
    {
        lock (_writing)
        {
            if (change(_record) is var next && !ReferenceEquals(next, _record))
            {
                Save(next);
            }
        }
    }

    private void Save(AllocationRecord next)
    {
        file.Write(next);
        Volatile.Write(ref _record, next);
    }
}

/// <summary>The records of all allocations this node has or had and whose end is not settled, one file each.</summary>
internal sealed class AllocationStore
{
    private readonly ConcurrentDictionary<string, AllocationSlot> _slots = new(StringComparer.Ordinal);
    private readonly string _directory;
    private readonly TimeProvider _time;

    public AllocationStore(string directory, TimeProvider time)
    {
        _directory = directory;
        _time = time;
        foreach (var path in Directory.EnumerateFiles(directory, "*.json"))
        {
            var file = new StateFile<AllocationRecord>(path, StateJson.Default.AllocationRecord);
            _slots[Path.GetFileNameWithoutExtension(path)] = new AllocationSlot(file, file.Read()!, Changed);
        }

        Changed.Raise(); // all is told anew
    }

    /// <summary>A record changed that the control plane should hear of.</summary>
    public ChangeSignal Changed { get; } = new();

    public IEnumerable<AllocationSlot> All => _slots.Values;

    public AllocationSlot? Find(string id) => _slots.GetValueOrDefault(id);

    /// <param name="found">Workloads drivers hold of it, though it is new to us: our folder was lost. Runs go on from theirs.</param>
    public AllocationSlot GetOrCreate(AssignedAllocation assigned, IReadOnlyList<ObservedWorkload> found)
    {
        if (_slots.TryGetValue(assigned.Id, out var known))
        {
            return known;
        }

        var record = AllocationRecord.New(assigned, _time.GetUtcNow());
        record = record with
        {
            Tasks = [.. record.Tasks.Select(task => task with
            {
                Run = found.Where(workload => workload.Id.Task == task.Name && workload.Driver == task.Driver)
                    .Select(workload => workload.Id.Run).DefaultIfEmpty().Max(),
            })],
        };
        var file = new StateFile<AllocationRecord>(PathOf(assigned.Id), StateJson.Default.AllocationRecord);
        file.Write(record);
        var slot = _slots[assigned.Id] = new AllocationSlot(file, record, Changed);
        Changed.Raise();
        return slot;
    }

    public void Forget(string id)
    {
        File.Delete(PathOf(id));
        AtomicFile.SyncDirectory(_directory);
        _slots.TryRemove(id, out _);
    }

    private string PathOf(string id) => Path.Combine(_directory, $"{id}.json");
}
