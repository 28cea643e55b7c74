using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Cluster.Jobs;

/// <summary>What one attempt at a change wants written.</summary>
/// <param name="Record">Its indexes, its time and its evaluation are set by the ledger.</param>
/// <param name="Trigger">One of <see cref="EvaluationTriggers"/>.</param>
/// <param name="EvaluationPriority">1 to 100.</param>
public sealed record PlannedJob(JobRecord Record, string Trigger, int EvaluationPriority)
{
    /// <summary>Rows of the same partition that stand or fall with the job; neither jobs nor versions nor the index.</summary>
    public IReadOnlyList<TableWrite> Beside { get; init; } = [];

    /// <summary>Rows beside that say at which index, and by which evaluation, the job was written.</summary>
    public Func<CommittedJob, IEnumerable<TableWrite>>? BesideOf { get; init; }

    /// <summary>What this version is made from; null: what is known of it stays.</summary>
    public JobSubmission? Submission { get; init; }
}

/// <summary>What is written when a job is to be looked at again although it was not submitted.</summary>
/// <param name="Trigger">One of <see cref="EvaluationTriggers"/>.</param>
public sealed record PlannedEvaluation(string Trigger)
{
    /// <summary>As <see cref="PlannedJob.Beside"/>.</summary>
    public IReadOnlyList<TableWrite> Beside { get; init; } = [];

    /// <summary>False: only the rows beside are written, and nobody need look at the job for them.</summary>
    public bool Evaluates { get; init; } = true;

    /// <summary>Of the job's row, what is neither its specification nor an index of it. Null: nothing changes.</summary>
    public Func<JobRecord, JobRecord>? Change { get; init; }

    /// <summary>As <see cref="PlannedJob.BesideOf"/>.</summary>
    public Func<CommittedJob, IEnumerable<TableWrite>>? BesideOf { get; init; }
}

/// <summary>A change that is committed, and the evaluation that follows from it.</summary>
/// <param name="Evaluation">Null for what places nothing itself: a periodic or parameterized parent.</param>
public sealed record CommittedJob(JobRecord Record, EvaluationRecord? Evaluation);

/// <summary>
/// Writes a project's jobs: what users submit, and what the scheduler submits (children of periodic jobs, reverts). One
/// batch holds the job, its row as that version, a pending evaluation of it and the project's index, each with the
/// ETag it was planned on: an accepted job is never without the evaluation that gets it placed, indexes have no gaps
/// and no repeats, and of two writers of one job the second plans again on what the first wrote.
/// <para>
/// The index makes all writers of a project follow one another; a lock in the process spares most of the lost races.
/// Telling the scheduler is the caller's, after the commit; a message that is lost costs time only, for the scheduler
/// looks at all pending evaluations and all parents from time to time anyway.
/// </para>
/// </summary>
public sealed class JobLedger(TimeProvider time)
{
    private const int MaxAttempts = 50;
    private const int Stripes = 64;
    private const int DefaultPriority = 50;

