using Saas.Cluster;
using Saas.Contracts;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Evaluations;

/// <summary>The jobs looked at together, each under the evaluation that is answered by it.</summary>
internal sealed record EvaluationRound(IReadOnlyList<(JobEntry Job, string EvaluationId)> Jobs)
{
    /// <summary>Of all dirty jobs, in the order of their evaluations: first come, first served.</summary>
    public static EvaluationRound Of(CellState state, TimeProvider time) => new(
        [
            .. state.Dirty
                .Select(key => state.Jobs.GetValueOrDefault(key))
                .OfType<JobEntry>()
                .Where(static job => !job.IsUnreadable)
                .Select(job => (job, EvaluationOf(job) ?? EntityId.New("eval", time)))
                .OrderBy(static entry => entry.Item2, StringComparer.Ordinal),
        ]);

    public IReadOnlyList<EvaluationRequest> Requests =>
    [
        .. Jobs.Select(static entry => new EvaluationRequest(
            entry.EvaluationId, entry.Job.Key.ToString(), entry.Job.Spec, [.. entry.Job.Allocations.Values])),
    ];

    /// <summary>
    /// Pending before blocked, then the newest. By the project's index, because ids of one millisecond have no order.
    /// </summary>
    private static string? EvaluationOf(JobEntry job) => job.OpenEvaluations.Values
        .MaxBy(static row => (row.Value.Status == EvaluationStatus.Pending, row.Value.JobModifyIndex, row.Value.Id))?.Value.Id;
}
