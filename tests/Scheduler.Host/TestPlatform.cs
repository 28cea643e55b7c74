using Microsoft.Extensions.Logging.Abstractions;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;
using NodeStatus = Saas.Cluster.NodeStatus;

namespace Saas.Scheduler.Host.Tests;

/// <summary>
/// A store with one tenant, and the part of Provisioning and the agents beside the scheduler: submits jobs, enrols
/// nodes, lets them beat, reports allocations.
/// </summary>
internal sealed class TestPlatform
{
    public const string Region = "eu";

    /// <summary>Of which every node has two.</summary>
    public const string Device = "acme/gpu/x1";
    public const string ProjectId = "prj_00000000000000000000000001";

    private readonly Dictionary<string, long> _beats = [];
    private long _index;

    /// <param name="time">Default: a clock that stands still until it is advanced.</param>
    public TestPlatform(ITableStore? store = null, TimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider();
        Store = store ?? new InMemoryTableStore();
        Tenant = TenantId.New(Time);
        Signal = new InProcessChangeSignal(Time);
        Scope = new PlatformScope(Store);
        Queue = new StoreMessageQueue(Store, Signal, Time);
        Lease = new StoreLease(Store, Time);
    }

    public ITableStore Store { get; }
    public TimeProvider Time { get; }
    public TenantId Tenant { get; }
    public IChangeSignal Signal { get; }
    public PlatformScope Scope { get; }
    public StoreMessageQueue Queue { get; }
    public StoreLease Lease { get; }
    public SchedulerOptions Options { get; init; } = new();
    public CellId Cell => new(Tenant, Region);
    public TenantScope Rows => Scope.For(Tenant);

    /// <summary>Of the jobs submitted, as asked for last.</summary>
    public Dictionary<string, JobRecord> Jobs { get; } = [];

    public void Advance(TimeSpan by) => ((FakeTimeProvider)Time).Advance(by);

    /// <summary>A host over this platform's store, or over <paramref name="store"/> laid around it.</summary>
    public SchedulerHost NewHost(ITableStore? store = null)
    {
        var over = store ?? Store;
        return new SchedulerHost(
            new PlatformScope(over), new StoreMessageQueue(over, Signal, Time), new StoreLease(over, Time), Signal, Time, Options,
            NullLoggerFactory.Instance);
    }

    /// <summary>A reign over the cell, without the host's loops: the test drives it.</summary>
    public Task<Cell?> OpenAsync(long epoch, ITableStore? store = null)
    {
        var projects = new ProjectDirectory();
        projects.Add(Tenant, ProjectId);
        var environment = new CellEnvironment(
            new PlatformScope(store ?? Store), Signal, Time, Options, NullLoggerFactory.Instance, projects);
        return Scheduler.Host.Cells.Cell.OpenAsync(Cell, epoch, environment, CancellationToken.None);
    }

    public InboxMessage JobNews(string jobId = "web") => new(Tenant.Value, Region, InboxKinds.Job, ProjectId, jobId);

    public InboxMessage AllocationNews(string id) => new(Tenant.Value, Region, InboxKinds.Allocation, ProjectId, id);

    public InboxMessage NodeNews(string id) => new(Tenant.Value, Region, InboxKinds.Node, null, id);

    public async Task SendAsync(InboxMessage message) => await Queue.SendAsync(
        ClusterQueues.SchedulerInbox, TablePartition.Bytes(message, ClusterJson.Default.InboxMessage), CancellationToken.None);

    public static TaskGroup Group(string name = "web", int count = 1, int memoryMb = 300, string command = "sleep") => new()
    {
        Name = name,
        Count = count,
        Constraints = [],
        Tasks =
        [
            new JobTask
            {
                Name = "main",
                Driver = DriverNames.Exec,
                Env = new Dictionary<string, string> { ["COMMAND"] = command },
                Resources = new Resources { CPU = 100, MemoryMB = memoryMb },
            },
        ],
        ReschedulePolicy = new ReschedulePolicy
        {
            Unlimited = true, Delay = 30_000_000_000, DelayFunction = "constant", Attempts = 0, Interval = 0, MaxDelay = 0,
        },
        EphemeralDisk = new EphemeralDisk { SizeMB = 300 },
    };

