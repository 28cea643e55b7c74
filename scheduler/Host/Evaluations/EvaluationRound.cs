using Saas.Cluster;
using Saas.Contracts;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Deployments;

namespace Saas.Scheduler.Host.Evaluations;

/// <summary>The jobs looked at together, each under the evaluation that is answered by it.</summary>
internal sealed record EvaluationRound(IReadOnlyList<(JobEntry Job, string EvaluationId)> Jobs)
{
    /// <summary>
    /// Of the dirty jobs, in the order of their evaluations: first come, first served within a priority. By the time,
    /// because comparing thousands of ids costs more than the rest of it; ids settle what is of one time. A round is
    /// bounded, so that a flood of jobs does not keep the first of them from being committed; what is left stays dirty.
    /// </summary>
    public static EvaluationRound Of(CellState state, CellEnvironment environment)
    {
        foreach (var key in state.Dirty.Where(key => state.Jobs.GetValueOrDefault(key) is null or { IsUnreadable: true }).ToArray())
        {
            state.Dirty.Remove(key);
        }

        return new(
        [
            .. state.Dirty
                .Select(key => state.Jobs[key])
                .Select(static job => (Job: job, Evaluation: EvaluationOf(job)))
                .OrderByDescending(static entry => entry.Job.Spec?.Priority ?? int.MaxValue)
                .ThenBy(static entry => entry.Evaluation?.CreatedAt.UtcTicks ?? long.MaxValue)
                .ThenBy(static entry => entry.Evaluation?.Id ?? entry.Job.Key.JobId, StringComparer.Ordinal)
                .Take(environment.Options.JobsPerRound)
                .Select(entry => (entry.Job, entry.Evaluation?.Id ?? EntityId.New("eval", environment.Time))),
        ]);
    }

    public IReadOnlyList<EvaluationRequest> Requests() =>
    [
        .. Jobs.Select(static entry => new EvaluationRequest(
            entry.EvaluationId, entry.Job.Key.ToString(), entry.Job.Spec, [.. entry.Job.Allocations.Values],
            entry.Job.Deployment is { } deployment ? DeploymentMapping.ToCore(deployment.Value) : null,
            entry.Job.Older)),
    ];

    /// <summary>
    /// Pending before blocked, then the newest. By the project's index, because ids of one millisecond have no order.
    /// </summary>
    private static EvaluationRecord? EvaluationOf(JobEntry job) => job.OpenEvaluations.Count == 0
        ? null
        : job.OpenEvaluations.Values
            .MaxBy(static row => (row.Value.Status == EvaluationStatus.Pending, row.Value.JobModifyIndex, row.Value.Id))?.Value;
}
