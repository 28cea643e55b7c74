using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>
/// Follows a plan on paper, one placement after the other, and holds each against the oracle. The bar for packing is 2% of
/// the oracle's best score; what is held is the best itself.
/// </summary>
internal sealed class PlanCheck(Paper paper, PlacementSettings settings)
{
    public const double Tolerance = 1e-9;

    public Paper Paper => paper;
    public PlacementSettings Settings => settings;
    public int Followers { get; set; }
    public int Victims { get; set; }
    public int NextId { get; set; }

    /// <summary>Throws where the plan is not what the oracle would do.</summary>
    public void Follow(IReadOnlyList<(JobSpec? Job, EvaluationPlan Plan)> evaluations)
    {
        foreach (var (job, plan) in evaluations)
        {
            var result = plan.Reconciled;
            result.Drop.ForEach(item => paper.End(item.Allocation));
            result.Lost.ForEach(item => paper.End(item.Allocation));
            result.Stop.ForEach(item => paper.Leave(item.Allocation));
            foreach (var item in result.InPlace)
            {
                var ask = job!.Groups.Single(group => group.Name == item.Allocation.Group).Ask;
                paper.SpokenFor.Add(item.Allocation.Id);
                paper.Reserving[paper.Reserving.FindIndex(other => other.Id == item.Allocation.Id)] =
                    item.Allocation with { Ask = item.Allocation.Ask with { DocumentBytes = ask.DocumentBytes } };
            }
        }

        foreach (var (job, plan) in evaluations.OrderByDescending(static pair => pair.Job?.Priority ?? 0))
        {
            if (job is not null)
            {
                new JobCheck(this, job, plan).Follow();
            }
        }
    }

    public static void Holds(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