    /// <summary>Writes job and pending evaluation as Provisioning does. Sends nothing.</summary>
    /// <returns>The evaluation's id.</returns>
    public async Task<string> SubmitAsync(
        string jobId = "web", string type = JobTypes.Service, bool stop = false, bool purge = false, params TaskGroup[] groups)
    {
        var index = ++_index;
        var old = Jobs.GetValueOrDefault(jobId);
        var evaluationId = EntityId.New("eval", Time);
        var record = new JobRecord
        {
            ProjectId = ProjectId,
            Region = Region,
            Job = new Job
            {
                ID = jobId,
                Type = type,
                Priority = 50,
                Datacenters = ["*"],
                Constraints = [],
                Stop = stop,
                TaskGroups = groups.Length == 0 ? old?.Job.TaskGroups ?? [Group()] : groups,
            },
            Version = old is null ? 0 : old.Version + 1,
            CreateIndex = old?.CreateIndex ?? index,
            ModifyIndex = index,
            JobModifyIndex = index,
            SubmittedAt = Time.GetUtcNow(),
            EvaluationId = evaluationId,
            Purge = purge,
        };
        Jobs[jobId] = record;
        await Rows.JobsOf(ProjectId).WriteBatchAsync(
            [
                TableWrite.Upsert(ClusterTables.JobRow(jobId), TablePartition.Bytes(record, ClusterJson.Default.JobRecord)),
                TableWrite.Insert(
                    ClusterTables.EvaluationRow(evaluationId),
                    TablePartition.Bytes(NewEvaluation(record, evaluationId), ClusterJson.Default.EvaluationRecord)),
            ],
            CancellationToken.None);
        return evaluationId;
    }

    public async Task<EvaluationRecord> EvaluationAsync(string id) =>
        (await Rows.JobsOf(ProjectId).GetAsync(ClusterTables.EvaluationRow(id), ClusterJson.Default.EvaluationRecord, CancellationToken.None))!.Value;

    public async Task<IReadOnlyList<EvaluationRecord>> EvaluationsAsync()
    {
        var found = new List<EvaluationRecord>();
        await foreach (var row in Rows.JobsOf(ProjectId).ReadAllAsync(
            RowRange.Prefix(ClusterTables.EvaluationRowPrefix), ClusterJson.Default.EvaluationRecord, CancellationToken.None))
        {
            found.Add(row.Value);
        }

        return found;
    }

    public async Task<bool> HasJobAsync(string jobId) =>
        await Rows.JobsOf(ProjectId).GetAsync(ClusterTables.JobRow(jobId), CancellationToken.None) is not null;

    public async Task EnrolAsync(string nodeId, int memoryMb = 8192, string status = NodeStatus.Ready)
    {
        var record = new NodeRecord
        {
            Id = nodeId,
            SiteId = "site_1",
            Datacenter = "berlin",
            Region = Region,
            Meta = new Dictionary<string, string>(),
            Status = status,
            EnrolledAt = Time.GetUtcNow(),
            StatusChangedAt = Time.GetUtcNow(),
            Fingerprint = status == NodeStatus.Initializing ? null : new NodeFingerprint
            {
                ProtocolVersion = AgentProtocol.Version,
                AgentVersion = "1.0",
                Name = nodeId,
                Resources = new NodeResources { Cores = 8, CpuMhz = 20_000, MemoryMB = memoryMb, DiskMB = 1_000_000 },
                Attributes = new Dictionary<string, string> { ["kernel.name"] = "linux" },
                Drivers = new Dictionary<string, DriverFingerprint> { [DriverNames.Exec] = new(true, "") },
                Networks = [new HostNetwork("default", "192.0.2.7")],
                Devices = [new DeviceGroup("acme", "gpu", "x1", new Dictionary<string, bool> { ["gpu-0"] = true, ["gpu-1"] = true })],
            },
        };
        await Rows.NodesOf().WriteAsync(
            TableWrite.Upsert(nodeId, TablePartition.Bytes(record, ClusterJson.Default.NodeRecord)), CancellationToken.None);
        if (status != NodeStatus.Down)
        {
            await BeatAsync(nodeId);
        }
    }

    public async Task BeatAsync(string nodeId)
    {
        var counter = _beats[nodeId] = _beats.GetValueOrDefault(nodeId) + 1;
        await Rows.HeartbeatsOf().WriteAsync(
            TableWrite.Upsert(nodeId, TablePartition.Bytes(new HeartbeatRecord(counter), ClusterJson.Default.HeartbeatRecord)),
            CancellationToken.None);
    }

    public async Task<NodeRecord> NodeAsync(string nodeId) =>
        (await Rows.NodesOf().GetAsync(nodeId, ClusterJson.Default.NodeRecord, CancellationToken.None))!.Value;

