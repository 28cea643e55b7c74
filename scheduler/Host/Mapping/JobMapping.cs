using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>Jobs as stored, to jobs as the core plans them.</summary>
internal static class JobMapping
{
    /// <summary>Nanoseconds to a tick of <see cref="TimeSpan"/>.</summary>
    private const long NanosecondsPerTick = 100;

    /// <summary>As documented on <see cref="TaskGroup.Count"/>: one job must not take the cell's memory.</summary>
    private const int MaxCount = 10_000;

    /// <summary>For a growing delay without an upper bound of its own.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    public static JobKey KeyOf(JobRecord record) => new(record.ProjectId, record.Job.ID ?? "");

    /// <exception cref="InvalidDataException">No version of Provisioning would have accepted it.</exception>
    public static JobSpec ToSpec(JobRecord record, GroupCatalog groups)
    {
        var job = record.Job;
        if ((job.TaskGroups ?? []).DistinctBy(static group => group.Name).Count() != (job.TaskGroups ?? []).Count
            || (job.TaskGroups ?? []).Any(static group => group.Count is < 0 or > MaxCount))
        {
            throw new InvalidDataException("The job names a group twice, or asks for a count that is out of range.");
        }

        var version = new JobVersionKey(KeyOf(record), record.Version);
        return new JobSpec
        {
            Key = version.Job.ToString(),
            Version = record.Version,
            Kind = job.Type == JobTypes.Batch ? JobKind.Batch : JobKind.Service,
            Priority = job.Priority ?? 50,
            Stopped = job.Stop is true || record.Purge,
            Datacenters = job.Datacenters ?? ["*"],
            Constraints = ToConstraints(job.Constraints),
            Groups = [.. (job.TaskGroups ?? []).Select(group => ToSpec(groups.Of(version, group)))],
        };
    }

    private static GroupSpec ToSpec(GroupDefinition definition)
    {
        var group = definition.Group;
        var tasks = group.Tasks ?? [];
        return new GroupSpec
        {
            Name = group.Name ?? "",
            Count = group.Count ?? 1,
            Ask = definition.Ask,
            Definition = definition.Definition,
            Drivers = [.. tasks.Select(static task => task.Driver ?? "").Distinct()],
            Constraints = [.. ToConstraints(group.Constraints), .. tasks.SelectMany(static task => ToConstraints(task.Constraints))],
            Reschedule = ToRule(group.ReschedulePolicy ?? new ReschedulePolicy { Unlimited = true }),
        };
    }

    private static NodeConstraint[] ToConstraints(IReadOnlyList<Constraint>? constraints) =>
    [
        .. (constraints ?? []).Select(static constraint =>
            new NodeConstraint(constraint.LTarget ?? "", constraint.Operand ?? "=", constraint.RTarget ?? "")),
    ];

    private static RescheduleRule ToRule(ReschedulePolicy policy) => new(
        policy.Attempts ?? 0,
        Duration(policy.Interval),
        Duration(policy.Delay),
        policy.DelayFunction switch
        {
            "exponential" => DelayFunction.Exponential,
            "fibonacci" => DelayFunction.Fibonacci,
            _ => DelayFunction.Constant,
        },
        policy.MaxDelay is > 0 ? Duration(policy.MaxDelay) : LongestDelay,
        policy.Unlimited ?? false);

    private static TimeSpan Duration(long? nanoseconds) => TimeSpan.FromTicks((nanoseconds ?? 0) / NanosecondsPerTick);
}
