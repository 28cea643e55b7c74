using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Looks at allocations that should run until it is known whether they are healthy, and notes it: for each deployment anew,
/// because the update in place that brought it may have cured them, or made them ill. What they wait for by
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
        var (deployment, remembered) = (record.Assigned.DeploymentId, AllocationHealth.Remembered(record));
        var last = _watched.TryGetValue(id, out var watched) && watched.DeploymentId == deployment
            ? watched
            : new Watched(new AllocationHealth { Watched = remembered?.Watched ?? TimeSpan.Zero }, now, deployment);
        var health = last.Health.Next(rules, LookAt(record, rules), time.GetElapsedTime(last.At, now));
        _watched[id] = last with { Health = health, At = now };
        if (health.Healthy is { } healthy)
        {
            Decide(slot, health, healthy, deployment);
        }
        else if (remembered is null || health.Watched - remembered.Watched >= RememberEvery)
        {
            slot.Remember(known => known with { Health = new HealthRecord(health.Watched, null, deployment) });
        }
    }

    public void Forget(string id) => _watched.TryRemove(id, out _);

    private void Decide(AllocationSlot slot, AllocationHealth health, bool healthy, string? deployment)
    {
        var now = time.GetUtcNow();
        slot.Change(record => record with
        {
            Health = new HealthRecord(health.Watched, healthy, deployment),
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

    private sealed record Watched(AllocationHealth Health, long At, string? DeploymentId);

    [LoggerMessage(218, LogLevel.Information, "{Allocation}: healthy")]
    private static partial void LogHealthy(ILogger log, string allocation);

    [LoggerMessage(219, LogLevel.Warning, "{Allocation}: unhealthy: {Reason}")]
    private static partial void LogUnhealthy(ILogger log, string allocation, string reason);
}
