using System.Globalization;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>Task groups of two versions, by name.</summary>
internal static class GroupDiffs
{
    public static IReadOnlyList<TaskGroupDiff> Of(IReadOnlyList<TaskGroup>? old, IReadOnlyList<TaskGroup>? now)
    {
        var before = (old ?? []).ToDictionary(static group => group.Name!, StringComparer.Ordinal);
        var after = (now ?? []).ToDictionary(static group => group.Name!, StringComparer.Ordinal);
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(name => Of(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name))),
        ];
    }

    private static TaskGroupDiff Of(string name, TaskGroup? old, TaskGroup? now)
    {
        var (before, after) = (FieldsOf(old), FieldsOf(now));
        if (before is not null && after is not null)
        {
            // Nomad shows it only of a group that stays.
            before.Text(nameof(TaskGroup.ShutdownDelay), old!.ShutdownDelay?.ToString(CultureInfo.InvariantCulture));
            after.Text(nameof(TaskGroup.ShutdownDelay), now!.ShutdownDelay?.ToString(CultureInfo.InvariantCulture));
        }

        var tasks = TaskDiffs.Of(old?.Tasks, now?.Tasks);
        return new TaskGroupDiff
        {
            Type = old is not null && now is not null && Differences.AreSame(old, now, NomadJson.Default.TaskGroup)
                ? DiffTypes.None
                : DiffTypes.Of(old is not null, now is not null),
            Name = name,
            Fields = Differences.OfFields(before, after, isContextual: false),
            Objects = Differences.Together(
                TargetDiffs.OfConstraints(old?.Constraints, now?.Constraints),
                TargetDiffs.OfAffinities(old?.Affinities, now?.Affinities),
                [Differences.OfObject(nameof(TaskGroup.RestartPolicy), Fields(old?.RestartPolicy), Fields(now?.RestartPolicy))],
                [Differences.OfObject(nameof(TaskGroup.Migrate), Fields(old?.Migrate), Fields(now?.Migrate))],
                [Differences.OfObject(nameof(TaskGroup.ReschedulePolicy), Fields(old?.ReschedulePolicy), Fields(now?.ReschedulePolicy))],
                [Differences.OfObject(nameof(TaskGroup.EphemeralDisk), Fields(old?.EphemeralDisk), Fields(now?.EphemeralDisk))],
                [Differences.OfObject(nameof(TaskGroup.Update), Fields(old?.Update), Fields(now?.Update))],
                [OfDisconnect(old?.Disconnect, now?.Disconnect)],
                NetworkDiffs.Of(old?.Networks, now?.Networks),
                ServiceDiffs.Of(old?.Services, now?.Services),
                OfVolumes(old?.Volumes, now?.Volumes)),
            Tasks = tasks.Count == 0 ? null : tasks,
        };
    }

    private static FlatFields? FieldsOf(TaskGroup? group) => group is null ? null : new FlatFields()
        .Number(nameof(group.Count), group.Count)
        .Map(nameof(group.Meta), group.Meta)
        .Flag(nameof(group.PreventRescheduleOnLost), group.PreventRescheduleOnLost);

    public static FlatFields? Fields(RestartPolicy? policy) => policy is null ? null : new FlatFields()
        .Number(nameof(policy.Attempts), policy.Attempts)
        .Number(nameof(policy.Interval), policy.Interval)
        .Number(nameof(policy.Delay), policy.Delay)
        .Text(nameof(policy.Mode), policy.Mode)
        .Flag(nameof(policy.RenderTemplates), policy.RenderTemplates);

    private static FlatFields? Fields(MigrateStrategy? migrate) => migrate is null ? null : new FlatFields()
        .Number(nameof(migrate.MaxParallel), migrate.MaxParallel)
        .Text(nameof(migrate.HealthCheck), migrate.HealthCheck)
        .Number(nameof(migrate.MinHealthyTime), migrate.MinHealthyTime)
        .Number(nameof(migrate.HealthyDeadline), migrate.HealthyDeadline);

    private static FlatFields? Fields(ReschedulePolicy? policy) => policy is null ? null : new FlatFields()
        .Number(nameof(policy.Attempts), policy.Attempts)
        .Number(nameof(policy.Interval), policy.Interval)
        .Number(nameof(policy.Delay), policy.Delay)
        .Text(nameof(policy.DelayFunction), policy.DelayFunction)
        .Number(nameof(policy.MaxDelay), policy.MaxDelay)
        .Flag(nameof(policy.Unlimited), policy.Unlimited);

    private static FlatFields? Fields(EphemeralDisk? disk) => disk is null ? null : new FlatFields()
        .Flag(nameof(disk.Sticky), disk.Sticky)
        .Number(nameof(disk.SizeMB), disk.SizeMB)
        .Flag(nameof(disk.Migrate), disk.Migrate);

    private static FlatFields? Fields(UpdateStrategy? update) => update is null ? null : new FlatFields()
        .Number(nameof(update.MaxParallel), update.MaxParallel)
        .Text(nameof(update.HealthCheck), update.HealthCheck)
        .Number(nameof(update.MinHealthyTime), update.MinHealthyTime)
        .Number(nameof(update.HealthyDeadline), update.HealthyDeadline)
        .Number(nameof(update.ProgressDeadline), update.ProgressDeadline)
        .Flag(nameof(update.AutoRevert), update.AutoRevert)
        .Flag(nameof(update.AutoPromote), update.AutoPromote)
        .Number(nameof(update.Canary), update.Canary);

    private static ObjectDiff? OfDisconnect(DisconnectStrategy? old, DisconnectStrategy? now) =>
        Differences.AreSame(old, now, NomadJson.Default.DisconnectStrategy) ? null : new ObjectDiff
        {
            Type = DiffTypes.Of(old is not null, now is not null),
            Name = nameof(TaskGroup.Disconnect),
            Fields = Differences.OfFields(Fields(old), Fields(now), isContextual: true),
        };

    private static FlatFields? Fields(DisconnectStrategy? disconnect) => disconnect is null ? null : new FlatFields()
        .Number(nameof(disconnect.LostAfter), disconnect.LostAfter)
        .Optional(nameof(disconnect.StopOnClientAfter), disconnect.StopOnClientAfter)
        .Optional(nameof(disconnect.Replace), disconnect.Replace)
        .Text(nameof(disconnect.Reconcile), disconnect.Reconcile);

    /// <summary>By the group's name for them.</summary>
    private static IEnumerable<ObjectDiff> OfVolumes(IReadOnlyDictionary<string, VolumeRequest>? old, IReadOnlyDictionary<string, VolumeRequest>? now)
    {
        var (before, after) = (old ?? new Dictionary<string, VolumeRequest>(), now ?? new Dictionary<string, VolumeRequest>());
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (was, isNow) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (!Differences.AreSame(was, isNow, NomadJson.Default.VolumeRequest))
            {
                yield return new ObjectDiff
                {
                    Type = DiffTypes.Of(was is not null, isNow is not null),
                    Name = "Volume",
                    Fields = Differences.OfFields(Fields(was), Fields(isNow), isContextual: true),
                };
            }
        }
    }

    private static FlatFields? Fields(VolumeRequest? volume) => volume is null ? null : new FlatFields()
        .Text(nameof(volume.Name), volume.Name)
        .Text(nameof(volume.Type), volume.Type)
        .Text(nameof(volume.Source), volume.Source)
        .Flag(nameof(volume.ReadOnly), volume.ReadOnly)
        .Flag(nameof(volume.Sticky), volume.Sticky)
        .Text(nameof(volume.AccessMode), volume.AccessMode)
        .Text(nameof(volume.AttachmentMode), volume.AttachmentMode)
        .Flag(nameof(volume.PerAlloc), volume.PerAlloc);
}
