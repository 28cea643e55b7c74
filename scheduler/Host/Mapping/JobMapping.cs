using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>Jobs as stored, to jobs as the core plans them.</summary>
internal static class JobMapping
{
    /// <summary>As documented on <see cref="TaskGroup.Count"/>: one job must not take the cell's memory.</summary>
    private const int MaxCount = 10_000;

    public static JobKey KeyOf(JobRecord record) => new(record.ProjectId, record.Job.ID ?? "");

    public static JobKind ToKind(string? type) => type switch
    {
        JobTypes.Batch => JobKind.Batch,
        JobTypes.System => JobKind.System,
        JobTypes.SysBatch => JobKind.SysBatch,
        null or JobTypes.Service => JobKind.Service,
        _ => throw new InvalidDataException($"No type of job: {type}."),
    };

    /// <summary>The group as agents get it: with what the whole job says to its tasks.</summary>
    private static TaskGroup Assigned(Job job, TaskGroup group, bool oversubscribes)
    {
        if (oversubscribes && AsksForMoreMemory(group))
        {
            group = group with { MemoryOversubscription = true };
        }

        // What a dispatch may say and did not is there and empty, as in Nomad.
        var optional = job.Dispatched is true ? job.ParameterizedJob?.MetaOptional ?? [] : [];
        if (job.Meta is not { Count: > 0 } && job.Payload is null && optional.Count == 0)
        {
            return group;
        }

        var meta = new Dictionary<string, string>(job.Meta ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var name in optional)
        {
            meta.TryAdd(name, "");
        }

        foreach (var (name, value) in group.Meta ?? new Dictionary<string, string>())
        {
            meta[name] = value;
        }

        return group with { Meta = meta.Count == 0 ? group.Meta : meta, Payload = job.Payload };
    }

    /// <summary>Some task may use more memory than it reserves, where that is allowed.</summary>
    public static bool AsksForMoreMemory(TaskGroup group) => (group.Tasks ?? []).Any(static task => task.Resources?.MemoryMaxMB is not (null or 0));

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
            Kind = ToKind(job.Type),
            ProjectId = record.ProjectId,
            Priority = job.Priority ?? 50,
            Stopped = job.Stop is true || record.Purge,
            IsTemplate = record.IsParent,
            Datacenters = job.Datacenters ?? ["*"],
            NodePool = string.IsNullOrEmpty(job.NodePool) ? NodePools.Default : job.NodePool,
            Constraints = ConstraintMapping.ToConstraints(job.Constraints),
            Affinities = ConstraintMapping.ToAffinities(job.Affinities),
            Spreads = GroupMapping.ToSpreads(job.Spreads),
            Groups =
            [
                .. (job.TaskGroups ?? []).Select(group =>
                    GroupMapping.ToSpec(job, groups.Of(version, job.Type ?? JobTypes.Service, Assigned(job, group, groups.Oversubscribes)))),
            ],
        };
    }
}
