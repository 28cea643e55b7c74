using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>What of a node is still taken and counts as free: of allocations that leave it, or would have to.</summary>
internal readonly record struct Spare(Amounts Amounts, IReadOnlyList<Grant> Grants)
{
    public static Spare None { get; } = new(default, []);

    public static Spare Of(Cluster cluster, int slot, IReadOnlyCollection<AllocationState> allocations)
    {
        var amounts = default(Amounts);
        var grants = new List<Grant>();
        foreach (var allocation in allocations)
        {
            amounts += cluster.Usage.AmountsOf(slot, allocation.Ask);
            if (allocation.Grant is { } grant)
            {
                grants.Add(grant);
            }
        }

        return new Spare(amounts, grants);
    }
}
