using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Identity.Projects;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>What Provisioning writes for users and agents: the same rows, by the same rules, without its HTTP.</summary>
internal sealed class SimulatedProvisioning(World world)
{
    private readonly JobLedger _jobs = new(world.Clock);
    private readonly TenantQuotas _quotas = new(new TenantLedger(world.Signal), world.Clock);
    private readonly Dictionary<string, long> _beats = [];

    public async Task BeginAsync()
    {
        var identity = world.Tenant.IdentityRows();
        var now = world.Clock.GetUtcNow();
        await identity.WriteAsync(
            TableWrite.Insert(IdentityTable.TenantRow, TablePartition.Bytes(
                new TenantRecord
                {
                    Id = world.Tenant.Tenant.Value, Name = "simulated", Email = "a@example.org", Plan = Plans.Prod,
                    Status = TenantStatus.Active, CreatedAt = now,
                },
                IdentityJson.Default.TenantRecord)),
            CancellationToken.None);
        foreach (var project in World.Projects)
        {
            var record = new ProjectRecord { Id = project, Name = project[^1..], CreatedAt = now };
            await identity.WriteAsync(
                TableWrite.Insert(IdentityTable.Project(project), TablePartition.Bytes(record, IdentityJson.Default.ProjectRecord)),
                CancellationToken.None);
        }
    }

    public async Task BeatAsync(string nodeId)
    {
        var counter = _beats[nodeId] = _beats.GetValueOrDefault(nodeId) + 1;
        await world.Tenant.HeartbeatsOf().WriteAsync(
            TableWrite.Upsert(nodeId, TablePartition.Bytes(new HeartbeatRecord(counter), ClusterJson.Default.HeartbeatRecord)),
            CancellationToken.None);
    }

    /// <summary>Null from <paramref name="change"/>: nothing is to be changed.</summary>
    public async Task ChangeNodeAsync(string nodeId, Func<NodeRecord?, NodeRecord?> change)
    {
        var rows = world.Tenant.NodesOf();
        var before = await rows.GetAsync(nodeId, ClusterJson.Default.NodeRecord, CancellationToken.None);
        if (change(before?.Value) is { } after)
        {
            var bytes = TablePartition.Bytes(after, ClusterJson.Default.NodeRecord);
            var written = await rows.WriteAsync(
                before is null ? TableWrite.Insert(nodeId, bytes) : TableWrite.Replace(nodeId, bytes, before.ETag), CancellationToken.None);
            Assert.True(written.IsDone);
            Send(InboxKinds.Node, null, nodeId);
        }
    }

    /// <summary>As ReportAllocations does: what is outdated, or comes after the end, changes nothing.</summary>
    public async Task ReportAsync(string nodeId, AllocationReport report)
    {
        if (world.Mirror.Nodes.GetValueOrDefault(nodeId) is null or { Revoked: true })
        {
            return;
        }

        var rows = world.Tenant.AllocationsOf();
        var known = await rows.GetAsync(report.Id, ClusterJson.Default.AllocationRecord, CancellationToken.None);
        var place = world.Mirror.Assigned.TryGetValue(report.Id, out var entry) && entry.NodeId == nodeId ? entry.Allocation : null;
        if ((known is null && place is null)
            || (known is not null && (ClientStatus.IsTerminal(known.Value.ClientStatus) || known.Value.Revision >= report.Revision)))
        {
            return;
        }

        var before = known?.Value ?? Begin(nodeId, place!);
        var record = before with
        {
            JobVersion = place?.JobVersion ?? before.JobVersion,
            DesiredStatus = place?.DesiredStatus ?? before.DesiredStatus,
            DesiredDescription = place?.DesiredDescription ?? before.DesiredDescription,
            Canary = place?.Canary ?? before.Canary,
            ClientStatus = report.ClientStatus,
            Healthy = before.DeploymentId == report.DeploymentId ? before.Healthy ?? report.Healthy : report.Healthy,
            DeploymentId = report.DeploymentId,
            Revision = report.Revision,
            ModifiedAt = world.Clock.GetUtcNow(),
        };
        var bytes = TablePartition.Bytes(record, ClusterJson.Default.AllocationRecord);
        await rows.WriteAsync(
            known is null ? TableWrite.Insert(record.Id, bytes) : TableWrite.Replace(record.Id, bytes, known.ETag), CancellationToken.None);
        if (record.ClientStatus != before.ClientStatus || HealthOf(record) != HealthOf(before))
        {
            Send(InboxKinds.Allocation, record.ProjectId, record.Id);
        }
    }

