using System.Buffers.Binary;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs;

/// <summary>What one attempt at a change wants written.</summary>
/// <param name="Record">Its indexes and its time are set by the ledger.</param>
/// <param name="EvaluationPriority">1 to 100.</param>
internal sealed record PlannedJob(JobRecord Record, string Trigger, int EvaluationPriority);

/// <summary>A change that is committed, and the evaluation that follows from it.</summary>
internal sealed record CommittedJob(JobRecord Record, EvaluationRecord Evaluation);

/// <summary>
/// Writes a project's jobs. One batch holds the job, a pending evaluation of it and the project's index, each with the
/// ETag it was planned on: an accepted job is never without the evaluation that gets it placed, indexes have no gaps
/// and no repeats, and of two writers of one job the second plans again on what the first wrote.
/// <para>
/// The index makes all writers of a project follow one another; a lock in the process spares most of the lost races.
/// The message that wakes the scheduler goes out after the commit and may be lost: the scheduler looks at all pending
/// evaluations from time to time anyway.
/// </para>
/// </summary>
internal sealed class JobLedger(ClusterEvents events, TimeProvider time)
{
    private const int MaxAttempts = 50;
    private const int Stripes = 64;

    private readonly SemaphoreSlim[] _turns = Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1)).ToArray();

    /// <param name="plan">Gets the job as it is, or null. Must not write to the partition; may be called several times.</param>
    /// <exception cref="StorageUnavailableException">The store's, or the project is changed faster than we can follow.</exception>
    public async Task<JobOutcome<CommittedJob>> ChangeAsync(
        TenantScope tenant, string projectId, string jobId,
        Func<JobRecord?, CancellationToken, ValueTask<JobOutcome<PlannedJob>>> plan, CancellationToken ct)
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
                var planned = await plan(job?.Value, ct);
                if (!planned.IsDone)
                {
                    return planned.Error;
                }

                var committed = Commit(planned.Value, job?.Value, ProjectIndex.Read(index) + 1);
                if ((await rows.WriteBatchAsync(Writes(committed, job?.ETag, index?.ETag), ct)).IsDone)
                {
                    await events.SendAsync(tenant, committed.Record.Region, InboxKinds.Job, projectId, jobId);
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
            EvaluationId = EntityId.New("eval", time),
        };
        return new CommittedJob(record, new EvaluationRecord
        {
            Id = record.EvaluationId,
            ProjectId = record.ProjectId,
            JobId = record.Job.ID!,
            JobType = record.Job.Type!,
            Priority = planned.EvaluationPriority,
            TriggeredBy = planned.Trigger,
            Status = EvaluationStatus.Pending,
            JobModifyIndex = index,
            CreatedAt = now,
            ModifiedAt = now,
        });
    }

    private static TableWrite[] Writes(CommittedJob committed, string? jobETag, string? indexETag)
    {
        var jobRow = ClusterTables.JobRow(committed.Record.Job.ID!);
        var job = TablePartition.Bytes(committed.Record, ClusterJson.Default.JobRecord);
        var index = ProjectIndex.Bytes(committed.Record.ModifyIndex);
        return
        [
            jobETag is null ? TableWrite.Insert(jobRow, job) : TableWrite.Replace(jobRow, job, jobETag),
            indexETag is null
                ? TableWrite.Insert(ClusterTables.IndexRow, index)
                : TableWrite.Replace(ClusterTables.IndexRow, index, indexETag),
            TableWrite.Insert(
                ClusterTables.EvaluationRow(committed.Evaluation.Id),
                TablePartition.Bytes(committed.Evaluation, ClusterJson.Default.EvaluationRecord)),
        ];
    }
}

/// <summary>The project's index: what Nomad calls the index of the state.</summary>
internal static class ProjectIndex
{
    public static async ValueTask<long> ReadAsync(TenantScope tenant, string projectId, CancellationToken ct) =>
        Read(await tenant.JobsOf(projectId).GetAsync(ClusterTables.IndexRow, ct));

    public static long Read(TableRow? row) => row is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(row.Value.Span);

    public static byte[] Bytes(long index)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, index);
        return bytes;
    }
}