    /// <summary>Stores what an agent says, as Provisioning does. Sends nothing.</summary>
    public async Task ReportAsync(string nodeId, AssignedAllocation allocation, string clientStatus, bool? healthy = null)
    {
        while (true)
        {
            var row = await Rows.AllocationsOf().GetAsync(allocation.Id, ClusterJson.Default.AllocationRecord, CancellationToken.None);
            if (row is not null && ClientStatus.IsTerminal(row.Value.ClientStatus))
            {
                return;
            }

            var known = row?.Value ?? Begin(nodeId, allocation);
            var record = known with
            {
                JobVersion = row?.Value.JobVersion ?? allocation.JobVersion,
                DesiredStatus = allocation.DesiredStatus,
                DesiredDescription = allocation.DesiredDescription,
                Canary = allocation.Canary,
                ModifiedAt = Time.GetUtcNow(),
                ClientStatus = clientStatus,
                DeploymentId = allocation.DeploymentId,
                Healthy = known.DeploymentId == allocation.DeploymentId ? known.Healthy ?? healthy : healthy,
                Revision = known.Revision + 1,
            };
            var bytes = TablePartition.Bytes(record, ClusterJson.Default.AllocationRecord);
            var written = await Rows.AllocationsOf().WriteAsync(
                row is null ? TableWrite.Insert(record.Id, bytes) : TableWrite.Replace(record.Id, bytes, row.ETag), CancellationToken.None);
            if (written.IsDone)
            {
                return;
            }
        }
    }

    private AllocationRecord Begin(string nodeId, AssignedAllocation allocation) => new()
    {
        Id = allocation.Id,
        NodeId = nodeId,
        ProjectId = allocation.ProjectId,
        Region = Region,
        JobId = allocation.JobId,
        JobVersion = allocation.JobVersion,
        JobType = allocation.JobType,
        Group = allocation.Group,
        Index = allocation.Index,
        EvaluationId = allocation.EvaluationId,
        CreatedAt = allocation.CreatedAt,
        ModifiedAt = Time.GetUtcNow(),
        DesiredStatus = allocation.DesiredStatus,
        ClientStatus = ClientStatus.Pending,
        Revision = 0,
        PreviousAllocation = allocation.PreviousAllocation,
        DeploymentId = allocation.DeploymentId,
        Tasks = new Dictionary<string, TaskReport>(),
    };

    public async Task<AllocationRecord?> RecordAsync(string id) =>
        (await Rows.AllocationsOf().GetAsync(id, ClusterJson.Default.AllocationRecord, CancellationToken.None))?.Value;

    /// <summary>How many task groups are stored for documents to name.</summary>
    public async Task<int> DefinitionsAsync()
    {
        var found = 0;
        await foreach (var row in Rows.DefinitionsOf(Region).ReadAllAsync(RowRange.All, CancellationToken.None))
        {
            found += row.Row == FencedPartition.FenceRow ? 0 : 1;
        }

        return found;
    }

    public async Task<IReadOnlyList<NodeAssignment>> DocumentsAsync()
    {
        var documents = new List<NodeAssignment>();
        var reader = new AssignmentReader(new DefinitionCache());
        await foreach (var document in reader.ReadAllAsync(Rows, Region, static _ => true, CancellationToken.None))
        {
            documents.Add(document);
        }

        return documents;
    }

    public async Task<IReadOnlyList<(string NodeId, AssignedAllocation Allocation)>> AssignedAsync(string? jobId = null) =>
    [
        .. (await DocumentsAsync()).SelectMany(document => document.Allocations.Select(allocation => (document.NodeId, allocation)))
            .Where(entry => jobId is null || entry.allocation.JobId == jobId),
    ];

    /// <summary>Those meant to run.</summary>
    public async Task<IReadOnlyList<(string NodeId, AssignedAllocation Allocation)>> LiveAsync(string? jobId = null) =>
        [.. (await AssignedAsync(jobId)).Where(static entry => entry.Allocation.DesiredStatus == DesiredStatus.Run)];

    private EvaluationRecord NewEvaluation(JobRecord record, string evaluationId) => new()
    {
        Id = evaluationId,
        ProjectId = ProjectId,
        JobId = record.Job.ID!,
        JobType = record.Job.Type!,
        Priority = 50,
        TriggeredBy = EvaluationTriggers.JobRegister,
        Status = EvaluationStatus.Pending,
        JobModifyIndex = record.JobModifyIndex,
        CreatedAt = Time.GetUtcNow(),
        ModifiedAt = Time.GetUtcNow(),
    };
}
