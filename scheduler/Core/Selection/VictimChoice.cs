using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// Who on a node gives way to a job of higher priority. Never one whose priority is not lower by
/// <see cref="MinDistance"/> or more; the lowest priorities first, and none that could be spared.
/// </summary>
internal sealed class VictimChoice(PlanSession session, JobSpec job)
{
    /// <summary>Nomad's: jobs of nearly the same priority do not push one another about.</summary>
    private const int MinDistance = 10;

    public static bool MayBeVictim(AllocationState allocation, JobSpec job) =>
        allocation.Priority <= job.Priority - MinDistance && allocation.IsLive && allocation.JobKey != job.Key;

    /// <param name="leaving">Counts as gone already.</param>
    /// <param name="fits">Whether there is room when these are gone.</param>
    /// <returns>Null: there would be no room whoever gave way.</returns>
    public IReadOnlyList<AllocationState>? Choose(
        int slot, IReadOnlyList<AllocationState> leaving, Func<IReadOnlyCollection<AllocationState>, bool> fits)
    {
        var candidates = new List<AllocationState>();
        foreach (var allocation in session.Cluster.Nodes.AllocationsOf(slot))
        {
            if (MayBeVictim(allocation, job) && !session.IsSpokenFor(allocation))
            {
                candidates.Add(allocation);
            }
        }

        if (candidates.Count == 0 || !fits([.. leaving, .. candidates]))
        {
            return null;
        }

        // Lowest priority first, and of one priority the largest, so that few have to go.
        candidates.Sort(static (one, other) =>
        {
            var order = one.Priority.CompareTo(other.Priority);
            order = order != 0 ? order : Size(other).CompareTo(Size(one));
            return order != 0 ? order : string.CompareOrdinal(one.Id, other.Id);
        });
        var taken = new List<AllocationState>(leaving);
        foreach (var candidate in candidates)
        {
            taken.Add(candidate);
            if (fits(taken))
            {
                break;
            }
        }

        // What came in early may have become needless by what came later; the highest priorities are spared first.
        for (var i = taken.Count - 1; i >= leaving.Count; i--)
        {
            var spared = taken[i];
            taken.RemoveAt(i);
            if (!fits(taken))
            {
                taken.Insert(i, spared);
            }
        }

        return taken.GetRange(leaving.Count, taken.Count - leaving.Count);
    }

    private static long Size(AllocationState allocation) =>
        ((long)allocation.Ask.CpuMhz + (allocation.Ask.Cores * 1000L)) + allocation.Ask.MemoryMb;
}
