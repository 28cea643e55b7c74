using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Evaluations;

/// <summary>
/// Tells users what came of evaluations. Written after the plan is committed, so it never promises what may still fail;
/// a crash in between leaves the evaluation pending, and the next leader, who finds nothing left to plan, completes it.
/// </summary>
internal sealed class EvaluationLedger(CellId cell, CellEnvironment environment)
{
    private static readonly Task<bool> Nothing = Task.FromResult(false);

    private readonly HashSet<JobKey> _jobs = [];
    private Task<bool> _writing = Nothing;

    /// <summary>
    /// Begins to write the answers, by another thread; <see cref="SettleAsync"/> ends it. Until then nobody may look at
    /// these jobs, nor change anything of them.
    /// </summary>
    public void Begin(IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned, CancellationToken ct)
    {
        if (_jobs.Count > 0)
        {
            throw new InvalidOperationException("The answers of the round before are not settled.");
        }

        _jobs.UnionWith(planned.Select(static entry => entry.Job.Key));
        _writing = Task.Run(() => WriteAsync(planned, ct), CancellationToken.None);
    }

    /// <summary>All that was begun is written, and known.</summary>
    /// <returns>Whether there was anything to tell.</returns>
    /// <exception cref="StorageUnavailableException">What was written is unknown. Nothing is under way any more.</exception>
    public Task<bool> SettleAsync()
    {
        var writing = _writing;
        _writing = Nothing;
        _jobs.Clear();
        return writing;
    }

    /// <summary>Whether anything of one of these jobs is being written.</summary>
    public bool IsOnAnyOf(IReadOnlySet<JobKey> jobs) => _jobs.Overlaps(jobs);

