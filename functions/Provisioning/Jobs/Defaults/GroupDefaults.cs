using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

internal static class GroupDefaults
{
    /// <param name="job">As submitted: what its groups leave out of their strategies is the job's.</param>
    /// <param name="type">The job's, with its default.</param>
    /// <param name="jobName">As <paramref name="type"/>.</param>
    public static TaskGroup Complete(TaskGroup group, Job job, string type, string jobName) => new()
    {
        Name = group.Name,
        Count = group.Count ?? 1,
        Constraints = PlacementDefaults.Complete(group.Constraints),
        Affinities = PlacementDefaults.Complete(group.Affinities),
        Spreads = PlacementDefaults.Complete(group.Spreads),
        Tasks = [.. (group.Tasks ?? []).Select(task => TaskDefaults.Complete(task, jobName, group, type))],
        Networks = NetworkDefaults.Complete(group.Networks),
        Volumes = Complete(group.Volumes),
        Services = ServiceDefaults.Complete(group.Services, jobName, group.Name!, task: null),
        ShutdownDelay = group.ShutdownDelay ?? 0,
        RestartPolicy = RestartOf(group, type),
        ReschedulePolicy = StrategyDefaults.RescheduleOf(job, group, type),
        Update = StrategyDefaults.UpdateOf(job, group),
        Migrate = StrategyDefaults.MigrateOf(job, group, type),
        Disconnect = StrategyDefaults.DisconnectOf(group),
        EphemeralDisk = new EphemeralDisk { SizeMB = group.EphemeralDisk?.SizeMB ?? 300 },
        Meta = group.Meta ?? JobDefaults.Empty,
    };

    public static RestartPolicy RestartOf(TaskGroup group, string type) => Complete(group.RestartPolicy ?? new RestartPolicy(), JobKinds.RunsToItsEnd(type));

    /// <summary>What a task says of its restarts, and for the rest its group's. Null: nothing but that.</summary>
    public static RestartPolicy? RestartOf(JobTask task, TaskGroup group, string type)
    {
        var all = RestartOf(group, type);
        var own = all with
        {
            Attempts = task.RestartPolicy?.Attempts ?? all.Attempts,
            Interval = task.RestartPolicy?.Interval ?? all.Interval,
            Delay = task.RestartPolicy?.Delay ?? all.Delay,
            Mode = task.RestartPolicy?.Mode ?? all.Mode,
        };
        return own == all ? null : own;
    }

    private static RestartPolicy Complete(RestartPolicy policy, bool runsToItsEnd) => new()
    {
        Attempts = policy.Attempts ?? (runsToItsEnd ? 3 : 2),
        Interval = policy.Interval ?? (runsToItsEnd ? 24 * JobDefaults.Hour : 30 * JobDefaults.Minute),
        Delay = policy.Delay ?? 15 * JobDefaults.Second,
        Mode = policy.Mode ?? "fail",
    };

    private static Dictionary<string, VolumeRequest>? Complete(IReadOnlyDictionary<string, VolumeRequest>? volumes) =>
        volumes is { Count: > 0 }
            ? volumes.ToDictionary(
                volume => volume.Key,
                volume => new VolumeRequest
                {
                    Name = volume.Key,
                    Type = VolumeTypes.Host,
                    Source = volume.Value.Source,
                    ReadOnly = volume.Value.ReadOnly ?? false,
                },
                StringComparer.Ordinal)
            : null;
}

/// <summary>What the types of jobs have in common.</summary>
internal static class JobKinds
{
    /// <summary>Whether instances end by themselves and are done then.</summary>
    public static bool RunsToItsEnd(string? type) => type is JobTypes.Batch or JobTypes.SysBatch;

    /// <summary>Whether there is one instance on every node that suits.</summary>
    public static bool IsOnEveryNode(string? type) => type is JobTypes.System or JobTypes.SysBatch;
}
