using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

/// <summary>
/// Fills in what a submission leaves out, with the values of Nomad's job specification. The result has no null where
/// there is a default, so the scheduler, the agents and billing need none of their own. A block that is not there and
/// has no default stays null, and costs nothing in the documents of nodes.
/// </summary>
internal static class JobDefaults
{
    public const long Second = 1_000_000_000;
    public const long Minute = 60 * Second;
    public const long Hour = 60 * Minute;

    public const int Priority = 50;
    public const string NodePool = "default";

    /// <param name="projectId">Replaces whatever name the client used for its project.</param>
    public static Job Complete(Job job, string projectId, string region)
    {
        var type = job.Type ?? JobTypes.Service;
        var name = string.IsNullOrEmpty(job.Name) ? job.ID! : job.Name;
        return new Job
        {
            ID = job.ID,
            Name = name,
            Namespace = projectId,
            Region = region,
            Type = type,
            Priority = job.Priority is null or 0 ? Priority : job.Priority,
            Datacenters = job.Datacenters is { Count: > 0 } ? job.Datacenters : ["*"],
            NodePool = string.IsNullOrEmpty(job.NodePool) ? NodePool : job.NodePool,
            Constraints = PlacementDefaults.Complete(job.Constraints),
            Affinities = PlacementDefaults.Complete(job.Affinities),
            Spreads = PlacementDefaults.Complete(job.Spreads),
            TaskGroups = [.. (job.TaskGroups ?? []).Select(group => GroupDefaults.Complete(group, job, type, name))],
            Update = StrategyDefaults.UpdateOf(job),
            Reschedule = job.Reschedule,
            Migrate = job.Migrate,
            Periodic = Complete(job.Periodic),
            ParameterizedJob = Complete(job.ParameterizedJob),
            Meta = job.Meta ?? Empty,
            Stop = job.Stop ?? false,

            // What the platform sets is not here: a client's copy of it says nothing.
        };
    }

    internal static Dictionary<string, string> Empty => [];

    private static PeriodicConfig? Complete(PeriodicConfig? periodic) => periodic is null ? null : new PeriodicConfig
    {
        Enabled = periodic.Enabled ?? true,
        Spec = periodic.Spec ?? "",
        Specs = periodic.Specs ?? [],
        SpecType = string.IsNullOrEmpty(periodic.SpecType) ? "cron" : periodic.SpecType,
        ProhibitOverlap = periodic.ProhibitOverlap ?? false,
        TimeZone = string.IsNullOrEmpty(periodic.TimeZone) ? "UTC" : periodic.TimeZone,
    };

    private static ParameterizedJobConfig? Complete(ParameterizedJobConfig? parameterized) => parameterized is null ? null : new ParameterizedJobConfig
    {
        Payload = string.IsNullOrEmpty(parameterized.Payload) ? PayloadRules.Optional : parameterized.Payload,
        MetaRequired = parameterized.MetaRequired ?? [],
        MetaOptional = parameterized.MetaOptional ?? [],
    };
}
