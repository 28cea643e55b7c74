using Saas.Contracts.Jobs;

namespace Saas.Cluster.Jobs;

/// <summary>
/// What may change of a group under a running allocation: how many there are, where they may be, how they are rolled out and
/// moved, what follows when they fail, as what they are found, how they leave, and what a setting lets them do. What lasts reaches the workload, and a
/// version that changes it replaces what runs.
/// </summary>
public static class InPlaceRule
{
    public static TaskGroup LastingOf(TaskGroup group) => group with
    {
        Count = null,
        Constraints = null,
        Affinities = null,
        Spreads = null,
        RestartPolicy = null,
        ReschedulePolicy = null,
        Update = null,
        Migrate = null,
        Disconnect = null,
        Services = null,
        ShutdownDelay = null,
        MemoryOversubscription = null,
        Meta = WithoutPlacement(group.Meta),
        Tasks = [.. (group.Tasks ?? []).Select(LastingOf)],
    };

    public static JobTask LastingOf(JobTask task) =>
        task with { Constraints = null, Affinities = null, RestartPolicy = null, Services = null, ShutdownDelay = null };

    /// <summary>What only says where the group goes is no reason to restart it.</summary>
    private static Dictionary<string, string>? WithoutPlacement(IReadOnlyDictionary<string, string>? meta) =>
        meta?.Where(static pair => !pair.Key.StartsWith(PlatformMeta.Prefix, StringComparison.Ordinal))
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToDictionary(static pair => pair.Key, static pair => pair.Value);
}
