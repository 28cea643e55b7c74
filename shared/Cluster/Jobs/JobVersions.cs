using Saas.Storage.Tables;

namespace Saas.Cluster.Jobs;

/// <summary>
/// A job's past versions, each as its last submission left it. The newest stay, the newest stable one however old it is, as it is
/// what a failed deployment goes back to, and those with a tag.
/// </summary>
public static class JobVersions
{
    /// <summary>Nomad's <c>job_tracked_versions</c>.</summary>
    public const int Kept = 6;

    /// <summary>More than there can be, but after crashes: the rest goes with the next version.</summary>
    private const int MaxRemoved = 40;

    /// <summary>Newest first.</summary>
    public static async Task<IReadOnlyList<JobRecord>> ListAsync(TablePartition rows, string jobId, CancellationToken ct)
    {
        var versions = new List<JobRecord>();
        await foreach (var row in rows.ReadAllAsync(RowRange.Prefix(ClusterTables.VersionRowsOf(jobId)), ClusterJson.Default.JobRecord, ct))
        {
            versions.Add(row.Value);
        }

        versions.Reverse();
        return versions;
    }

    /// <summary>Null: there was no such version, or it is not kept any more.</summary>
    public static async ValueTask<JobRecord?> FindAsync(TablePartition rows, string jobId, long version, CancellationToken ct) =>
        (await rows.GetAsync(ClusterTables.VersionRow(jobId, version), ClusterJson.Default.JobRecord, ct))?.Value;

    /// <summary>
    /// For <see cref="JobLedger.EvaluateAsync"/>: what is said of a version beside its specification changes, in the version's row, and in
    /// the job's where that is the version it is at. Nobody need look at the job for it. Null: there is no such version.
    /// </summary>
    /// <param name="job">With the index that it will have.</param>
    public static async ValueTask<PlannedEvaluation?> AmendAsync(
        TablePartition rows, JobRecord job, long version, Func<JobRecord, JobRecord> amend, CancellationToken ct)
    {
        if (await rows.GetAsync(ClusterTables.VersionRow(job.Job.ID!, version), ClusterJson.Default.JobRecord, ct) is not { } row)
        {
            return null;
        }

        var amended = amend(row.Value) with { ModifyIndex = job.ModifyIndex };
        return new PlannedEvaluation(EvaluationTriggers.JobRegister)
        {
            Evaluates = false,
            Change = next => next.Version == version ? amend(next) : next,
            Beside = [TableWrite.Replace(row.Row, TablePartition.Bytes(amended, ClusterJson.Default.JobRecord), row.ETag)],
        };
    }

    /// <summary>Forgets all of a job that goes, with what they were made from and how it was scaled. Repeating it changes nothing; it is to be done before the job's own row goes.</summary>
    public static async Task RemoveAsync(TablePartition rows, string jobId, CancellationToken ct)
    {
        // Versions first: one that is there must not name a submission that is not.
        foreach (var prefix in (string[])[ClusterTables.VersionRowsOf(jobId), JobSubmission.RowsOf(jobId), ScalingEvents.RowsOf(jobId)])
        {
            await foreach (var row in rows.ReadAllAsync(RowRange.Prefix(prefix), ct))
            {
                await rows.WriteAsync(TableWrite.Delete(row.Row), ct);
            }
        }
    }

    /// <summary>A submission goes in one batch with its version, so it is there as long as the version says so.</summary>
    private static IEnumerable<TableWrite> Removal(Document<JobRecord> version)
    {
        yield return TableWrite.Delete(version.Row, version.ETag);
        if (version.Value.HasSubmission)
        {
            yield return TableWrite.Delete(JobSubmission.Row(version.Value.Job.ID!, version.Value.Version));
        }
    }

    /// <summary>What goes when <paramref name="next"/> is written: nothing as long as the version stays.</summary>
    internal static async Task<IReadOnlyList<TableWrite>> SurplusAsync(TablePartition rows, JobRecord? before, JobRecord next, CancellationToken ct)
    {
        if (before?.Version == next.Version)
        {
            return [];
        }

        var others = new List<Document<JobRecord>>();
        var own = ClusterTables.VersionRow(next.Job.ID!, next.Version);
        await foreach (var row in rows.ReadAllAsync(RowRange.Prefix(ClusterTables.VersionRowsOf(next.Job.ID!)), ClusterJson.Default.JobRecord, ct))
        {
            if (row.Row != own)
            {
                others.Add(row);
            }
        }

        // A job that was not there has no versions: these are a purged one's, whose removal was cut off.
        var stable = before is null ? null : others.FindLast(static row => row.Value.Stable)?.Row;
        var surplus = before is null ? others : others.Where(static row => row.Value.Tag is null).SkipLast(Kept - 1).Where(row => row.Row != stable);
        return [.. surplus.Take(MaxRemoved).SelectMany(static row => Removal(row))];
    }
}
