using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Evaluations;

/// <summary>
/// Tells users what came of evaluations. Written after the plan is committed, so it never promises what may still fail;
/// a crash in between leaves the evaluation pending, and the next leader, who finds nothing left to plan, completes it.
/// </summary>
internal sealed class EvaluationLedger(CellId cell, CellEnvironment environment)
{
    public Task WriteAsync(IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned, CancellationToken ct) =>
        Task.WhenAll(planned.Select(entry => WriteAsync(entry.Job, entry.Plan, ct)));

    private async Task WriteAsync(JobEntry job, EvaluationPlan plan, CancellationToken ct)
    {
        foreach (var superseded in job.OpenEvaluations.Values.Where(row => row.Value.Id != plan.EvaluationId).ToArray())
        {
            await ReplaceAsync(job, superseded, superseded.Value with
            {
                Status = EvaluationStatus.Cancelled,
                StatusDescription = "a later evaluation of the job took its place",
                ModifiedAt = environment.Time.GetUtcNow(),
            }, ct);
        }

        if (job.OpenEvaluations.TryGetValue(plan.EvaluationId, out var open))
        {
            var answered = Answer(open.Value, plan);
            if (!SaysTheSame(open.Value, answered))
            {
                await ReplaceAsync(job, open, answered, ct);
            }
        }
        else if (IsWorthTelling(plan))
        {
            await InsertAsync(job, Answer(New(job, plan), plan), ct);
        }
    }

    /// <summary>That an allocation which had ended left its document is not.</summary>
    private static bool IsWorthTelling(EvaluationPlan plan)
    {
        var result = plan.Reconciled;
        return plan.Placed.Count + plan.Blocked.Count + result.Stop.Count + result.InPlace.Count + result.Lost.Count > 0
            || (result.Drop.Count > 0 && result.FollowUp.Count + result.GivenUp.Count > 0);
    }

    private EvaluationRecord Answer(EvaluationRecord record, EvaluationPlan plan)
    {
        var isBlocked = plan.Blocked.Count > 0;
        return record with
        {
            Status = isBlocked ? EvaluationStatus.Blocked : EvaluationStatus.Complete,
            StatusDescription = isBlocked ? "waits for room"
                : plan.FollowUpAt is not null ? "a failed allocation is replaced later"
                : plan.Reconciled.GivenUp.Count > 0 ? "a failed allocation is not replaced: its attempts are used up"
                : "",
            WaitUntil = plan.FollowUpAt,
            ModifiedAt = environment.Time.GetUtcNow(),
            FailedPlacements = plan.Blocked.ToDictionary(
                static pair => pair.Key,
                static pair => new PlacementFailure
                {
                    Missing = pair.Value.Missing,
                    NodesEvaluated = pair.Value.NodesEvaluated,
                    NodesFiltered = pair.Value.NodesFiltered,
                    NodesExhausted = pair.Value.NodesExhausted,
                    ConstraintFiltered = pair.Value.ConstraintFiltered,
                    DimensionExhausted = pair.Value.DimensionExhausted,
                }),
        };
    }

    private EvaluationRecord New(JobEntry job, EvaluationPlan plan)
    {
        var now = environment.Time.GetUtcNow();
        return new EvaluationRecord
        {
            Id = plan.EvaluationId,
            ProjectId = job.Key.ProjectId,
            JobId = job.Key.JobId,
            JobType = job.Row?.Value.Job.Type ?? JobTypes.Service,
            Priority = job.Row?.Value.Job.Priority ?? 50,
            TriggeredBy = TriggerOf(job, plan),
            Status = EvaluationStatus.Pending,
            JobModifyIndex = job.Row?.Value.JobModifyIndex ?? 0,
            CreatedAt = now,
            ModifiedAt = now,
        };
    }

    private static string TriggerOf(JobEntry job, EvaluationPlan plan)
    {
        if (job.Row is null)
        {
            return EvaluationTriggers.JobDeregister;
        }

        if (plan.Reconciled.Lost.Count > 0)
        {
            return EvaluationTriggers.NodeUpdate;
        }

        return plan.Reconciled.FollowUp.Count + plan.Reconciled.GivenUp.Count > 0
            || plan.Reconciled.Place.Exists(static item => item.PenaltyNodes is not null)
            ? EvaluationTriggers.AllocationFailure
            : EvaluationTriggers.QueuedAllocations;
    }

    /// <summary>A blocked evaluation is answered again at each resync; the store need not hear the same twice.</summary>
    private static bool SaysTheSame(EvaluationRecord before, EvaluationRecord after) =>
        before.Status == after.Status
        && before.StatusDescription == after.StatusDescription
        && before.WaitUntil == after.WaitUntil
        && before.FailedPlacements.Count == after.FailedPlacements.Count
        && before.FailedPlacements.All(pair =>
            after.FailedPlacements.TryGetValue(pair.Key, out var other) && SaysTheSame(pair.Value, other));

    private static bool SaysTheSame(PlacementFailure before, PlacementFailure after) =>
        (before.Missing, before.NodesEvaluated, before.NodesFiltered, before.NodesExhausted)
            == (after.Missing, after.NodesEvaluated, after.NodesFiltered, after.NodesExhausted)
        && SameCounts(before.ConstraintFiltered, after.ConstraintFiltered)
        && SameCounts(before.DimensionExhausted, after.DimensionExhausted);

    private static bool SameCounts(IReadOnlyDictionary<string, int> before, IReadOnlyDictionary<string, int> after) =>
        before.Count == after.Count && before.All(pair => after.GetValueOrDefault(pair.Key, -1) == pair.Value);

    private async Task InsertAsync(JobEntry job, EvaluationRecord record, CancellationToken ct)
    {
        var (row, bytes) = (ClusterTables.EvaluationRow(record.Id), TablePartition.Bytes(record, ClusterJson.Default.EvaluationRecord));
        var written = await PartitionOf(job).WriteAsync(TableWrite.Insert(row, bytes), ct);
        if (written.IsDone)
        {
            Keep(job, new Document<EvaluationRecord>(row, record, written.ETag!));
        }
    }

    /// <summary>A refused write means that somebody else answered it; the next resync reads what they said.</summary>
    private async Task ReplaceAsync(JobEntry job, Document<EvaluationRecord> row, EvaluationRecord record, CancellationToken ct)
    {
        var bytes = TablePartition.Bytes(record, ClusterJson.Default.EvaluationRecord);
        var written = await PartitionOf(job).WriteAsync(TableWrite.Replace(row.Row, bytes, row.ETag), ct);
        job.OpenEvaluations.Remove(record.Id);
        if (written.IsDone)
        {
            Keep(job, new Document<EvaluationRecord>(row.Row, record, written.ETag!));
        }
    }

    private static void Keep(JobEntry job, Document<EvaluationRecord> row)
    {
        if (row.Value.Status == EvaluationStatus.Blocked)
        {
            job.OpenEvaluations[row.Value.Id] = row;
        }
    }

    private TablePartition PartitionOf(JobEntry job) => environment.Scope.For(cell.Tenant).JobsOf(job.Key.ProjectId);
}
