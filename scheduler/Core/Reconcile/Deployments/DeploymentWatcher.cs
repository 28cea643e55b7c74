using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile.Deployments;

/// <summary>
/// Moves a deployment on by what its allocations show: counts, the progress deadline, automatic promotion, success and
/// failure. It looks at how things are and not at what happened, so that a look more or less changes nothing.
/// </summary>
internal static class DeploymentWatcher
{
    /// <param name="deployment">Active, and of the job's present version.</param>
    /// <returns>The very object given, where nothing changes.</returns>
    public static Deployment Advance(JobLook look, IReadOnlyList<AllocationState> allocations, Deployment deployment)
    {
        var tallies = GroupTally.Count(look, allocations, deployment);
        var groups = new Dictionary<string, DeploymentGroup>(deployment.Groups.Count);
        foreach (var (name, group) in deployment.Groups)
        {
            groups.Add(name, tallies[name].ApplyTo(group));
        }

        var (state, description) = (deployment.State, deployment.Description);
        if (state == DeploymentState.Paused)
        {
            // The clock stands, and starts anew when the deployment goes on.
            Each(groups, static (_, group) => group with { RequireProgressBy = null });
        }
        else if (groups.Values.Any(static group => !HasDeadline(group) && group.Unhealthy > 0))
        {
            (state, description) = (DeploymentState.Failed, DeploymentDescriptions.FailedUnhealthy);
        }
        else
        {
            if (MayAutoPromote(groups, tallies))
            {
                Each(groups, static (_, group) => group with { Promoted = group.Promoted || group.DesiredCanaries > 0 });
            }

            Each(groups, (name, group) => group with
            {
                RequireProgressBy = ProgressBy(group, deployment.Groups[name], tallies[name], look.Now),
            });
            if (groups.Values.Any(group => group.RequireProgressBy <= look.Now))
            {
                (state, description) = (DeploymentState.Failed, DeploymentDescriptions.FailedProgress);
            }
            else if (groups.Values.All(static group => !group.IsCanarying && group.Healthy >= group.DesiredTotal))
            {
                (state, description) = (DeploymentState.Successful, DeploymentDescriptions.Successful);
            }
            else
            {
                description = DeploymentDescriptions.OfRunning(groups);
            }
        }

        var isSame = state == deployment.State && description == deployment.Description
            && groups.All(pair => pair.Value == deployment.Groups[pair.Key]);
        return isSame ? deployment : deployment with { State = state, Description = description, Groups = groups };
    }

    public static bool HasDeadline(DeploymentGroup group) => group.ProgressDeadline > TimeSpan.Zero;

    /// <summary>The deployment has failed, and in a group that goes back then.</summary>
    public static bool Reverts(Deployment deployment) =>
        deployment.State == DeploymentState.Failed
        && deployment.Groups.Values.Any(static group => group.AutoRevert && (group.IsCanarying || group.Healthy < group.DesiredTotal));

    /// <summary>All groups that have canaries are promoted together.</summary>
    private static bool MayAutoPromote(
        Dictionary<string, DeploymentGroup> groups, Dictionary<string, GroupTally> tallies)
    {
        var any = false;
        foreach (var (name, group) in groups)
        {
            if (!group.IsCanarying)
            {
                continue;
            }

            if (!group.AutoPromote || tallies[name].HealthyCanaries < group.DesiredCanaries)
            {
                return false;
            }

            any = true;
        }

        return any;
    }

    private static DateTimeOffset? ProgressBy(
        DeploymentGroup group, DeploymentGroup before, GroupTally tally, DateTimeOffset now)
    {
        var isWell = group.IsCanarying
            ? tally.HealthyCanaries >= group.DesiredCanaries
            : group.Healthy >= group.DesiredTotal;
        if (isWell || !HasDeadline(group))
        {
            return null;
        }

        // Promotion is progress, too. What found no room yet has all the time until it does: it is not at fault.
        var progressed = group.Healthy > before.Healthy || group.Promoted != before.Promoted;
        var notBegun = group.Placed == 0 && before.RequireProgressBy <= now;
        return progressed || notBegun || (before.RequireProgressBy is null && group.Placed > 0)
            ? now + group.ProgressDeadline
            : before.RequireProgressBy;
    }

    private static void Each(
        Dictionary<string, DeploymentGroup> groups, Func<string, DeploymentGroup, DeploymentGroup> change)
    {
        foreach (var name in groups.Keys.ToArray())
        {
            groups[name] = change(name, groups[name]);
        }
    }
}
