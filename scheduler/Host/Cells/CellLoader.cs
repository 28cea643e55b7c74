using System.Text.Json;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Commit;
using Saas.Scheduler.Host.Deployments;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>Reads a whole cell from the store, at the begin of a reign.</summary>
internal sealed partial class CellLoader(CellId cell, CellEnvironment environment)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<CellLoader>();
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);

    public async Task<CellState> LoadAsync(FencedCell fenced, CancellationToken ct)
    {
        var state = new CellState();
        await foreach (var row in _tenant.NodesOf().ReadAllAsync(RowRange.All, ClusterJson.Default.NodeRecord, ct))
        {
            if (row.Value.Region == cell.Region)
            {
                state.PutNode(row);
            }
        }

        var documents = await Task.WhenAll(Enumerable.Range(0, AssignmentTables.Shards).Select(shard => ReadShardAsync(shard, ct)));

        // A job whose allocations are here is read even if no scan has shown its project yet: else it would count as
        // removed, and they would be stopped.
        var projects = documents.SelectMany(static shard => shard)
            .SelectMany(static row => row.Document.Allocations).Select(static allocation => allocation.Group.ProjectId)
            .Concat(environment.Projects.Of(cell.Tenant)).ToHashSet(StringComparer.Ordinal);
        foreach (var projectId in projects)
        {
            await ReadProjectAsync(state, projectId, ct);
        }

        await PutDocumentsAsync(state, documents.SelectMany(static shard => shard), fenced, ct);
        await foreach (var row in _tenant.AllocationsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.AllocationRecord, ct))
        {
            if (row.Value.Region == cell.Region)
            {
                state.PutReport(row.Value);
            }
        }

        return state;
    }

    /// <summary>A job's row as read; one that cannot be read leaves the job as it is.</summary>
    /// <returns>Null: it cannot be read, or is of another cell.</returns>
    public JobEntry? ReadJob(CellState state, string projectId, TableRow row) => PutJob(state, projectId, row, Parse(row));

    private static (Document<JobRecord>? Job, Exception? Fault) Parse(TableRow row)
    {
        try
        {
            return (TablePartition.Read(row, ClusterJson.Default.JobRecord), null);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            return (null, error);
        }
    }

    private JobEntry? PutJob(CellState state, string projectId, TableRow row, (Document<JobRecord>? Job, Exception? Fault) parsed)
    {
        try
        {
            var document = parsed.Job ?? throw new InvalidDataException($"Row {row.Row} is no job.", parsed.Fault);
            return document.Value.Region == cell.Region ? state.PutJob(document) : null;
        }
        catch (InvalidDataException error)
        {
            Log.JobUnreadable(_logger, projectId, row.Row, error);
            state.Unreadable.Add((projectId, row.Row));
            foreach (var job in state.Jobs.Values.Where(
                job => job.Key.ProjectId == projectId && ClusterTables.JobRow(job.Key.JobId) == row.Row))
            {
                job.IsUnreadable = true;
            }

            return null;
        }
    }

    public void ReadEvaluation(CellState state, Document<EvaluationRecord> row)
    {
        var (record, key) = (row.Value, new JobKey(row.Value.ProjectId, row.Value.JobId));
        if (record.ModifiedAt < environment.Time.GetUtcNow() - environment.Options.HistoryRetention
            && record.Status is EvaluationStatus.Complete or EvaluationStatus.Cancelled)
        {
            state.OldEvaluations.Add((record.ProjectId, row.Row));
        }
        else if (record.Status is EvaluationStatus.Pending or EvaluationStatus.Blocked
            && state.Jobs.TryGetValue(key, out var job))
        {
            job.OpenEvaluations[record.Id] = row;
        }
    }

    private async Task<List<AssignmentRow>> ReadShardAsync(int shard, CancellationToken ct)
    {
        // Not on the caller's thread: an embedded store answers there, and parsing is what takes the time.
        await Task.Yield();
        var rows = new List<AssignmentRow>();
        await foreach (var row in AssignmentReader.RowsAsync(_tenant, cell.Region, shard, ct))
        {
            rows.Add(row);
        }

        return rows;
    }

    private async Task PutDocumentsAsync(CellState state, IEnumerable<AssignmentRow> rows, FencedCell fenced, CancellationToken ct)
    {
        // By reference: documents of one shard share the object, and a million comparisons of texts are spared.
        var groups = new Dictionary<AssignmentGroup, GroupDefinition>(ReferenceEqualityComparer.Instance);
        foreach (var row in rows)
        {
            foreach (var allocation in row.Document.Allocations)
            {
                if (!groups.ContainsKey(allocation.Group))
                {
                    groups.Add(allocation.Group, await DefinitionOfAsync(state, allocation.Group, ct));
                }
            }

            state.PutDocument(row, group => groups[group]);
        }

        fenced.Definitions.Note(groups.Keys.Select(static group => group.Definition).Distinct());
    }

    private async Task<GroupDefinition> DefinitionOfAsync(CellState state, AssignmentGroup group, CancellationToken ct)
    {
        var key = new JobVersionKey(new JobKey(group.ProjectId, group.JobId), group.JobVersion);
        if (state.Groups.Find(key, group.Group) is { } known && known.Assignment.Definition == group.Definition)
        {
            return known;
        }

        return state.Groups.Assigned(
            key, group,
            await environment.Assignments.DefinitionAsync(_tenant, cell.Region, group.Definition, ct)
                ?? throw new InvalidDataException($"A document names the definition {group.Definition}, which is not there."));
    }

    private async Task ReadProjectAsync(CellState state, string projectId, CancellationToken ct)
    {
        // Evaluations and deployments sort before jobs, but are only kept for jobs of this cell.
        var rows = _tenant.JobsOf(projectId);
        await foreach (var (row, parsed) in rows.ReadAllAsync(RowRange.Prefix(ClusterTables.JobRowPrefix), ct)
            .Ahead(static row => (row, Parse(row)), ct))
        {
            PutJob(state, projectId, row, parsed);
        }

        await foreach (var row in rows.ReadAllAsync(RowRange.Prefix(ClusterTables.EvaluationRowPrefix), ct)
            .Ahead(static row => TablePartition.Read(row, ClusterJson.Default.EvaluationRecord), ct))
        {
            ReadEvaluation(state, row);
        }

        await foreach (var row in rows.ReadAllAsync(
            RowRange.Prefix(ClusterTables.DeploymentRowPrefix), ClusterJson.Default.DeploymentRecord, ct))
        {
            if (row.Value.Region == cell.Region
                && state.Jobs.TryGetValue(new JobKey(projectId, row.Value.JobId), out var job)
                && DeploymentLedger.IsLatest(job, row.Value))
            {
                job.Deployment = row;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Row {Row} of project {ProjectId} cannot be read; its job is left as it is.")]
        public static partial void JobUnreadable(ILogger logger, string projectId, string row, Exception error);
    }
}
