using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

/// <summary>
/// The blocks that a group may leave to its job, merged member by member as Nomad's Canonicalize does: the group's, else the
/// job's, else the default.
/// </summary>
internal static class StrategyDefaults
{
    private const long DefaultMinHealthyTime = 10 * JobDefaults.Second;
    private const long DefaultHealthyDeadline = 5 * JobDefaults.Minute;

    /// <summary>The job's own: a service job that says nothing is rolled out one by one.</summary>
    public static UpdateStrategy? UpdateOf(Job job) => job.Update is { } given
        ? Complete(given, null)
        : (job.Type ?? JobTypes.Service) == JobTypes.Service ? Complete(new UpdateStrategy(), null) : null;

    /// <summary>Null: the group has none.</summary>
    public static UpdateStrategy? UpdateOf(Job job, TaskGroup group)
    {
        var inherited = UpdateOf(job);
        return group.Update is { } own
            ? Complete(own, inherited)
            : inherited is null || IsEmpty(inherited) ? null : inherited;
    }

    /// <summary>Null for jobs that run on every node, unless somebody asks for one, which is refused.</summary>
    public static ReschedulePolicy? RescheduleOf(Job job, TaskGroup group, string type)
    {
        if (JobKinds.IsOnEveryNode(type) && group.ReschedulePolicy is null && job.Reschedule is null)
        {
            return null;
        }

        var (own, inherited, isBatch) = (group.ReschedulePolicy ?? new(), job.Reschedule ?? new(), type == JobTypes.Batch);
        return new ReschedulePolicy
        {
            Attempts = own.Attempts ?? inherited.Attempts ?? (isBatch ? 1 : 0),
            Interval = own.Interval ?? inherited.Interval ?? (isBatch ? 24 * JobDefaults.Hour : 0),
            Delay = own.Delay ?? inherited.Delay ?? (isBatch ? 5 * JobDefaults.Second : 30 * JobDefaults.Second),
            DelayFunction = own.DelayFunction ?? inherited.DelayFunction ?? (isBatch ? "constant" : "exponential"),
            MaxDelay = own.MaxDelay ?? inherited.MaxDelay ?? (isBatch ? 0 : JobDefaults.Hour),
            Unlimited = own.Unlimited ?? inherited.Unlimited ?? !isBatch,
        };
    }

    /// <summary>Null for all but service jobs, unless somebody asks for one, which is refused.</summary>
    public static MigrateStrategy? MigrateOf(Job job, TaskGroup group, string type)
    {
        if (type != JobTypes.Service && group.Migrate is null && job.Migrate is null)
        {
            return null;
        }

        var (own, inherited) = (group.Migrate ?? new(), job.Migrate ?? new());
        return new MigrateStrategy
        {
            MaxParallel = own.MaxParallel ?? inherited.MaxParallel ?? 1,
            HealthCheck = own.HealthCheck ?? inherited.HealthCheck ?? HealthChecks.Checks,
            MinHealthyTime = own.MinHealthyTime ?? inherited.MinHealthyTime ?? DefaultMinHealthyTime,
            HealthyDeadline = own.HealthyDeadline ?? inherited.HealthyDeadline ?? DefaultHealthyDeadline,
        };
    }

    /// <summary>From Nomad's older members where they are used: there is one place to look then.</summary>
    public static DisconnectStrategy? DisconnectOf(TaskGroup group)
    {
        var given = group.Disconnect ?? (UsesOlderMembers(group)
            ? new DisconnectStrategy
            {
                LostAfter = group.MaxClientDisconnect,
                StopOnClientAfter = group.StopAfterClientDisconnect,
                Replace = group.PreventRescheduleOnLost is true ? false : null,
            }
            : null);
        return given is null ? null : given with
        {
            LostAfter = given.LostAfter ?? 0,
            Replace = given.Replace ?? true,
            Reconcile = string.IsNullOrEmpty(given.Reconcile) ? ReconcileOptions.BestScore : given.Reconcile,
        };
    }

    /// <summary>False is what Nomad's clients send where nothing was said.</summary>
    public static bool UsesOlderMembers(TaskGroup group) =>
        group.MaxClientDisconnect is not null || group.StopAfterClientDisconnect is not null || group.PreventRescheduleOnLost is true;

    private static UpdateStrategy Complete(UpdateStrategy own, UpdateStrategy? inherited) => new()
    {
        Stagger = own.Stagger ?? inherited?.Stagger ?? 30 * JobDefaults.Second,
        MaxParallel = own.MaxParallel ?? inherited?.MaxParallel ?? 1,
        HealthCheck = own.HealthCheck ?? inherited?.HealthCheck ?? HealthChecks.Checks,
        MinHealthyTime = own.MinHealthyTime ?? inherited?.MinHealthyTime ?? DefaultMinHealthyTime,
        HealthyDeadline = own.HealthyDeadline ?? inherited?.HealthyDeadline ?? DefaultHealthyDeadline,
        ProgressDeadline = own.ProgressDeadline ?? inherited?.ProgressDeadline ?? 10 * JobDefaults.Minute,
        AutoRevert = own.AutoRevert ?? inherited?.AutoRevert ?? false,
        AutoPromote = own.AutoPromote ?? inherited?.AutoPromote ?? false,
        Canary = own.Canary ?? inherited?.Canary ?? 0,
    };

    /// <summary>Every member says nothing: how Nomad's servers write a job without the block.</summary>
    private static bool IsEmpty(UpdateStrategy update) => update is
    {
        Stagger: 0, MaxParallel: 0, HealthCheck: "", MinHealthyTime: 0, HealthyDeadline: 0, ProgressDeadline: 0,
        AutoRevert: false, AutoPromote: false, Canary: 0,
    };
}
