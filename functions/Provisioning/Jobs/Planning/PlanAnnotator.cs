using System.Globalization;
using Saas.Cluster.Jobs;
using Saas.Cluster.Trials;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Diffs;

namespace Saas.Provisioning.Jobs.Planning;

/// <summary>
/// Says in a diff what its changes mean for what runs, in Nomad's words. Which change of a task is made in place is the
/// scheduler's rule here, not Nomad's: see <see cref="InPlaceRule"/>.
/// </summary>
internal static class PlanAnnotator
{
    private const string ForcesCreate = "forces create";
    private const string ForcesDestroy = "forces destroy";
    private const string ForcesInPlace = "forces in-place update";
    private const string ForcesDestructive = "forces create/destroy update";

    public static JobDiff Annotate(JobDiff diff, Job? old, Job now, IReadOnlyDictionary<string, PlannedUpdates> updates) => diff with
    {
        TaskGroups = diff.TaskGroups is not { } groups ? null :
        [
            .. groups.Select(group => Annotate(group, Find(old, group.Name), Find(now, group.Name), updates.GetValueOrDefault(group.Name))),
        ],
    };

    private static TaskGroupDiff Annotate(TaskGroupDiff diff, TaskGroup? old, TaskGroup? now, PlannedUpdates? updates) => diff with
    {
        Updates = updates is null ? null : CountsOf(updates),
        Fields = diff.Fields is not { } fields ? null : [.. fields.Select(static field => field.Name == nameof(TaskGroup.Count) ? WithCount(field) : field)],
        Tasks = diff.Tasks is not { } tasks ? null : [.. tasks.Select(task => Annotate(task, diff.Type, Find(old, task.Name), Find(now, task.Name)))],
    };

    private static Dictionary<string, long> CountsOf(PlannedUpdates updates) => new (string Name, long Count)[]
    {
        ("ignore", updates.Ignore),
        ("create", updates.Place),
        ("migrate", updates.Migrate),
        ("destroy", updates.Stop),
        ("canary", updates.Canary),
        ("in-place update", updates.InPlaceUpdate),
        ("create/destroy update", updates.DestructiveUpdate),
    }.Where(static pair => pair.Count != 0).ToDictionary(static pair => pair.Name, static pair => pair.Count);

    private static FieldDiff WithCount(FieldDiff count)
    {
        var (old, now) = (NumberOf(count.Old), NumberOf(count.New));
        return old == now ? count : count with { Annotations = [old < now ? ForcesCreate : ForcesDestroy] };

        static int NumberOf(string text) => text.Length == 0 ? 0 : int.Parse(text, CultureInfo.InvariantCulture);
    }

    private static TaskDiff Annotate(TaskDiff diff, string ofGroup, JobTask? old, JobTask? now)
    {
        if (diff.Type == DiffTypes.None)
        {
            return diff;
        }

        var isWhole = ofGroup is DiffTypes.Added or DiffTypes.Deleted;
        var annotation = isWhole && diff.Type == DiffTypes.Added ? ForcesCreate
            : isWhole && diff.Type == DiffTypes.Deleted ? ForcesDestroy
            : old is not null && now is not null && Differences.AreSame(InPlaceRule.LastingOf(old), InPlaceRule.LastingOf(now), NomadJson.Default.JobTask) ? ForcesInPlace
            : ForcesDestructive;
        return diff with { Annotations = [annotation] };
    }

    private static TaskGroup? Find(Job? job, string name) => job?.TaskGroups?.FirstOrDefault(group => group.Name == name);

    private static JobTask? Find(TaskGroup? group, string name) => group?.Tasks?.FirstOrDefault(task => task.Name == name);
}
