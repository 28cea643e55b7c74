using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Scheduler.Host.Deployments;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// Takes note of rows that changed: single ones that messages name, and on a period all of them, for messages that were
/// lost. Only what is other than known makes a job be looked at again. Documents are never read: nobody else writes them.
/// </summary>
internal sealed partial class CellNews(CellId cell, CellEnvironment environment, DeploymentLedger deployments)
{
    /// <summary>Records of allocations looked at in one resync. There may be a million, and each comes by a message as a rule.</summary>
    private const int RecordsPerResync = 20_000;

    private readonly ILogger _logger = environment.Loggers.CreateLogger<CellNews>();
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);
    private readonly CellLoader _loader = new(cell, environment);
    private string? _nextRecords;

    public async Task NoteAsync(CellState state, InboxMessage message, CancellationToken ct)
    {
        switch (message.Kind)
        {
            case InboxKinds.Job when message.ProjectId is { } projectId:
                await ReloadJobAsync(state, new JobKey(projectId, message.Id), ct);
                break;

            case InboxKinds.Node:
                await ReloadNodeAsync(state, message.Id, ct);
                break;

            case InboxKinds.Allocation:
                if (await _tenant.AllocationsOf().GetAsync(message.Id, ClusterJson.Default.AllocationRecord, ct) is { } record)
                {
                    NoteRecord(state, record.Value);
                }

                break;

            case InboxKinds.Deployment when message.ProjectId is { } projectId:
                if (await deployments.ReloadAsync(state, projectId, message.Id, ct) is { } job)
                {
                    state.Dirty.Add(job.Key);
                }

                break;

            case InboxKinds.Settings:
                // Read by the cell before each round that follows such a message.
                break;

            default:
                Log.UnknownMessage(_logger, message.Kind);
                break;
        }
    }

    public async Task ResyncAsync(CellState state, CancellationToken ct)
    {
        var nodes = new HashSet<string>();
        await foreach (var row in _tenant.NodesOf().ReadAllAsync(RowRange.All, ClusterJson.Default.NodeRecord, ct))
        {
            if (row.Value.Region == cell.Region)
            {
                nodes.Add(row.Row);
                NoteNode(state, row);
            }
        }

        foreach (var gone in state.Nodes.Keys.Where(id => !nodes.Contains(id)).ToArray())
        {
            state.MarkDirtyOn(gone);
            state.RemoveNode(gone);
        }

        foreach (var projectId in state.ProjectIds().Union(environment.Projects.Of(cell.Tenant)))
        {
            await ResyncProjectAsync(state, projectId, ct);
        }

        await ResyncRecordsAsync(state, ct);
    }

    public async Task ReloadJobAsync(CellState state, JobKey key, CancellationToken ct)
    {
        var partition = _tenant.JobsOf(key.ProjectId);
        if (await partition.GetAsync(ClusterTables.JobRow(key.JobId), ct) is not { } row)
        {
            if (state.Jobs.TryGetValue(key, out var gone))
            {
                (gone.Row, gone.Spec) = (null, null);
                state.Dirty.Add(key);
            }

            return;
        }

        _loader.ReadJob(state, key.ProjectId, row);
        if (!state.Jobs.TryGetValue(key, out var job))
        {
            return;
        }

        state.Dirty.Add(key);
        if (job.Row?.Value.EvaluationId is { } evaluationId && !job.OpenEvaluations.ContainsKey(evaluationId)
            && await partition.GetAsync(ClusterTables.EvaluationRow(evaluationId), ClusterJson.Default.EvaluationRecord, ct) is { } evaluation)
        {
            _loader.ReadEvaluation(state, evaluation);
        }
    }

    /// <summary>The specification of the version before the present one, where there are still allocations of it.</summary>
    public async Task LoadOlderAsync(CellState state, JobEntry job, CancellationToken ct)
    {
        if (job.Older is not null || job.Spec is not { Stopped: false } spec || job.Deployment is not { } deployment
            || deployment.Value.JobVersion != spec.Version || deployment.Value.Status == DeploymentStatus.Successful)
        {
            return;
        }

        // Of what runs; where nothing does any more, of what did: a new leader is to fill a name with the same version.
        var before = job.Allocations.Values.Where(allocation => allocation.JobVersion < spec.Version).ToArray();
        var older = before.OrderByDescending(static allocation => (allocation.IsLive, allocation.JobVersion)).FirstOrDefault()?.JobVersion ?? -1;
        if (older >= 0
            && await JobVersions.FindAsync(_tenant.JobsOf(job.Key.ProjectId), job.Key.JobId, older, ct) is { } record)
        {
            job.Older = JobMapping.ToSpec(record, state.Groups);
        }
    }

    private async Task ReloadNodeAsync(CellState state, string nodeId, CancellationToken ct)
    {
        var row = await _tenant.NodesOf().GetAsync(nodeId, ClusterJson.Default.NodeRecord, ct);
        if (row is null || row.Value.Region != cell.Region)
        {
            state.MarkDirtyOn(nodeId);
            state.RemoveNode(nodeId);
        }
        else
        {
            NoteNode(state, row);
        }
    }

    private static void NoteNode(CellState state, Document<NodeRecord> row)
    {
        if (state.Nodes.GetValueOrDefault(row.Row)?.ETag != row.ETag)
        {
            state.PutNode(row);
            state.MarkDirtyOn(row.Row);
            state.HasNodeNews = true;
        }
    }

    private void NoteRecord(CellState state, AllocationRecord record)
    {
        if (record.Region != cell.Region)
        {
            return;
        }

        var key = AllocationMapping.KeyOf(record);
        var before = state.Jobs.TryGetValue(key, out var job) ? job.Allocations.GetValueOrDefault(record.Id) : null;
        state.PutReport(record);
        var after = state.Jobs[key].Allocations[record.Id];
        if (before is null
            || (before.Run, before.Healthy, before.EndedAt, before.ForceReschedule, before.Moves)
                != (after.Run, after.Healthy, after.EndedAt, after.ForceReschedule, after.Moves))
        {
            state.Dirty.Add(key);
        }
    }

    private async Task ResyncProjectAsync(CellState state, string projectId, CancellationToken ct)
    {
        var rows = _tenant.JobsOf(projectId);
        var there = new HashSet<string>(StringComparer.Ordinal);
        var known = state.Jobs.Values.Where(job => job.Key.ProjectId == projectId && job.Row is not null).ToDictionary(static job => job.Row!.Row);
        await foreach (var row in rows.ReadAllAsync(RowRange.Prefix(ClusterTables.JobRowPrefix), ct))
        {
            there.Add(row.Row);
            if (known.GetValueOrDefault(row.Row)?.Row?.ETag != row.ETag && _loader.ReadJob(state, projectId, row) is { } job)
            {
                await ReloadJobAsync(state, job.Key, ct);
            }
        }

        foreach (var gone in known.Values.Where(job => !there.Contains(job.Row!.Row)))
        {
            await ReloadJobAsync(state, gone.Key, ct);
        }

        await foreach (var row in rows.ReadAllAsync(
            RowRange.Prefix(ClusterTables.DeploymentRowPrefix), ClusterJson.Default.DeploymentRecord, ct))
        {
            if (row.Value.Region == cell.Region && state.Jobs.TryGetValue(new JobKey(projectId, row.Value.JobId), out var job)
                && DeploymentLedger.IsLatest(job, row.Value) && job.Deployment?.ETag != row.ETag)
            {
                job.Deployment = row;
                state.Dirty.Add(job.Key);
            }
        }
    }

    private async Task ResyncRecordsAsync(CellState state, CancellationToken ct)
    {
        for (var read = 0; read < RecordsPerResync;)
        {
            var page = await _tenant.AllocationsOf().QueryAsync(RowRange.All, TableLimits.MaxPageRows, _nextRecords, ct);
            foreach (var row in page.Rows)
            {
                NoteRecord(state, TablePartition.Read(row, ClusterJson.Default.AllocationRecord).Value);
            }

            read += page.Rows.Count;
            _nextRecords = page.Continuation;
            if (_nextRecords is null)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A message of the unknown kind {Kind} was left out.")]
        public static partial void UnknownMessage(ILogger logger, string kind);
    }
}
