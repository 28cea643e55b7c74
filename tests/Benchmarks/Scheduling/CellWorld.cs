using Microsoft.Extensions.Logging.Abstractions;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using NodeStatus = Saas.Cluster.NodeStatus;

namespace Saas.Benchmarks.Scheduling;

/// <summary>
/// A tenant in a SQLite file, with the rows that Provisioning and agents would have written, and the scheduler's cells
/// over it. A node has 32 cores of 2.6 GHz and 128 GiB, so that 208 of the default instances are all it bears: with 200 it
/// is 96 % full.
/// </summary>
internal sealed class CellWorld : IDisposable
{
    public const int CpuMhz = 400;
    public const int MemoryMb = 600;
    private const int NodeMhz = 83_200;
    private const int NodeMemoryMb = 131_072;
    private const int NodesPerRack = 500;

    /// <summary>Nobody's heart beats here: nodes must not die of it while something else is measured.</summary>
    private static readonly SchedulerOptions Options = new() { HeartbeatTtl = TimeSpan.FromDays(1) };

    private readonly SqliteTableStore _store;
    private readonly InProcessChangeSignal _signal = new(TimeProvider.System);
    private readonly Dictionary<string, long> _indexes = [];

    public CellWorld(string path)
    {
        _store = new SqliteTableStore(path);
        Tenant = TenantId.New(TimeProvider.System);
        Scope = new PlatformScope(_store);
    }

    public TenantId Tenant { get; }
    public PlatformScope Scope { get; }
    public TenantScope Rows => Scope.For(Tenant);
    public ProjectDirectory Projects { get; } = new();

    /// <summary>How many instances of the jobs submitted a node bears.</summary>
    public int InstancesPerNode { get; init; } = NodeMhz / CpuMhz;

    /// <summary>Begins a reign over a region's cell: claim, load, plan, commit.</summary>
    public async Task<Cell> OpenAsync(string region, long epoch, CancellationToken ct)
    {
        var environment = new CellEnvironment(
            Scope, _signal, TimeProvider.System, Options, NullLoggerFactory.Instance, Projects);
        return await Cell.OpenAsync(new CellId(Tenant, region), epoch, environment, ct)
            ?? throw new InvalidOperationException("The cell has another leader.");
    }

    /// <summary>Ready nodes in three datacenters, of ten kinds, each with a heartbeat.</summary>
    public async Task EnrolAsync(string region, int count, CancellationToken ct)
    {
        for (var from = 0; from < count; from += TableLimits.MaxBatchRows)
        {
            var numbers = Enumerable.Range(from, Math.Min(TableLimits.MaxBatchRows, count - from)).ToArray();
            await InsertAsync(Rows.NodesOf(), numbers.Select(i => (NodeId(region, i), TablePartition.Bytes(Node(region, i), ClusterJson.Default.NodeRecord))), ct);
            await InsertAsync(
                Rows.HeartbeatsOf(),
                numbers.Select(i => (NodeId(region, i), TablePartition.Bytes(new HeartbeatRecord(1), ClusterJson.Default.HeartbeatRecord))), ct);
        }
    }

    /// <summary>Jobs as submitted: each its row, its version and its pending evaluation.</summary>
    public async Task SubmitAsync(string region, string projectId, IEnumerable<(string Id, int Count)> jobs, CancellationToken ct)
    {
        Projects.Add(Tenant, projectId);
        foreach (var chunk in jobs.Chunk(TableLimits.MaxBatchRows / 3))
        {
            await InsertAsync(Rows.JobsOf(projectId), chunk.SelectMany(job => Submission(region, projectId, job.Id, job.Count)), ct);
        }
    }

    public InboxMessage JobNews(string region, string projectId, string jobId) => new(Tenant.Value, region, InboxKinds.Job, projectId, jobId);

    public InboxMessage NodeNews(string region, string nodeId) => new(Tenant.Value, region, InboxKinds.Node, null, nodeId);

    /// <summary>As the sweep writes it when the node was silent for its time to live.</summary>
    public async Task SetDownAsync(string region, int node, CancellationToken ct) => await Rows.NodesOf().WriteAsync(
        TableWrite.Upsert(
            NodeId(region, node),
            TablePartition.Bytes(Node(region, node) with { Status = NodeStatus.Down }, ClusterJson.Default.NodeRecord)), ct);

