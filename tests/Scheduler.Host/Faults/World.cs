using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Identity.Projects;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>What becomes of messages on their way to the inbox.</summary>
public enum Delivery
{
    Once,
    Twice,

    /// <summary>A minute after they were sent.</summary>
    Late,
    Never,
}

/// <summary>
/// All that goes on around the scheduler: users who submit and decide, as Provisioning does for them. Its nodes are
/// <see cref="Agents"/>.
/// </summary>
internal sealed class World
{
    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(1);

    private readonly MovableStore? _movable;
    private readonly JobLedger _ledger;
    private readonly List<(InboxMessage Message, DateTimeOffset At)> _underway = [];

    /// <summary>In memory, by a clock that only the test moves.</summary>
    public World()
        : this(new TestPlatform(new MovableStore())) => _movable = (MovableStore)Platform.Store;

    public World(TestPlatform platform)
    {
        Platform = platform;
        _ledger = new JobLedger(platform.Time);
        Agents = new Agents(this);
    }

    public TestPlatform Platform { get; }

    public Agents Agents { get; }

    public Delivery Delivery { get; init; }

    public Task MoveToAsync(ITableStore store) => _movable!.MoveToAsync(store);

    /// <summary>Time passes, for all nodes that can be heard as well.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Platform.Advance(time);
        await Agents.BeatAsync();
        var now = Platform.Time.GetUtcNow();
        foreach (var (message, _) in _underway.Where(entry => entry.At <= now).ToArray())
        {
            await Platform.SendAsync(message);
        }

        _underway.RemoveAll(entry => entry.At <= now);
    }

    public async Task SendAsync(InboxMessage message)
    {
        switch (Delivery)
        {
            case Delivery.Late:
                _underway.Add((message, Platform.Time.GetUtcNow() + Lateness));
                break;
            case Delivery.Never:
                break;
            default:
                await Platform.SendAsync(message);
                await (Delivery == Delivery.Twice ? Platform.SendAsync(message) : Task.CompletedTask);
                break;
        }
    }

    /// <summary>A new job, or the next version of one.</summary>
    public Task SubmitAsync(
        string id, TaskGroup group, string type = JobTypes.Service, int priority = 50, PeriodicConfig? periodic = null) =>
        ChangeAsync(id, present => new JobRecord
        {
            ProjectId = TestPlatform.ProjectId,
            Region = TestPlatform.Region,
            Job = new Job
            {
                ID = id,
                Name = id,
                Type = type,
                Priority = priority,
                Datacenters = ["*"],
                Constraints = [],
                TaskGroups = [group],
                Periodic = periodic,
                Stop = false,
            },
            Version = present is null ? 0 : present.Version + 1,
            CreateIndex = 0,
            ModifyIndex = 0,
            JobModifyIndex = 0,
            SubmittedAt = default,
        });

    public Task StopAsync(string id, bool purge = false) => ChangeAsync(id, present => present is null ? null : present with
    {
        Job = present.Job with { Stop = true },
        Version = present.Job.Stop is true ? present.Version : present.Version + 1,
        Purge = present.Purge || purge,
        Stable = present.Stable && present.Job.Stop is true,
    });

    /// <summary>A user finds the canaries well.</summary>
    public async Task PromoteAsync(string jobId)
    {
        var rows = Platform.Rows.JobsOf(TestPlatform.ProjectId);
        while (true)
        {
            var latest = (await ClusterRows.ReadAsync(Platform)).LatestDeploymentOf(jobId)!;
            var promoted = latest.Value with
            {
                Groups = latest.Value.Groups.ToDictionary(static pair => pair.Key, static pair => pair.Value with { Promoted = true }),
            };
            var bytes = TablePartition.Bytes(promoted, ClusterJson.Default.DeploymentRecord);
            if ((await rows.WriteAsync(TableWrite.Replace(latest.Row, bytes, latest.ETag), CancellationToken.None)).IsDone)
            {
                await SendAsync(Message(InboxKinds.Deployment, latest.Value.Id, TestPlatform.ProjectId));
                return;
            }
        }
    }

    public async Task DrainAsync(string nodeId)
    {
        var node = (await Platform.Rows.NodesOf().GetAsync(nodeId, ClusterJson.Default.NodeRecord, CancellationToken.None))!;
        var drained = node.Value with { Drain = new NodeDrain(Platform.Time.GetUtcNow(), TimeSpan.FromHours(1), false) };
        var bytes = TablePartition.Bytes(drained, ClusterJson.Default.NodeRecord);
        Assert.True((await Platform.Rows.NodesOf().WriteAsync(TableWrite.Replace(nodeId, bytes, node.ETag), CancellationToken.None)).IsDone);
        await SendAsync(Message(InboxKinds.Node, nodeId));
    }

    public async Task SetAsync(SchedulerSettings settings)
    {
        var bytes = TablePartition.Bytes(settings, ClusterJson.Default.SchedulerSettings);
        await Platform.Rows.SchedulerSettingsOf().WriteAsync(TableWrite.Upsert(TestPlatform.Region, bytes), CancellationToken.None);
        await SendAsync(Message(InboxKinds.Settings, TestPlatform.Region));
    }

    public async Task SetQuotaAsync(int allocations)
    {
        var quota = new ProjectQuota { ProjectId = TestPlatform.ProjectId, Region = TestPlatform.Region, Allocations = allocations };
        await Platform.Rows.ProjectQuotasOf().WriteAsync(
            TableWrite.Upsert($"{TestPlatform.Region}|{TestPlatform.ProjectId}", TablePartition.Bytes(quota, ClusterJson.Default.ProjectQuota)),
            CancellationToken.None);
        await SendAsync(Message(InboxKinds.Settings, TestPlatform.Region));
    }

    /// <summary>The rows of identity by which the tenant may have jobs that the scheduler submits.</summary>
    public async Task FoundAsync()
    {
        var now = Platform.Time.GetUtcNow();
        var tenant = new TenantRecord
        {
            Id = Platform.Tenant.Value,
            Name = "Tenant",
            Email = "owner@example.com",
            Plan = Plans.Dev,
            Status = TenantStatus.Active,
            CreatedAt = now,
        };
        var project = new ProjectRecord { Id = TestPlatform.ProjectId, Name = ProjectRecord.DefaultName, CreatedAt = now };
        await Platform.Rows.IdentityRows().WriteBatchAsync(
            [
                TableWrite.Insert(IdentityTable.TenantRow, TablePartition.Bytes(tenant, IdentityJson.Default.TenantRecord)),
                TableWrite.Insert(IdentityTable.Project(project.Id), TablePartition.Bytes(project, IdentityJson.Default.ProjectRecord)),
            ],
            CancellationToken.None);
    }

    private async Task ChangeAsync(string id, Func<JobRecord?, JobRecord?> change)
    {
        await _ledger.ChangeAsync(
            Platform.Rows, TestPlatform.ProjectId, id,
            (present, _) => ValueTask.FromResult(change(present) is { } next
                ? new PlannedJob(next, next.Job.Stop is true ? EvaluationTriggers.JobDeregister : EvaluationTriggers.JobRegister, 50)
                : null),
            CancellationToken.None);
        await SendAsync(Message(InboxKinds.Job, id, TestPlatform.ProjectId));
    }

    private InboxMessage Message(string kind, string id, string? projectId = null) =>
        new(Platform.Tenant.Value, TestPlatform.Region, kind, projectId, id);
}