    private readonly SemaphoreSlim[] _turns = Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1)).ToArray();

    /// <param name="plan">
    /// Gets the job as it is, or null; null from it gives the change up. May read the partition: what it finds there of
    /// other jobs still holds at the commit, as far as this ledger writes it. Must not write; may be called several times.
    /// </param>
    /// <returns>Null where the plan gave up.</returns>
    /// <exception cref="StorageUnavailableException">The store's, or the project is changed faster than we can follow.</exception>
    public Task<CommittedJob?> ChangeAsync(
        TenantScope tenant, string projectId, string jobId, Func<JobRecord?, CancellationToken, ValueTask<PlannedJob?>> plan, CancellationToken ct)
    {
        return TakeTurnAsync(tenant, projectId, jobId, AttemptAsync, ct);

        async ValueTask<Attempt> AttemptAsync(TablePartition rows, Document<JobRecord>? job, TableRow? index)
        {
            if (await plan(job?.Value, ct) is not { } planned)
            {
                return new Attempt(null, []);
            }

            var committed = Commit(planned, job?.Value, ProjectIndex.Read(index) + 1);
            var surplus = await JobVersions.SurplusAsync(rows, job?.Value, committed.Record, ct);
            var superseded = await SupersededAsync(rows, job?.Value, ct);
            var bytes = TablePartition.Bytes(committed.Record, ClusterJson.Default.JobRecord);
            var version = TableWrite.Upsert(ClusterTables.VersionRow(jobId, committed.Record.Version), bytes);
            return new Attempt(
                committed,
                [
                    .. Writes(committed, bytes, job?.ETag, index?.ETag), version, .. planned.Beside, .. planned.BesideOf?.Invoke(committed) ?? [],
                    .. SubmissionOf(planned, committed.Record), .. surplus, .. superseded,
                ]);
        }
    }

    /// <summary>
    /// Has a job looked at that stays as it is: a pending evaluation that its row names, so that the scheduler finds it even
    /// where the message is lost. Neither version nor time nor index of the submission change.
    /// </summary>
    /// <param name="plan">As of <see cref="ChangeAsync"/>, but that it gets the job with the index it will have; null from it gives up.</param>
    /// <returns>Null: there is no such job, or the plan gave up. Without an evaluation where the job places nothing itself, or none was planned.</returns>
    /// <exception cref="StorageUnavailableException">The store's, or the project is changed faster than we can follow.</exception>
    public Task<CommittedJob?> EvaluateAsync(
        TenantScope tenant, string projectId, string jobId, Func<JobRecord, CancellationToken, ValueTask<PlannedEvaluation?>> plan, CancellationToken ct)
    {
        return TakeTurnAsync(tenant, projectId, jobId, AttemptAsync, ct);

        async ValueTask<Attempt> AttemptAsync(TablePartition rows, Document<JobRecord>? job, TableRow? index)
        {
            var next = job is null ? null : job.Value with { ModifyIndex = ProjectIndex.Read(index) + 1 };
            if (job is null || next is null || await plan(next, ct) is not { } planned)
            {
                return new Attempt(null, []);
            }

            next = planned.Change?.Invoke(next) ?? next;
            var evaluates = planned.Evaluates && !next.IsParent;
            var record = evaluates ? next with { EvaluationId = EntityId.New("eval", time) } : next;
            var evaluation = evaluates ? Pending(record, planned.Trigger, record.Job.Priority ?? DefaultPriority) : null;
            var committed = new CommittedJob(record, evaluation);
            var superseded = evaluates ? await SupersededAsync(rows, job.Value, ct) : [];
            var bytes = TablePartition.Bytes(record, ClusterJson.Default.JobRecord);
            return new Attempt(
                committed, [.. Writes(committed, bytes, job.ETag, index?.ETag), .. planned.Beside, .. planned.BesideOf?.Invoke(committed) ?? [], .. superseded]);
        }
    }

    private async Task<CommittedJob?> TakeTurnAsync(
        TenantScope tenant, string projectId, string jobId,
        Func<TablePartition, Document<JobRecord>?, TableRow?, ValueTask<Attempt>> attemptAsync, CancellationToken ct)
    {
        var rows = tenant.JobsOf(projectId);
        var turn = _turns[(uint)StringComparer.Ordinal.GetHashCode(rows.Key) % Stripes];
        await turn.WaitAsync(ct);
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var job = await rows.GetAsync(ClusterTables.JobRow(jobId), ClusterJson.Default.JobRecord, ct);
                var index = await rows.GetAsync(ClusterTables.IndexRow, ct);
                var (committed, writes) = await attemptAsync(rows, job, index);
                if (committed is null || (await rows.WriteBatchAsync(writes, ct)).IsDone)
                {
                    return committed;
                }
            }
        }
        finally
        {
            turn.Release();
        }

        throw new StorageUnavailableException($"The project changed during each of {MaxAttempts} attempts.");
    }

    private CommittedJob Commit(PlannedJob planned, JobRecord? before, long index)
    {
        var now = time.GetUtcNow();
        var record = planned.Record with
        {
            CreateIndex = before?.CreateIndex ?? index,
            ModifyIndex = index,
            JobModifyIndex = index,
            SubmittedAt = now,
            EvaluationId = planned.Record.IsParent ? null : EntityId.New("eval", time),
            HasSubmission = planned.Submission is not null || (before?.Version == planned.Record.Version && before.HasSubmission),
        };
        return new CommittedJob(record, record.EvaluationId is null ? null : Pending(record, planned.Trigger, planned.EvaluationPriority));
    }

    private static TableWrite[] SubmissionOf(PlannedJob planned, JobRecord record) => planned.Submission is not { } submission
        ? []
        :
        [
            TableWrite.Upsert(
                JobSubmission.Row(record.Job.ID!, record.Version),
                TablePartition.Bytes(submission with { JobModifyIndex = record.JobModifyIndex }, ClusterJson.Default.JobSubmission)),
        ];

    private EvaluationRecord Pending(JobRecord record, string trigger, int priority)
    {
        var now = time.GetUtcNow();
        return new EvaluationRecord
        {
            Id = record.EvaluationId!,
            ProjectId = record.ProjectId,
            JobId = record.Job.ID!,
            JobType = record.Job.Type!,
            Priority = priority,
            TriggeredBy = trigger,
            Status = EvaluationStatus.Pending,
            JobModifyIndex = record.ModifyIndex,
            CreatedAt = now,
            ModifiedAt = now,
        };
    }

    /// <summary>
    /// The evaluation of the submission before, if nobody has answered it yet, is cancelled: the scheduler reads the job as
    /// it is when it gets to it, and may never learn that there was another in between.
    /// </summary>
    private async Task<IReadOnlyList<TableWrite>> SupersededAsync(TablePartition rows, JobRecord? before, CancellationToken ct)
    {
        if (before?.EvaluationId is not { } id
            || await rows.GetAsync(ClusterTables.EvaluationRow(id), ClusterJson.Default.EvaluationRecord, ct) is not
                { Value.Status: EvaluationStatus.Pending } pending)
        {
            return [];
        }

        var cancelled = pending.Value with
        {
            Status = EvaluationStatus.Cancelled,
            StatusDescription = "a later submission of the job took its place",
            ModifiedAt = time.GetUtcNow(),
        };
        return [TableWrite.Replace(pending.Row, TablePartition.Bytes(cancelled, ClusterJson.Default.EvaluationRecord), pending.ETag)];
    }

    /// <param name="job">The record's.</param>
    private static IEnumerable<TableWrite> Writes(CommittedJob committed, ReadOnlyMemory<byte> job, string? jobETag, string? indexETag)
    {
        var record = committed.Record;
        var jobRow = ClusterTables.JobRow(record.Job.ID!);
        var index = ProjectIndex.Bytes(record.ModifyIndex);
        yield return jobETag is null ? TableWrite.Insert(jobRow, job) : TableWrite.Replace(jobRow, job, jobETag);
        yield return indexETag is null
            ? TableWrite.Insert(ClusterTables.IndexRow, index)
            : TableWrite.Replace(ClusterTables.IndexRow, index, indexETag);
        if (committed.Evaluation is { } evaluation)
        {
            yield return TableWrite.Insert(
                ClusterTables.EvaluationRow(evaluation.Id), TablePartition.Bytes(evaluation, ClusterJson.Default.EvaluationRecord));
        }
    }

    /// <param name="Committed">What holds once the writes are done; null: nothing is to be done.</param>
    private readonly record struct Attempt(CommittedJob? Committed, IReadOnlyList<TableWrite> Writes);
}
