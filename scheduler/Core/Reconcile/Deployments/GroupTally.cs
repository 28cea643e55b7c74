using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile.Deployments;

/// <summary>The allocations of one deployment and group, counted.</summary>
internal sealed class GroupTally
{
    private readonly List<AllocationState> _canaries = [];

    public int Placed { get; private set; }

    /// <summary>Of those that run now.</summary>
    public int Healthy { get; private set; }

    public int HealthyCanaries { get; private set; }

    public int Unhealthy { get; private set; }

    public static Dictionary<string, GroupTally> Count(
        JobLook look, IReadOnlyList<AllocationState> allocations, Deployment deployment)
    {
        var tallies = new Dictionary<string, GroupTally>(deployment.Groups.Count);
        foreach (var group in deployment.Groups.Keys)
        {
            tallies.Add(group, new GroupTally());
        }

        for (var i = 0; i < allocations.Count; i++)
        {
            var allocation = allocations[i];
            if (allocation.DeploymentId == deployment.Id && tallies.TryGetValue(allocation.Group, out var tally))
            {
                tally.Add(look, allocation);
            }
        }

        return tallies;
    }

    /// <summary>The counts in the deployment's group. What left memory stays counted where it only ever grows.</summary>
    public DeploymentGroup ApplyTo(DeploymentGroup group) => group with
    {
        Placed = Math.Max(group.Placed, Placed),
        Healthy = Healthy,
        Unhealthy = Math.Max(group.Unhealthy, Unhealthy),
        PlacedCanaries = AllCanaries(group.PlacedCanaries),
    };

    private void Add(JobLook look, AllocationState allocation)
    {
        Placed++;
        if (allocation.Canary)
        {
            _canaries.Add(allocation);
        }

        if (allocation.Healthy is false || (allocation.Run == RunState.Failed && allocation.Healthy is null))
        {
            Unhealthy++;
        }
        else if (allocation is { Healthy: true, IsLive: true, Run: not RunState.Unknown } && !Outage.IsSilent(look.NodeOf(allocation)))
        {
            Healthy++;
            HealthyCanaries += allocation.Canary ? 1 : 0;
        }
    }

    /// <summary>The very list given where nothing is new, so that nothing is written for it.</summary>
    private IReadOnlyList<string> AllCanaries(IReadOnlyList<string> known)
    {
        var added = _canaries
            .Where(canary => !known.Contains(canary.Id))
            .OrderBy(static canary => canary.CreatedAt)
            .ThenBy(static canary => canary.Id, StringComparer.Ordinal)
            .Select(static canary => canary.Id)
            .ToArray();
        return added.Length == 0 ? known : [.. known, .. added];
    }
}
