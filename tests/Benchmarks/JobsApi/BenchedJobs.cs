using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Benchmarks.Http;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Hosting.Hosts;
using Saas.Hosting.Limits;
using Saas.Identity.Agents;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Provisioning;
using Saas.Scheduler.Host;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using NodeStatus = Saas.Cluster.NodeStatus;

namespace Saas.Benchmarks.JobsApi;

/// <summary>
/// Provisioning as it is shipped, and the scheduler beside it with one signal between them, as in <c>functions/Local</c>,
/// over a SQLite store with one tenant and one site. Opened again on the same folder, it is the same tenant.
/// </summary>
internal sealed class BenchedJobs : IAsyncDisposable
{
    private const string Region = "eu";
    private const string SiteId = "site_bench";

    private static readonly Rate Unlimited = new(100_000_000, 100_000_000);

    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteTableStore _store;
    private readonly PlatformServices _platform;
    private readonly WebApplication _app;
    private readonly TimeSpan _heartbeatTtl;
    private TenantScope? _tenant;
    private Task _scheduling = Task.CompletedTask;

    private BenchedJobs(string folder, TimeSpan heartbeatTtl)
    {
        var time = TimeProvider.System;
        _heartbeatTtl = heartbeatTtl;
        _store = new SqliteTableStore(Path.Combine(folder, "jobs.db"));
        var signal = new InProcessChangeSignal(time);
        _platform = new PlatformServices(_store, new StoreMessageQueue(_store, signal, time), new StoreLease(_store, time), signal, time);
        _app = KestrelHost.Build(new ProvisioningModule(), _platform, new HostingOptions
        {
            Logging = static logging => logging.AddProvider(new DiscardedLog()),
            Limits = new RateLimits { Plans = new Dictionary<string, Rate> { ["dev"] = Unlimited, ["prod"] = Unlimited }, Address = Unlimited, PublicRoute = Unlimited, FleetRoute = Unlimited },
            Configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["SAAS_AUDIT_SPOOL"] = Path.Combine(folder, "audit"),
                ["SAAS_HEARTBEAT_TTL_SECONDS"] = heartbeatTtl.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            }).Build(),
        });
    }

    public Uri Address => new(_app.Urls.First());

    public string Token { get; private set; } = "";

    private TenantScope Tenant => _tenant ?? throw new InvalidOperationException("Not started.");

    /// <param name="nodes">With room for a hundred instances each, as rows; nobody's heart beats there.</param>
    public static async Task<BenchedJobs> StartAsync(string folder, int nodes, TimeSpan heartbeatTtl, CancellationToken ct)
    {
        var jobs = new BenchedJobs(folder, heartbeatTtl);
        var known = Path.Combine(folder, "tenant");
        if (File.Exists(known))
        {
            var lines = await File.ReadAllLinesAsync(known, ct);
            (jobs.Token, jobs._tenant) = (lines[1], jobs.ScopeOf(lines[0]));
        }
        else
        {
            var founded = await jobs._app.Services.GetRequiredService<TenantFounding>().FoundAsync("bench", "bench@acme.example", "prod", ct);
            (jobs.Token, jobs._tenant) = (founded.ApiKey, jobs.ScopeOf(founded.Tenant.Id));
            await File.WriteAllLinesAsync(known, [founded.Tenant.Id, founded.ApiKey], ct);
            await jobs.AddSiteAsync(ct);
            await jobs.AddNodesAsync(nodes, ct);
        }

        await jobs._app.StartAsync(ct);
        jobs.Schedule();
        return jobs;
    }

    /// <summary>Tokens that enrol one machine each.</summary>
    public async Task<IReadOnlyList<string>> IssueTokensAsync(int count, CancellationToken ct)
    {
        var tokens = new List<string>();
        var issuer = _app.Services.GetRequiredService<EnrolmentTokens>();
        while (tokens.Count < count)
        {
            tokens.Add((await issuer.IssueAsync(Tenant, SiteId, TimeSpan.FromHours(1), ct)).Value!.Token);
        }

        return tokens;
    }

    /// <summary>What agents would have reported of everything that is assigned: it runs.</summary>
    /// <returns>Of how many allocations.</returns>
    public async Task<int> ReportAllAsync(CancellationToken ct)
    {
        var records = new List<AllocationRecord>();
        for (var shard = 0; shard < AssignmentTables.Shards; shard++)
        {
            await foreach (var row in AssignmentReader.RowsAsync(Tenant, Region, shard, ct))
            {
                records.AddRange(row.Document.Allocations.Select(allocation => Running(allocation, row.Document.NodeId)));
            }
        }

        foreach (var chunk in records.Chunk(TableLimits.MaxBatchRows))
        {
            await Tenant.AllocationsOf().WriteBatchAsync(
                [.. chunk.Select(static record => TableWrite.Upsert(record.Id, TablePartition.Bytes(record, ClusterJson.Default.AllocationRecord)))], ct);
        }

        return records.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _stop.CancelAsync();
        await _scheduling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _store.Dispose();
        _stop.Dispose();
    }

    private TenantScope ScopeOf(string tenantId) => _app.Services.GetRequiredService<TenantScopes>().For(TenantId.Parse(tenantId));

    private void Schedule()
    {
        var scheduler = new SchedulerHost(
            new PlatformScope(_store), _platform.Queue, _platform.Lease, _platform.Signal, _platform.Time,
            new SchedulerOptions { HeartbeatTtl = _heartbeatTtl }, NullLoggerFactory.Instance);
        _scheduling = scheduler.RunAsync(_stop.Token);
    }

    private Task AddSiteAsync(CancellationToken ct)
    {
        var site = new SiteRecord { Id = SiteId, Name = "here", Region = Region, CreatedAt = _platform.Time.GetUtcNow() };
        return Tenant.IdentityRows().WriteAsync(
            TableWrite.Insert(IdentityTable.Site(SiteId), TablePartition.Bytes(site, IdentityJson.Default.SiteRecord)), ct).AsTask();
    }

    private async Task AddNodesAsync(int count, CancellationToken ct)
    {
        foreach (var chunk in Enumerable.Range(0, count).Select(_ => EntityId.New("node", _platform.Time)).Chunk(TableLimits.MaxBatchRows))
        {
            var beat = TablePartition.Bytes(new HeartbeatRecord(1), ClusterJson.Default.HeartbeatRecord);
            await Tenant.HeartbeatsOf().WriteBatchAsync([.. chunk.Select(id => TableWrite.Insert(id, beat))], ct);
            await Tenant.NodesOf().WriteBatchAsync(
                [.. chunk.Select(id => TableWrite.Insert(id, TablePartition.Bytes(Node(id), ClusterJson.Default.NodeRecord)))], ct);
        }
    }

    private NodeRecord Node(string id) => new()
    {
        Id = id,
        Name = id,
        SiteId = SiteId,
        Datacenter = "here",
        Region = Region,
        Meta = new Dictionary<string, string>(),
        Status = NodeStatus.Ready,
        EnrolledAt = _platform.Time.GetUtcNow(),
        StatusChangedAt = _platform.Time.GetUtcNow(),
        Fingerprint = new NodeFingerprint
        {
            ProtocolVersion = AgentProtocol.Version,
            AgentVersion = "bench",
            Name = id,
            Resources = new NodeResources { Cores = 32, CpuMhz = 100_000, MemoryMB = 131_072, DiskMB = 1_000_000 },
            Attributes = new Dictionary<string, string> { ["kernel.name"] = "linux" },
            Drivers = new Dictionary<string, DriverFingerprint> { [DriverNames.Exec] = new(true, "bench") },
        },
    };

    private AllocationRecord Running(StoredAllocation place, string nodeId)
    {
        var now = _platform.Time.GetUtcNow();
        return new AllocationRecord
        {
            Id = place.Id,
            NodeId = nodeId,
            ProjectId = place.Group.ProjectId,
            Region = Region,
            JobId = place.Group.JobId,
            JobVersion = place.Group.JobVersion,
            JobType = place.Group.JobType,
            Group = place.Group.Group,
            Index = place.Index,
            EvaluationId = place.EvaluationId,
            CreatedAt = place.CreatedAt,
            ModifiedAt = now,
            DesiredStatus = place.DesiredStatus,
            ClientStatus = ClientStatus.Running,
            Revision = 3,
            Tasks = new Dictionary<string, TaskReport>
            {
                ["server"] = new TaskReport
                {
                    State = "running",
                    Failed = false,
                    StartedAt = now,
                    Events =
                    [
                        new TaskEvent("Received", now, "Task received by client"),
                        new TaskEvent("Task Setup", now, "Building Task Directory"),
                        new TaskEvent("Started", now, "Task started by client"),
                    ],
                },
            },
        };
    }
}
