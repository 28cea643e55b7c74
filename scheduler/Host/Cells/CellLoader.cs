using System.Text.Json;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Commit;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>Reads a cell from the store: all of it at the start and on a period, single rows when a message names them.</summary>
internal sealed partial class CellLoader(CellId cell, CellEnvironment environment)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<CellLoader>();
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);

    /// <param name="documents">The documents where they are known: nobody but this leader writes them. Null: read them.</param>
    public async Task<CellState> LoadAsync(IReadOnlyCollection<NodeDocument>? documents, CancellationToken ct)
    {
        var state = new CellState();
        await foreach (var row in _tenant.NodesOf().ReadAllAsync(RowRange.All, ClusterJson.Default.NodeRecord, ct))
        {
            if (row.Value.Region == cell.Region)
            {
                state.PutNode(row);
            }
        }

        foreach (var document in documents ?? await ReadDocumentsAsync(ct))
        {
            state.PutDocument(document);
        }

        // A job whose allocations are here is read even if no scan has shown its project yet: else it would count as
        // removed, and they would be stopped.
        var projects = state.Jobs.Keys.Select(static job => job.ProjectId).Concat(environment.Projects.Of(cell.Tenant));
        foreach (var projectId in projects.ToHashSet())
        {
            await ReadProjectAsync(state, projectId, ct);
        }

        await foreach (var row in _tenant.AllocationsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.AllocationRecord, ct))
        {
            if (row.Value.Region == cell.Region)
            {
                state.PutReport(row.Value);
            }
        }

        return state;
    }

    public async Task<IReadOnlyCollection<NodeDocument>> ReadDocumentsAsync(CancellationToken ct)
    {
        var documents = new List<NodeDocument>();
        for (var shard = 0; shard < AssignmentTables.Shards; shard++)
        {
            await foreach (var (document, etag) in AssignmentReader.RowsAsync(_tenant, cell.Region, shard, ct))
            {
                var expanded = await environment.Assignments.TryExpandAsync(_tenant, cell.Region, document, static _ => true, ct)
                    ?? throw new InvalidDataException($"The document of {document.NodeId} names a definition that is not there.");
                documents.Add(new NodeDocument(document.NodeId, document.Index, etag, expanded.Allocations));
            }
        }

        return documents;
    }

    public async Task ReloadNodeAsync(CellState state, string nodeId, CancellationToken ct)
    {
        var row = await _tenant.NodesOf().GetAsync(nodeId, ClusterJson.Default.NodeRecord, ct);
        if (row is null || row.Value.Region != cell.Region)
        {
            state.RemoveNode(nodeId);
        }
        else if (state.Nodes.GetValueOrDefault(nodeId)?.ETag != row.ETag)
        {
            state.PutNode(row);
        }
    }

    public async Task ReloadJobAsync(CellState state, JobKey key, CancellationToken ct)
    {
        var partition = _tenant.JobsOf(key.ProjectId);
        var job = state.JobOf(key);
        if (await partition.GetAsync(ClusterTables.JobRow(key.JobId), ct) is not { } row)
        {
            (job.Row, job.Spec) = (null, null);
            return;
        }

        ReadJob(state, key.ProjectId, row);
        if (job.Row?.Value.EvaluationId is not { } evaluationId)
        {
            await foreach (var found in partition.ReadAllAsync(RowRange.Prefix(ClusterTables.EvaluationRowPrefix), ct))
            {
                ReadEvaluation(state, found);
            }
        }
        else if (!job.OpenEvaluations.ContainsKey(evaluationId)
            && await partition.GetAsync(ClusterTables.EvaluationRow(evaluationId), ct) is { } evaluation)
        {
            ReadEvaluation(state, evaluation);
        }
    }

    /// <summary>The job to look at; null where there is nothing new.</summary>
    public async Task<AllocationNews?> ReloadAllocationAsync(CellState state, string allocationId, CancellationToken ct)
    {
        var record = (await _tenant.AllocationsOf().GetAsync(allocationId, ClusterJson.Default.AllocationRecord, ct))?.Value;
        if (record is null || record.Region != cell.Region)
        {
            return null;
        }

        state.PutReport(record);
        return new AllocationNews(AllocationMapping.KeyOf(record), ClientStatus.IsTerminal(record.ClientStatus));
    }

    private async Task ReadProjectAsync(CellState state, string projectId, CancellationToken ct)
    {
        // Evaluations sort before jobs, but are only kept for jobs of this cell.
        var evaluations = new List<TableRow>();
        await foreach (var row in _tenant.JobsOf(projectId).ReadAllAsync(RowRange.All, ct))
        {
            if (row.Row.StartsWith(ClusterTables.JobRowPrefix, StringComparison.Ordinal))
            {
                ReadJob(state, projectId, row);
            }
            else if (row.Row.StartsWith(ClusterTables.EvaluationRowPrefix, StringComparison.Ordinal))
            {
                evaluations.Add(row);
            }
        }

        foreach (var row in evaluations)
        {
            ReadEvaluation(state, row);
        }
    }

    private void ReadJob(CellState state, string projectId, TableRow row)
    {
        try
        {
            var document = TablePartition.Read(row, ClusterJson.Default.JobRecord);
            if (document.Value.Region == cell.Region)
            {
                state.PutJob(document);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            Log.JobUnreadable(_logger, projectId, row.Row, error);
            foreach (var job in state.Jobs.Values.Where(
                job => job.Key.ProjectId == projectId && ClusterTables.JobRow(job.Key.JobId) == row.Row))
            {
                job.IsUnreadable = true;
            }
        }
    }

    private void ReadEvaluation(CellState state, TableRow row)
    {
        var document = TablePartition.Read(row, ClusterJson.Default.EvaluationRecord);
        var (record, key) = (document.Value, new JobKey(document.Value.ProjectId, document.Value.JobId));
        if (record.ModifiedAt < environment.Time.GetUtcNow() - environment.Options.HistoryRetention
            && record.Status is EvaluationStatus.Complete or EvaluationStatus.Cancelled)
        {
            state.OldEvaluations.Add((record.ProjectId, row.Row));
        }
        else if (record.Status is EvaluationStatus.Pending or EvaluationStatus.Blocked
            && state.Jobs.TryGetValue(key, out var job))
        {
            job.OpenEvaluations[record.Id] = document;
            job.IsBlocked |= record.Status == EvaluationStatus.Blocked;
        }
    }

    /// <param name="FreesRoom">It has ended: what it reserved can go to others.</param>
    internal readonly record struct AllocationNews(JobKey Job, bool FreesRoom);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Row {Row} of project {ProjectId} cannot be read; its job is left as it is.")]
        public static partial void JobUnreadable(ILogger logger, string projectId, string row, Exception error);
    }
}
