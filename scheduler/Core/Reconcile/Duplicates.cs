using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>Two allocations run under one name: mostly an original whose node was silent, and its replacement.</summary>
internal static class Duplicates
{
    /// <summary>Which of the two keeps the name.</summary>
    public static AllocationState Best(AllocationState one, AllocationState other, GroupSpec group, long version)
    {
        var oneIsPresent = one.JobVersion == version;
        if (oneIsPresent != (other.JobVersion == version))
        {
            return oneIsPresent ? one : other;
        }

        var (original, replacement) = IsOlder(one, other) ? (one, other) : (other, one);
        if (group.Disconnect is { Strategy: ReconcileStrategy.KeepReplacement })
        {
            return replacement;
        }

        if (group.Disconnect is { Strategy: ReconcileStrategy.KeepOriginal })
        {
            return original;
        }

        if ((original.Run == RunState.Running) != (replacement.Run == RunState.Running))
        {
            return original.Run == RunState.Running ? original : replacement;
        }

        // Who was placed first is taken to have run longest: what agents tell of restarts is not known here.
        return group.Disconnect is { Strategy: ReconcileStrategy.BestScore } && replacement.Score > original.Score
            ? replacement
            : original;
    }

    /// <summary>Why the other one goes.</summary>
    public static string ReasonToStop(AllocationState goes, AllocationState stays, GroupSpec group, long version)
    {
        if (goes.JobVersion != version && stays.JobVersion == version)
        {
            return Reasons.NewVersion;
        }

        if (group.Disconnect is null)
        {
            return Reasons.Duplicate;
        }

        return IsOlder(goes, stays) ? Reasons.ReplacementStays : Reasons.OriginalStays;
    }

    private static bool IsOlder(AllocationState one, AllocationState other) =>
        one.CreatedAt != other.CreatedAt
            ? one.CreatedAt < other.CreatedAt
            : one.Id == other.PreviousId || (other.Id != one.PreviousId && string.CompareOrdinal(one.Id, other.Id) < 0);
}