    /// <summary>Null from <paramref name="change"/>: nothing is to be changed.</summary>
    public async Task<JobRecord?> ChangeJobAsync(string project, string id, Func<JobRecord?, JobRecord?> change)
    {
        if (!(await _quotas.HoldJobAsync(world.Tenant, project, id, CancellationToken.None)).IsDone)
        {
            throw new SimulationException($"there is no place for job {id}");
        }

        var committed = await _jobs.ChangeAsync(
            world.Tenant, project, id,
            (before, _) => ValueTask.FromResult(change(before) is { } after
                ? new PlannedJob(after, EvaluationTriggers.JobRegister, after.Job.Priority ?? 50)
                : null),
            CancellationToken.None);
        if (committed is null)
        {
            if (await world.Tenant.JobsOf(project).GetAsync(ClusterTables.JobRow(id), CancellationToken.None) is null)
            {
                await _quotas.ReleaseJobAsync(world.Tenant, project, id, CancellationToken.None);
            }

            return null;
        }

        Send(InboxKinds.Job, project, id);
        return committed.Record;
    }

    public async Task ChangeDeploymentAsync(string project, string id, Func<DeploymentRecord, DeploymentRecord?> change)
    {
        var rows = world.Tenant.JobsOf(project);
        var before = await rows.GetAsync(ClusterTables.DeploymentRow(id), ClusterJson.Default.DeploymentRecord, CancellationToken.None);
        if (before is not null && change(before.Value) is { } after)
        {
            var bytes = TablePartition.Bytes(after with { ModifiedAt = world.Clock.GetUtcNow() }, ClusterJson.Default.DeploymentRecord);
            Assert.True((await rows.WriteAsync(TableWrite.Replace(before.Row, bytes, before.ETag), CancellationToken.None)).IsDone);
            Send(InboxKinds.Deployment, project, id);
        }
    }

    public async Task SetQuotaAsync(ProjectQuota quota)
    {
        await world.Tenant.ProjectQuotasOf().WriteAsync(
            TableWrite.Upsert($"{World.Region}|{quota.ProjectId}", TablePartition.Bytes(quota, ClusterJson.Default.ProjectQuota)),
            CancellationToken.None);
        Send(InboxKinds.Settings, null, "");
    }

    public async Task SetSettingsAsync(SchedulerSettings settings)
    {
        await world.Tenant.SchedulerSettingsOf().WriteAsync(
            TableWrite.Upsert(World.Region, TablePartition.Bytes(settings, ClusterJson.Default.SchedulerSettings)), CancellationToken.None);
        Send(InboxKinds.Settings, null, "");
    }

    private void Send(string kind, string? project, string id) =>
        world.Post.Send(new InboxMessage(world.Tenant.Tenant.Value, World.Region, kind, project, id));

    private static (bool? Healthy, string? DeploymentId) HealthOf(AllocationRecord record) =>
        record.Healthy is null ? default : (record.Healthy, record.DeploymentId);

    private static AllocationRecord Begin(string nodeId, AssignedAllocation place) => new()
    {
        Id = place.Id,
        NodeId = nodeId,
        ProjectId = place.ProjectId,
        Region = World.Region,
        JobId = place.JobId,
        JobVersion = place.JobVersion,
        JobType = place.JobType,
        Group = place.Group,
        Index = place.Index,
        EvaluationId = place.EvaluationId,
        CreatedAt = place.CreatedAt,
        ModifiedAt = place.CreatedAt,
        DesiredStatus = place.DesiredStatus,
        DesiredDescription = place.DesiredDescription,
        Canary = place.Canary,
        ClientStatus = ClientStatus.Pending,
        Revision = -1,
        PreviousAllocation = place.PreviousAllocation,
        DeploymentId = place.DeploymentId,
        Tasks = new Dictionary<string, TaskReport>(),
    };
}
