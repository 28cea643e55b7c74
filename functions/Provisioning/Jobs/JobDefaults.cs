using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// Fills in what a submission leaves out, with the values of Nomad's job specification. The result has no null where
/// there is a default, so the scheduler, the agents and billing need none of their own.
/// </summary>
internal static class JobDefaults
{
    private const long Second = 1_000_000_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    public const int Priority = 50;

    /// <param name="projectId">Replaces whatever name the client used for its project.</param>
    public static Job Complete(Job job, string projectId, string region)
    {
        var type = job.Type ?? JobTypes.Service;
        var name = string.IsNullOrEmpty(job.Name) ? job.ID! : job.Name;
        return job with
        {
            Name = name,
            Namespace = projectId,
            Region = region,
            Type = type,
            Priority = job.Priority is null or 0 ? Priority : job.Priority,
            Datacenters = job.Datacenters is { Count: > 0 } ? job.Datacenters : ["*"],
            Constraints = Complete(job.Constraints),
            TaskGroups = [.. (job.TaskGroups ?? []).Select(group => Complete(group, type, name))],
            Meta = job.Meta ?? Empty,
            Stop = job.Stop ?? false,

            // The platform's own members: a client's copy of them says nothing.
            Status = null,
            StatusDescription = null,
            Version = null,
            SubmitTime = null,
            CreateIndex = null,
            ModifyIndex = null,
            JobModifyIndex = null,
        };
    }

    private static Dictionary<string, string> Empty => [];

    private static TaskGroup Complete(TaskGroup group, string type, string job) => group with
    {
        Count = group.Count ?? 1,
        Constraints = Complete(group.Constraints),
        Tasks = [.. (group.Tasks ?? []).Select(task => Complete(task, job, group.Name!))],
        Services = ServiceDefaults.Complete(group.Services, job, group.Name!, task: null),
        ShutdownDelay = group.ShutdownDelay ?? 0,
        RestartPolicy = Complete(group.RestartPolicy ?? new RestartPolicy(), type),
        ReschedulePolicy = Complete(group.ReschedulePolicy ?? new ReschedulePolicy(), type),
        EphemeralDisk = new EphemeralDisk { SizeMB = group.EphemeralDisk?.SizeMB ?? 300 },
        Meta = group.Meta ?? Empty,
    };

    private static JobTask Complete(JobTask task, string job, string group) => task with
    {
        Config = task.Config ?? new Dictionary<string, System.Text.Json.JsonElement>(),
        Env = task.Env ?? Empty,
        Services = ServiceDefaults.Complete(task.Services, job, group, task.Name),
        Resources = Complete(task.Resources ?? new Resources()),
        Constraints = Complete(task.Constraints),
        KillTimeout = task.KillTimeout ?? 5 * Second,
        KillSignal = string.IsNullOrEmpty(task.KillSignal) ? "SIGTERM" : task.KillSignal,
        ShutdownDelay = task.ShutdownDelay ?? 0,
        LogConfig = new LogConfig { MaxFiles = task.LogConfig?.MaxFiles ?? 10, MaxFileSizeMB = task.LogConfig?.MaxFileSizeMB ?? 10 },
        Meta = task.Meta ?? Empty,
    };

    /// <summary>A task asks for cores or for MHz; with cores, the MHz are 0.</summary>
    private static Resources Complete(Resources resources)
    {
        var cores = resources.Cores is > 0 ? resources.Cores : null;
        return new Resources
        {
            Cores = cores,
            CPU = cores is null ? resources.CPU ?? 100 : 0,
            MemoryMB = resources.MemoryMB ?? 300,
        };
    }

    private static IReadOnlyList<Constraint> Complete(IReadOnlyList<Constraint>? constraints) =>
        [.. (constraints ?? []).Select(c => new Constraint
        {
            LTarget = c.LTarget ?? "",
            RTarget = c.RTarget ?? "",
            Operand = string.IsNullOrEmpty(c.Operand) ? "=" : c.Operand,
        })];

    private static RestartPolicy Complete(RestartPolicy policy, string type) => new()
    {
        Attempts = policy.Attempts ?? (type == JobTypes.Batch ? 3 : 2),
        Interval = policy.Interval ?? (type == JobTypes.Batch ? 24 * Hour : 30 * Minute),
        Delay = policy.Delay ?? 15 * Second,
        Mode = policy.Mode ?? "fail",
    };

    private static ReschedulePolicy Complete(ReschedulePolicy policy, string type)
    {
        var batch = type == JobTypes.Batch;
        return new ReschedulePolicy
        {
            Attempts = policy.Attempts ?? (batch ? 1 : 0),
            Interval = policy.Interval ?? (batch ? 24 * Hour : 0),
            Delay = policy.Delay ?? (batch ? 5 * Second : 30 * Second),
            DelayFunction = policy.DelayFunction ?? (batch ? "constant" : "exponential"),
            MaxDelay = policy.MaxDelay ?? (batch ? 0 : Hour),
            Unlimited = policy.Unlimited ?? !batch,
        };
    }
}