    /// <summary>Waits until nothing is under way any more, whatever becomes of it: the reign is over.</summary>
    public async Task AbandonAsync() => await ((Task)_writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<bool> WriteAsync(IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned, CancellationToken ct)
    {
        var answers = planned.SelectMany(entry => AnswersTo(entry.Job, entry.Plan)).ToArray();
        foreach (var project in answers.GroupBy(static answer => answer.Job.Key.ProjectId))
        {
            // A batch is on its way while the next is put into words.
            var rows = environment.Scope.For(cell.Tenant).JobsOf(project.Key);
            await Task.WhenAll(Batches(project).Select(batch => WriteAsync(rows, batch, ct)));
        }

        foreach (var answer in answers.Where(static answer => answer.ETag is not null))
        {
            Keep(answer);
        }

        return answers.Length > 0;
    }

    /// <summary>
    /// All of a batch or, where one of it is refused, each for itself. A refused answer means that somebody else gave one;
    /// the next reign reads what they said.
    /// </summary>
    private static async Task WriteAsync(TablePartition rows, EvaluationAnswer[] batch, CancellationToken ct)
    {
        var written = await rows.WriteBatchAsync([.. batch.Select(static answer => answer.Write)], ct);
        if (written.IsDone)
        {
            foreach (var (answer, etag) in batch.Zip(written.ETags))
            {
                answer.ETag = etag;
            }
        }
        else if (batch.Length > 1)
        {
            foreach (var answer in batch)
            {
                await WriteAsync(rows, [answer], ct);
            }
        }
    }

    private static IEnumerable<EvaluationAnswer[]> Batches(IEnumerable<EvaluationAnswer> answers)
    {
        var (batch, bytes) = (new List<EvaluationAnswer>(), 0);
        foreach (var answer in answers)
        {
            if (batch.Count == TableLimits.MaxBatchRows || (batch.Count > 0 && bytes + answer.Write.Value.Length > TableLimits.MaxBatchBytes))
            {
                yield return [.. batch];
                batch.Clear();
                bytes = 0;
            }

            batch.Add(answer);
            bytes += answer.Write.Value.Length;
        }

        if (batch.Count > 0)
        {
            yield return [.. batch];
        }
    }

    private IEnumerable<EvaluationAnswer> AnswersTo(JobEntry job, EvaluationPlan plan)
    {
        foreach (var superseded in job.OpenEvaluations.Values.Where(row => row.Value.Id != plan.EvaluationId).ToArray())
        {
            job.OpenEvaluations.Remove(superseded.Value.Id);
            yield return new EvaluationAnswer(job, superseded.Value with
            {
                Status = EvaluationStatus.Cancelled,
                StatusDescription = "a later evaluation of the job took its place",
                ModifiedAt = environment.Time.GetUtcNow(),
            }, superseded.ETag);
        }

        if (job.OpenEvaluations.TryGetValue(plan.EvaluationId, out var open))
        {
            var answered = AnswerTo(open.Value, job, plan);
            if (!SaysTheSame(open.Value, answered))
            {
                job.OpenEvaluations.Remove(plan.EvaluationId);
                yield return new EvaluationAnswer(job, answered, open.ETag);
            }
        }
        else if (IsWorthTelling(plan))
        {
            yield return new EvaluationAnswer(job, AnswerTo(New(job, plan), job, plan), replaced: null);
        }
    }

    /// <summary>That an allocation which had ended left its document is not.</summary>
    private static bool IsWorthTelling(EvaluationPlan plan)
    {
        var result = plan.Reconciled;
        return plan.IsBlocked || plan.Placed.Count + result.Stop.Count + result.InPlace.Count + result.Lost.Count + result.Disconnect.Count > 0
            || (result.Drop.Count > 0 && result.FollowUp.Count + result.GivenUp.Count > 0);
    }

    private EvaluationRecord AnswerTo(EvaluationRecord record, JobEntry job, EvaluationPlan plan)
    {
        var isBlocked = plan.IsBlocked;
        return record with
        {
            Status = isBlocked ? EvaluationStatus.Blocked : EvaluationStatus.Complete,
            StatusDescription = isBlocked ? plan.Blocked.Values.All(static metrics => metrics.QuotaExhausted.Count > 0) ? "waits for quota" : "waits for room"
                : plan.FollowUpAt is not null && plan.Reconciled.FollowUp.Count > 0 ? "a failed allocation is replaced later"
                : plan.Reconciled.GivenUp is [var given, ..] ? given.Reason == Reasons.NotRescheduled
                    ? "an allocation that ended is not replaced: what runs on each node is not rescheduled"
                    : "a failed allocation is not replaced: its attempts are used up"
                : "",
            HasWaited = record.HasWaited || isBlocked,
            WaitUntil = plan.Reconciled.FollowUp.Count > 0 ? plan.FollowUpAt : null,
            ModifiedAt = environment.Time.GetUtcNow(),

            // A new one has its id from the row that was written; the plan does not know it.
            DeploymentId = record.DeploymentId ?? (plan.Reconciled.Deployment is null ? null : job.Deployment?.Value.Id),
            FailedPlacements = plan.Metrics.Where(static pair => pair.Value.Missing > 0).ToDictionary(static pair => pair.Key, static pair => ToStored(pair.Value)),
            Placements = plan.Metrics.Where(static pair => pair.Value.Scores.Count > 0).ToDictionary(static pair => pair.Key, static pair => ToStored(pair.Value)),
        };
    }

    public static PlacementFailure ToStored(PlacementMetrics metrics) => new()
    {
        Missing = metrics.Missing,
        NodesEvaluated = metrics.NodesEvaluated,
        NodesFiltered = metrics.NodesFiltered,
        NodesExhausted = metrics.NodesExhausted,
        NodesInPool = metrics.NodesInPool,
        NodesAvailable = metrics.NodesAvailable,
        ClassFiltered = metrics.ClassFiltered,
        ConstraintFiltered = metrics.ConstraintFiltered,
        ClassExhausted = metrics.ClassExhausted,
        DimensionExhausted = metrics.DimensionExhausted,
        QuotaExhausted = metrics.QuotaExhausted,
        Scores = [.. metrics.Scores.Select(static node => new NodeScores(node.NodeId, node.Parts, node.NormScore))],
    };

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

        if (plan.Reconciled.ChangesDeployments)
        {
            return EvaluationTriggers.DeploymentWatcher;
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

    private static void Keep(EvaluationAnswer answer)
    {
        if (answer.Record.Status == EvaluationStatus.Blocked)
        {
            answer.Job.OpenEvaluations[answer.Record.Id] = new Document<EvaluationRecord>(answer.Row, answer.Record, answer.ETag!);
        }
    }
}