    public static string NodeId(string region, int i) => $"node_{region}{i:D8}";

    public void Dispose() => _store.Dispose();

    private TaskGroup Group(int count) => new()
    {
        Name = "web",
        Count = count,
        Constraints = [],
        Tasks =
        [
            new JobTask
            {
                Name = "main",
                Driver = DriverNames.Exec,
                Env = new Dictionary<string, string> { ["MODE"] = "benchmark" },
                Resources = new Resources { CPU = NodeMhz / InstancesPerNode, MemoryMB = Math.Min(MemoryMb, NodeMemoryMb / InstancesPerNode) },
            },
        ],
        ReschedulePolicy = new ReschedulePolicy
        {
            Unlimited = true, Delay = 30_000_000_000, DelayFunction = "exponential", Attempts = 0, Interval = 0, MaxDelay = 3_600_000_000_000,
        },
        EphemeralDisk = new EphemeralDisk { SizeMB = 100 },
    };

    private static NodeRecord Node(string region, int i) => new()
    {
        Id = NodeId(region, i),
        Name = $"host-{i}",
        SiteId = "site",
        Datacenter = $"dc{(i % 3) + 1}",
        Region = region,
        Meta = new Dictionary<string, string> { ["residency.country"] = "de" },
        Status = NodeStatus.Ready,
        EnrolledAt = DateTimeOffset.UnixEpoch,
        StatusChangedAt = DateTimeOffset.UnixEpoch,
        Fingerprint = new NodeFingerprint
        {
            ProtocolVersion = AgentProtocol.Version,
            AgentVersion = "0",
            Name = $"host-{i}",
            Resources = new NodeResources { Cores = 32, CpuMhz = NodeMhz, MemoryMB = NodeMemoryMb, DiskMB = 1_000_000 },
            Attributes = new Dictionary<string, string>
            {
                ["kernel.name"] = "linux",
                ["kernel.version"] = $"6.1.{i / NodesPerRack}",
                ["unique.hostname"] = $"host-{i}",
            },
            Drivers = new Dictionary<string, DriverFingerprint> { [DriverNames.Exec] = new(true, "") },
        },
    };

    private IEnumerable<(string Row, ReadOnlyMemory<byte> Value)> Submission(string region, string projectId, string jobId, int count)
    {
        var index = _indexes[projectId] = _indexes.GetValueOrDefault(projectId) + 1;
        var now = TimeProvider.System.GetUtcNow();
        var evaluation = new EvaluationRecord
        {
            Id = EntityId.New("eval", TimeProvider.System),
            ProjectId = projectId,
            JobId = jobId,
            JobType = JobTypes.Service,
            Priority = 50,
            TriggeredBy = EvaluationTriggers.JobRegister,
            Status = EvaluationStatus.Pending,
            JobModifyIndex = index,
            CreatedAt = now,
            ModifiedAt = now,
        };
        var record = new JobRecord
        {
            ProjectId = projectId,
            Region = region,
            Job = new Job
            {
                ID = jobId,
                Type = JobTypes.Service,
                Priority = 50,
                Datacenters = ["dc*"],
                Constraints = [new Constraint { LTarget = "${attr.kernel.version}", Operand = "version", RTarget = ">= 6.0" }],
                TaskGroups = [Group(count)],
            },
            Version = 0,
            CreateIndex = index,
            ModifyIndex = index,
            JobModifyIndex = index,
            SubmittedAt = now,
            EvaluationId = evaluation.Id,
        };
        var job = TablePartition.Bytes(record, ClusterJson.Default.JobRecord);
        yield return (ClusterTables.JobRow(jobId), job);
        yield return (ClusterTables.VersionRow(jobId, 0), job);
        yield return (ClusterTables.EvaluationRow(evaluation.Id), TablePartition.Bytes(evaluation, ClusterJson.Default.EvaluationRecord));
    }

    private static async Task InsertAsync(
        TablePartition partition, IEnumerable<(string Row, ReadOnlyMemory<byte> Value)> rows, CancellationToken ct)
    {
        var written = await partition.WriteBatchAsync([.. rows.Select(static row => TableWrite.Insert(row.Row, row.Value))], ct);
        if (!written.IsDone)
        {
            throw new InvalidOperationException($"The rows of {partition.Key} were there already.");
        }
    }
}
