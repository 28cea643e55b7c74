using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Looks at allocations that should run until it is known whether they are healthy, and notes it. What they wait for by
/// <see cref="AssignedAllocation.Follows"/> does not count towards their deadline: it is not their fault.
/// </summary>
internal sealed partial class HealthWatch(IAllocationServices services, TimeProvider time, ILogger log)
{
    /// <summary>So often is it written down how much of the deadline has passed; an agent that is killed forgets at most that.</summary>
    private static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Watched> _watched = new(StringComparer.Ordinal);

    /// <summary>Not twice at once for one allocation.</summary>
    public void Look(AllocationSlot slot)
    {
        var record = slot.Record;
        var id = record.Assigned.Id;
        if (AllocationHealth.Of(record) is not null || HealthRules.Of(record.Assigned) is not { } rules)
        {
            _watched.TryRemove(id, out _);
            return;
        }

        var now = time.GetTimestamp();
        var last = _watched.GetValueOrDefault(id) ?? new Watched(new AllocationHealth { Watched = record.Health?.Watched ?? TimeSpan.Zero }, now);
        var health = last.Health.Next(rules, LookAt(record, rules), time.GetElapsedTime(last.At, now));
        _watched[id] = new Watched(health, now);
        if (health.Healthy is { } healthy)
        {
            Decide(slot, health, healthy);
        }
        else if (record.Health is null || health.Watched - record.Health.Watched >= RememberEvery)
        {
            slot.Remember(known => known with { Health = new HealthRecord(health.Watched, null) });
        }
    }

    public void Forget(string id) => _watched.TryRemove(id, out _);

    private void Decide(AllocationSlot slot, AllocationHealth health, bool healthy)
    {
        var now = time.GetUtcNow();
        slot.Change(record => record with
        {
            Health = new HealthRecord(health.Watched, healthy),
            Tasks = healthy ? record.Tasks : [.. record.Tasks.Select(task => TaskTransitions.Unhealthy(task, health.Reason, now))],
        });
        var id = slot.Record.Assigned.Id;
        _watched.TryRemove(id, out _);
        if (healthy)
        {
            LogHealthy(log, id);
        }
        else
        {
            LogUnhealthy(log, id, health.Reason);
        }
    }

    private HealthLook LookAt(AllocationRecord record, HealthRules rules)
    {
        var restarts = record.Tasks.Sum(task => task.Restarts);
        var notWell = record.Tasks.FirstOrDefault(task => !IsWell(task, record.Assigned.JobType));
        return new HealthLook(
            notWell is not null ? $"task {notWell.Name} does not run"
            : rules.NeedsChecks && record.Tasks.All(task => task.Phase == TaskPhase.Running) ? FaultOfServices(record.Assigned)
            : null,
            restarts);
    }

    /// <summary>A batch task that has done what it was for is as good as one that runs.</summary>
    private static bool IsWell(TaskRecord task, string jobType) => task.Phase == TaskPhase.Running
        || (task is { Phase: TaskPhase.Dead, Failed: false } && AllocationHealth.IsBatch(jobType));

    private string? FaultOfServices(AssignedAllocation assigned) => services.FaultOf(AllocationServices.Of(
        assigned, (assigned.TaskGroup.Tasks ?? []).Select(task => task.Name!).ToHashSet(StringComparer.Ordinal)));

    private sealed record Watched(AllocationHealth Health, long At);

    [LoggerMessage(218, LogLevel.Information, "{Allocation}: healthy")]
    private static partial void LogHealthy(ILogger log, string allocation);

    [LoggerMessage(219, LogLevel.Warning, "{Allocation}: unhealthy: {Reason}")]
    private static partial void LogUnhealthy(ILogger log, string allocation, string reason);
}
