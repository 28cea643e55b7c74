using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>The rows of the store, read. Follows the store by its list of changes and by nothing else.</summary>
internal sealed class Mirror(SimulatedStore store, TenantScope tenant, string region)
{
    private readonly AssignmentReader _reader = new(new DefinitionCache());
    private readonly Dictionary<(string Project, string Job), SortedSet<string>> _recordsOf = [];

    public SortedDictionary<string, NodeRecord> Nodes { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, NodeAssignment> Documents { get; } = new(StringComparer.Ordinal);

    /// <summary>In documents, by id, with their node.</summary>
    public Dictionary<string, (string NodeId, AssignedAllocation Allocation)> Assigned { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, AllocationRecord> Records { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<(string Project, string Job), JobRecord> Jobs { get; } = [];

    /// <summary>Every version there ever was, also of jobs that were purged.</summary>
    public Dictionary<(string Project, string Job, long CreateIndex, long Version), JobRecord> Versions { get; } = [];

    public SortedDictionary<string, DeploymentRecord> Deployments { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, EvaluationRecord> Evaluations { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, ProjectQuota> Quotas { get; } = new(StringComparer.Ordinal);
    public SchedulerSettings Settings { get; private set; } = new();

    /// <summary>What became of the rows since the last call.</summary>
    public async Task<Changes> FollowAsync()
    {
        var changes = new Changes();
        var documents = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in store.TakeChanges().Distinct())
        {
            var row = store.Find(name);
            switch (name.Table)
            {
                case ClusterTables.Nodes:
                    FollowNode(changes, name.Row, row);
                    break;
                case ClusterTables.Assignments when name.Row != FencedPartition.FenceRow:
                    documents.Add(NodeOf(name.Row));
                    break;
                case ClusterTables.Allocations when name.Partition == tenant.AllocationsOf().Key:
                    FollowRecord(changes, name.Row, row);
                    break;
                case ClusterTables.Jobs:
                    FollowJobs(changes, name.Row, row);
                    break;
                case ClusterTables.Scheduling when name.Partition == tenant.SchedulerSettingsOf().Key:
                    Settings = Read(row!, ClusterJson.Default.SchedulerSettings);
                    break;
                case ClusterTables.Scheduling when name.Partition == tenant.ProjectQuotasOf().Key:
                    FollowQuota(name.Row, row);
                    break;
            }
        }

        foreach (var nodeId in documents)
        {
            await FollowDocumentAsync(changes, nodeId);
        }

        return changes;
    }

    /// <summary>Of a job, in the order of their ids, which is that of their making.</summary>
    public IEnumerable<AllocationRecord> RecordsOf(string project, string job) =>
        _recordsOf.TryGetValue((project, job), out var ids) ? ids.Select(id => Records[id]) : [];

    /// <summary>Meant to run, and not known to have ended.</summary>
    public IEnumerable<(string NodeId, AssignedAllocation Allocation)> Live =>
        Assigned.Values.Where(entry => IsLive(entry.Allocation));

    public bool IsLive(AssignedAllocation allocation) => allocation.DesiredStatus == DesiredStatus.Run && !HasEnded(allocation.Id);

    public bool HasEnded(string id) => Records.TryGetValue(id, out var record) && ClientStatus.IsTerminal(record.ClientStatus);

    public bool IsUnknown(string id) => Records.TryGetValue(id, out var record) && record.UnknownSince is not null;

    /// <summary>As found for the deployment that the allocation counts for now; null: not yet.</summary>
    public bool? HealthOf(AssignedAllocation allocation) =>
        Records.TryGetValue(allocation.Id, out var record) && record.DeploymentId == allocation.DeploymentId ? record.Healthy : null;

    /// <summary>The job version that an allocation runs; null: the version was before what we saw of this job.</summary>
    public JobRecord? VersionOf(AssignedAllocation allocation) =>
        Jobs.TryGetValue((allocation.ProjectId, allocation.JobId), out var job)
            ? Versions.GetValueOrDefault((job.ProjectId, allocation.JobId, job.CreateIndex, allocation.JobVersion))
            : null;

    /// <summary>The one that rolls out the job's latest version.</summary>
    public DeploymentRecord? LatestDeploymentOf(JobRecord job) => Deployments.Values
        .Where(deployment => deployment.ProjectId == job.ProjectId && deployment.JobId == job.Job.ID && deployment.JobModifyIndex >= job.CreateIndex)
        .MaxBy(static deployment => (deployment.JobVersion, deployment.CreatedAt));

    private void FollowNode(Changes changes, string id, TableRow? row)
    {
        var before = Nodes.GetValueOrDefault(id);
        changes.Nodes[id] = changes.Nodes.TryGetValue(id, out var known) ? known : before;
        Nodes[id] = Read(row!, ClusterJson.Default.NodeRecord);
    }

    /// <summary>Whose document or amendment the row is.</summary>
    private static string NodeOf(string row) => row.Split('.')[0];

    private AssignmentDocument DocumentOf(string nodeId)
    {
        var partition = tenant.AssignmentsOfNode(region, nodeId).Key;
        AssignmentDocument? Read(string row) =>
            store.Find(new RowName(ClusterTables.Assignments, partition, row)) is { } found ? AssignmentDocument.Read(found.Value) : null;
        return Read(nodeId)!.Amended(Read(AssignmentTables.AmendmentRow(nodeId)));
    }

    private async Task FollowDocumentAsync(Changes changes, string nodeId)
    {
        var before = Documents.GetValueOrDefault(nodeId);
        changes.Documents[nodeId] = before;
        foreach (var allocation in before?.Allocations ?? [])
        {
            Assigned.Remove(allocation.Id);
        }

        var after = await _reader.TryExpandAsync(tenant, region, DocumentOf(nodeId), static _ => true, CancellationToken.None)
            ?? throw new SimulationException($"the document of {nodeId} names a definition that is not there");
        Documents[nodeId] = after;
        foreach (var allocation in after.Allocations)
        {
            if (!Assigned.TryAdd(allocation.Id, (nodeId, allocation)))
            {
                throw new SimulationException($"{allocation.Id} stands in two documents, or twice in one");
            }
        }
    }

    private void FollowRecord(Changes changes, string id, TableRow? row)
    {
        var before = Records.GetValueOrDefault(id);
        changes.Records[id] = before;
        if (row is null)
        {
            Records.Remove(id);
            if (before is not null)
            {
                _recordsOf[(before.ProjectId, before.JobId)].Remove(id);
            }

            return;
        }

        var record = Read(row, ClusterJson.Default.AllocationRecord);
        Records[id] = record;
        if (!_recordsOf.TryGetValue((record.ProjectId, record.JobId), out var ids))
        {
            _recordsOf.Add((record.ProjectId, record.JobId), ids = new SortedSet<string>(StringComparer.Ordinal));
        }

        ids.Add(id);
    }

    private void FollowJobs(Changes changes, string name, TableRow? row)
    {
        if (name.StartsWith(ClusterTables.JobRowPrefix, StringComparison.Ordinal))
        {
            FollowJob(changes, name, row);
        }
        else if (name.StartsWith(ClusterTables.DeploymentRowPrefix, StringComparison.Ordinal))
        {
            var id = name[ClusterTables.DeploymentRowPrefix.Length..];
            changes.Deployments[id] = Deployments.GetValueOrDefault(id);
            Put(Deployments, id, row is null ? null : Read(row, ClusterJson.Default.DeploymentRecord));
        }
        else if (name.StartsWith(ClusterTables.EvaluationRowPrefix, StringComparison.Ordinal))
        {
            Put(
                Evaluations, name[ClusterTables.EvaluationRowPrefix.Length..],
                row is null ? null : Read(row, ClusterJson.Default.EvaluationRecord));
        }
        else if (name.StartsWith(ClusterTables.VersionRowPrefix, StringComparison.Ordinal) && row is not null)
        {
            var record = Read(row, ClusterJson.Default.JobRecord);
            Versions[(record.ProjectId, record.Job.ID!, record.CreateIndex, record.Version)] = record;
        }
    }

    private void FollowJob(Changes changes, string name, TableRow? row)
    {
        if (row is not null)
        {
            var record = Read(row, ClusterJson.Default.JobRecord);
            var key = (record.ProjectId, record.Job.ID!);
            changes.Jobs[key] = Jobs.GetValueOrDefault(key);
            Jobs[key] = record;
            Versions[(record.ProjectId, record.Job.ID!, record.CreateIndex, record.Version)] = record;
            return;
        }

        foreach (var gone in Jobs.Keys.Where(key => ClusterTables.JobRow(key.Job) == name
            && store.Find(new RowName(ClusterTables.Jobs, tenant.JobsOf(key.Project).Key, name)) is null).ToArray())
        {
            changes.Jobs[gone] = Jobs[gone];
            Jobs.Remove(gone);
        }
    }

    private void FollowQuota(string name, TableRow? row)
    {
        var project = name[(name.IndexOf('|', StringComparison.Ordinal) + 1)..];
        if (row is null)
        {
            Quotas.Remove(project);
        }
        else
        {
            Quotas[project] = Read(row, ClusterJson.Default.ProjectQuota);
        }
    }

    private static void Put<T>(SortedDictionary<string, T> rows, string id, T? value)
        where T : class
    {
        if (value is null)
        {
            rows.Remove(id);
        }
        else
        {
            rows[id] = value;
        }
    }

    private static T Read<T>(TableRow row, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => TablePartition.Read(row, type).Value;
}

/// <summary>Rows that changed in a step, as they were before it; null: they were not there.</summary>
internal sealed class Changes
{
    public SortedDictionary<string, NodeRecord?> Nodes { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, NodeAssignment?> Documents { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, AllocationRecord?> Records { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<(string Project, string Job), JobRecord?> Jobs { get; } = [];
    public SortedDictionary<string, DeploymentRecord?> Deployments { get; } = new(StringComparer.Ordinal);

    public bool IsEmpty => Nodes.Count + Documents.Count + Records.Count + Jobs.Count + Deployments.Count == 0;
}
