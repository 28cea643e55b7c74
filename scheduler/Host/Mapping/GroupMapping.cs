using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>Task groups as stored, to groups as the core plans them.</summary>
internal static class GroupMapping
{
    /// <summary>Nanoseconds to a tick of <see cref="TimeSpan"/>.</summary>
    private const long NanosecondsPerTick = 100;

    private const int DefaultSpreadWeight = 50;

    /// <summary>The agent's, for tasks that say none.</summary>
    private static readonly TimeSpan DefaultKillTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For a growing delay without an upper bound of its own.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    public static GroupSpec ToSpec(Job job, GroupDefinition definition)
    {
        var group = definition.Group;
        var tasks = group.Tasks ?? [];
        return new GroupSpec
        {
            Name = group.Name ?? "",
            Count = group.Count ?? 1,
            Ask = definition.Ask,
            Definition = definition.Definition,
            Drivers = [.. tasks.Select(static task => DriverNames.RunBy(task.Driver)).Distinct()],
            Constraints =
            [
                .. ConstraintMapping.ToConstraints(group.Constraints),
                .. tasks.SelectMany(static task => ConstraintMapping.ToConstraints(task.Constraints)),
            ],
            Affinities =
            [
                .. ConstraintMapping.ToAffinities(group.Affinities),
                .. tasks.SelectMany(static task => ConstraintMapping.ToAffinities(task.Affinities)),
            ],
            Spreads = ToSpreads(group.Spreads),
            Volumes = [.. (group.Volumes ?? new Dictionary<string, VolumeRequest>()).Values.Select(static volume => new VolumeAsk(volume.Source ?? "", volume.ReadOnly is true))],
            DataClass = PlatformMeta.Of(job, group, PlatformMeta.DataClass),
            Cheapest = PlatformMeta.Of(job, group, PlatformMeta.Placement) == PlatformMeta.Cheapest,
            BurstPools = PlatformMeta.Of(job, group, PlatformMeta.Burst)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            Reschedule = ToRule(group.ReschedulePolicy ?? new ReschedulePolicy { Unlimited = true }),
            Update = ToRule(group.Update),
            MigrateParallel = Math.Max(1, group.Migrate?.MaxParallel ?? 1),
            Disconnect = ToRule(group.Disconnect),
            StopsAfter = StopsAfter(group),
            StaysLost = group.Disconnect is { Replace: false, LostAfter: null or 0 },
        };
    }

    public static Core.Model.Spread[] ToSpreads(IReadOnlyList<Contracts.Jobs.Spread>? spreads) =>
    [
        .. (spreads ?? []).Select(static spread => new Core.Model.Spread(
            spread.Attribute ?? "", spread.Weight ?? DefaultSpreadWeight,
            [.. (spread.SpreadTarget ?? []).Select(static target => new Core.Model.SpreadTarget(target.Value ?? "", target.Percent ?? 0))])),
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

    /// <summary>Without parallel updates there is no roll-out: everything is replaced at once, as Nomad does.</summary>
    private static UpdateRule? ToRule(UpdateStrategy? update) => update?.MaxParallel is null or <= 0
        ? null
        : new UpdateRule(
            update.MaxParallel.Value, update.Canary ?? 0, update.AutoPromote is true, update.AutoRevert is true,
            update.ProgressDeadline is > 0 ? Duration(update.ProgressDeadline) : null);

    private static DisconnectRule? ToRule(DisconnectStrategy? disconnect) => disconnect?.LostAfter is null or <= 0
        ? null
        : new DisconnectRule(
            Duration(disconnect.LostAfter), disconnect.Replace is not false,
            disconnect.Reconcile switch
            {
                ReconcileOptions.KeepOriginal => ReconcileStrategy.KeepOriginal,
                ReconcileOptions.KeepReplacement => ReconcileStrategy.KeepReplacement,
                ReconcileOptions.LongestRunning => ReconcileStrategy.LongestRunning,
                _ => ReconcileStrategy.BestScore,
            });

    private static TimeSpan? StopsAfter(TaskGroup group) => group.Disconnect?.StopOnClientAfter is > 0 and var after
        ? Duration(after) + (group.Tasks ?? []).Select(static task => task.KillTimeout is { } kill ? Duration(kill) : DefaultKillTimeout).DefaultIfEmpty().Max()
        : null;

    private static TimeSpan Duration(long? nanoseconds) => TimeSpan.FromTicks((nanoseconds ?? 0) / NanosecondsPerTick);
}
