using System.Globalization;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Cluster.Sessions;

/// <summary>
/// Where sessions are. All that a tenant has open are in one partition, by node, so that one look tells all of its agents
/// whether there is something for them; the frames of each are in a partition of its own.
/// </summary>
public static class SessionRows
{
    public const string Table = "clientsessions";

    /// <summary>In the partition of its frames.</summary>
    public const string ProgressRow = "progress";

    private const string Toward = "in|";
    private const string From = "out|";
    private const string TakenByAgent = "taken|in";
    private const string TakenByClient = "taken|out";

    public static TablePartition SessionsOf(this TenantScope tenant) => tenant.Partition(Table);

    public static string Row(string nodeId, string sessionId) => string.Concat(nodeId, "|", sessionId);

    public static TablePartition FramesOf(this TenantScope tenant, string sessionId) => tenant.Partition(Table, sessionId);

    public static ValueTask<Document<SessionProgress>?> ProgressAsync(this TablePartition frames, CancellationToken ct) =>
        frames.GetAsync(ProgressRow, ClusterJson.Default.SessionProgress, ct);

    public static TableWrite Write(SessionProgress progress, string etag) =>
        TableWrite.Replace(ProgressRow, TablePartition.Bytes(progress, ClusterJson.Default.SessionProgress), etag);

    public static TableWrite Insert(SessionProgress progress) =>
        TableWrite.Insert(ProgressRow, TablePartition.Bytes(progress, ClusterJson.Default.SessionProgress));

    /// <param name="fromAgent">Else from the client.</param>
    public static TableWrite Insert(bool fromAgent, long number, SessionFrame frame) =>
        TableWrite.Insert(FrameRow(fromAgent, number), TablePartition.Bytes(frame, AgentJson.Default.SessionFrame));

    /// <summary>Frames behind <paramref name="after"/>, in order; at most so many.</summary>
    public static async Task<IReadOnlyList<SessionFrame>> FramesAsync(
        this TablePartition frames, bool fromAgent, long after, int most, CancellationToken ct)
    {
        var range = RowRange.Prefix(fromAgent ? From : Toward) with { From = FrameRow(fromAgent, after + 1) };
        var found = new List<SessionFrame>();
        string? continuation = null;
        do
        {
            var page = await frames.QueryAsync(range, most - found.Count, continuation, ct);
            foreach (var row in page.Rows)
            {
                // A gap is never seen by who reads in order; what is behind one is not next.
                if (row.Row != FrameRow(fromAgent, after + found.Count + 1))
                {
                    return found;
                }

                found.Add(TablePartition.Read(row, AgentJson.Default.SessionFrame).Value);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null && found.Count < most);
        return found;
    }

    /// <summary>Drops the frames taken, and says so to who waits for room. Not to be repeated.</summary>
    /// <returns>False: they are not there; the session was closed.</returns>
    public static async Task<bool> TakeAsync(this TablePartition frames, bool fromAgent, long first, int count, CancellationToken ct)
    {
        var taken = TableWrite.Upsert(
            fromAgent ? TakenByClient : TakenByAgent, TablePartition.Bytes(new SessionTaken(first + count - 1), ClusterJson.Default.SessionTaken));
        var dropped = Enumerable.Range(0, count).Select(i => TableWrite.Delete(FrameRow(fromAgent, first + i)));
        return (await frames.WriteBatchAsync([taken, .. dropped], ct)).IsDone;
    }

    /// <summary>The last frame that the other side has taken.</summary>
    public static async Task<long> TakenAsync(this TablePartition frames, bool fromAgent, CancellationToken ct) =>
        (await frames.GetAsync(fromAgent ? TakenByClient : TakenByAgent, ClusterJson.Default.SessionTaken, ct))?.Value.Last ?? 0;

    /// <summary>
    /// Ends a session, whoever serves it. The progress first: from then on nothing of the agent's can be stored, so that what
    /// is deleted after stays deleted. Cut off, it is repeated by whoever finds the session's row.
    /// </summary>
    public static async Task CloseAsync(TenantScope tenant, string nodeId, string sessionId, CancellationToken ct)
    {
        var frames = tenant.FramesOf(sessionId);
        await frames.WriteAsync(TableWrite.Delete(ProgressRow), ct);
        var left = new List<TableWrite>();
        await foreach (var row in frames.ReadAllAsync(RowRange.All, ct))
        {
            left.Add(TableWrite.Delete(row.Row));
        }

        // Together, unless an agent takes one of them in between.
        foreach (var batch in left.Chunk(TableLimits.MaxBatchRows))
        {
            if (!(await frames.WriteBatchAsync(batch, ct)).IsDone)
            {
                foreach (var write in batch)
                {
                    await frames.WriteAsync(write, ct);
                }
            }
        }

        await tenant.SessionsOf().WriteAsync(TableWrite.Delete(Row(nodeId, sessionId)), ct);
    }

    private static string FrameRow(bool fromAgent, long number) =>
        (fromAgent ? From : Toward) + number.ToString("D19", CultureInfo.InvariantCulture);
}
