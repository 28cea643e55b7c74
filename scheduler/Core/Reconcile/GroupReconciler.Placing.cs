using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Reconcile;

// What is placed for the group: in empty names, and in the place of what is old.
internal sealed partial class GroupReconciler
{
    private void Fill(Vacancy vacancy)
    {
        if (vacancy.WaitsForNode(look, group))
        {
            return;
        }

        var cause = vacancy.Cause(look.Job);
        var latest = vacancy.Latest;
        var keepsUp = rollOut.ModeOf(group) is RollOutMode.Held or RollOutMode.Canarying;
        if (!keepsUp && latest?.JobVersion != _version)
        {
            // What an older version did says nothing about this one.
            var reason = cause == VacancyCause.Taken ? Vacancy.ReasonToPlace(cause, latest) : Reasons.Missing;
            Place(vacancy.Index, latest, null, reason);
            return;
        }

        switch (cause)
        {
            case VacancyCause.Taken:
                Place(vacancy.Index, latest, null, Vacancy.ReasonToPlace(cause, latest));
                break;
            case VacancyCause.Stopped when !keepsUp || !WasStoppedByRollOut(latest!):
                Place(vacancy.Index, latest, null, Reasons.Missing);
                break;
            case VacancyCause.Ended:
                Restart(vacancy.Index, latest!);
                break;
        }
    }

    /// <summary>By what it was told, which is never forgotten. What left a draining node, say, was not in the way of a version.</summary>
    private bool WasStoppedByRollOut(AllocationState stopped) =>
        stopped.JobVersion != _version && stopped.Why is Reasons.NewVersion or Reasons.NodeUnsuitable;

    private void Restart(int index, AllocationState ended)
    {
        var isOfRollOut = _rollsOut && rollOut.IsOf(ended);
        if (isOfRollOut && rollOut.HasFailed)
        {
            look.Result.GivenUp.Add(new AllocationItem(ended, Reasons.DeploymentFailed));
        }
        else if (look.DueReplacement(ended, group.Reschedule) is { } penaltyNodes)
        {
            Place(index, ended, penaltyNodes, Vacancy.ReasonToPlace(VacancyCause.Ended, ended));
        }
        else
        {
            _isUnhealthy |= isOfRollOut;
        }
    }

    /// <summary>Those of an older version that cannot stay, as many as the roll-out allows.</summary>
    private void Replace(List<AllocationItem> replaced)
    {
        var limit = rollOut.ModeOf(group) switch
        {
            RollOutMode.Free => int.MaxValue,
            RollOutMode.Rolling when !_isUnhealthy => group.Update!.MaxParallel - _unproven,
            _ => 0,
        };
        foreach (var item in replaced)
        {
            if (limit-- > 0)
            {
                look.Result.Stop.Add(item);
                Place(item.Allocation.Index, item.Allocation, null, item.Reason);
            }
            else
            {
                look.Result.Ignore.Add(new AllocationItem(item.Allocation, Reasons.WaitsForRollOut));
            }
        }
    }

    private void Place(int index, AllocationState? previous, IReadOnlyList<string>? penaltyNodes, string reason)
    {
        if (previous is not null && look.OlderOf(previous) is { } older && Find(older) is { } olderGroup && KeepsUp(olderGroup))
        {
            look.Result.Place.Add(new PlaceItem(olderGroup, index, previous, penaltyNodes, reason) { Older = older });
            return;
        }

        var counts = rollOut.Counts(group);
        if (counts)
        {
            _unproven++;
            rollOut.Started(group);
        }

        look.Result.Place.Add(new PlaceItem(group, index, previous, penaltyNodes, reason) { InDeployment = counts });
    }

    /// <summary>Beside canaries only what would not be updated in place at once.</summary>
    private bool KeepsUp(GroupSpec older) => rollOut.ModeOf(group) switch
    {
        RollOutMode.Held => true,
        RollOutMode.Canarying => older.Definition != group.Definition,
        _ => false,
    };

    private GroupSpec? Find(JobSpec job) => job.Groups.FirstOrDefault(candidate => candidate.Name == group.Name);
}
