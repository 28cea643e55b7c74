using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Exec;
using Saas.EdgeAgent.Drivers.Libvirt;
using Saas.EdgeAgent.Node;
using Saas.EdgeAgent.Registry;
using Saas.EdgeAgent.Reports;
using Saas.EdgeAgent.Sessions;
using Saas.EdgeAgent.State;
using Saas.EdgeAgent.TaskFiles;
using Saas.EdgeAgent.Usage;

namespace Saas.EdgeAgent;

/// <summary>
/// The agent put together: enrolment first, then loops that share nothing but the types made here. It ends when it is told to, and leaves
/// the workloads running: what should run is the scheduler's to say.
/// </summary>
internal sealed partial class AgentHost(AgentOptions options, TimeProvider time, ILogger log)
{
    private const int FoldersKept = 50;
    private static readonly TimeSpan CollectEvery = TimeSpan.FromMinutes(10);

    /// <exception cref="DataDirectoryException">The data directory cannot be used.</exception>
    /// <exception cref="EnrolmentRefusedException">The machine is not enrolled and cannot be.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        using var data = DataDirectory.Open(options.DataDirectory);
        using var key = data.OpenKey();
        using var http = ControlPlaneClient.CreateHttp(options.Server);
        var client = new ControlPlaneClient(http, time);
        var identity = await new Enrolment(client, time, log).EnsureAsync(
            new StateFile<NodeIdentity>(data.IdentityFile, StateJson.Default.NodeIdentity), key, ReadToken, options.Name, ct);
        await RunNodeAsync(data, key, client, identity, ct);
    }

    private async Task RunNodeAsync(DataDirectory data, ECDsa key, ControlPlaneClient client, NodeIdentity identity, CancellationToken ct)
    {
        using var tokens = new AccessTokens(client, identity, key, time, log);
        var contact = new PlatformContact(time);
        var session = new ControlPlaneSession(client, tokens, contact);
        var host = HostFacts.Read(data.Path);
        var settings = NodeSettings.Of(options.Node, host.PrimaryAddress);
        var heartbeat = new HeartbeatTtl();
        using var drivers = new DriverSet(CreateDrivers(new DriverSettings(identity.NodeId, data.DriverState)), log);
        var assignment = new CurrentAssignment(new StateFile<Contracts.Agents.NodeAssignment>(data.AssignmentFile, StateJson.Default.NodeAssignment), identity.NodeId);
        var store = new AllocationStore(data.AllocationRecords, time);
        var usage = new UsageLedger(new StateFile<UsageState>(data.UsageFile, StateJson.Default.UsageState), time, log);
        var specs = new WorkloadSpecs(data.AllocationFolders, settings.Volumes);
        var tails = new OutputTails(drivers, time);
        using var sources = ArtifactSource.CreateHttp();
        var limits = new ArtifactLimits();
        using var downloads = new ArtifactDownloads(new ArtifactFetcher(new ArtifactSource(sources, limits), limits), assignment.Changed);
        var executor = new AllocationExecutor(drivers, specs, downloads, usage, tails, time, log);
        using var registry = options.Registry is { } config ? new LocalRegistryRun(config, options, data, identity, tokens, time, log) : null;
        var offered = registry?.Services ?? NoAllocationServices.Instance;
        var services = new ServiceBoard(offered, assignment, store, time, log);
        var pass = new AllocationPass(assignment, store, drivers, executor, tails, usage, services, new HealthWatch(offered, time, log), contact, time);
        LogRunning(log, identity.NodeId, assignment.Index, store.All.Count());

        // If one ends with a fault of ours, all end: an agent that does half of its work looks healthy.
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] loops =
        [
            new AllocationLoop(assignment, store, drivers, pass, services, time, log).RunAsync(all.Token),
            new AssignmentLoop(assignment, session, heartbeat, time, log).RunAsync(all.Token),
            new FingerprintLoop(options.Name, host, settings, drivers, session, heartbeat, time, log).RunAsync(all.Token),
            new ReportLoop(store, session, time, log).RunAsync(all.Token),
            new UsageLoop(usage, session, options.UsageInterval, time, log).RunAsync(all.Token),
            new SessionLoop(session, CreateOperations(data, store, drivers, specs, assignment), time, log).RunAsync(all.Token),
            new RetryingLoop("folders", time, log).RunAsync(turn => CollectAsync(specs, store, turn), all.Token),
            .. registry is null ? [] : (Task[])[registry.RunAsync(all.Token)],
        ];
        await Task.WhenAny(loops);
        await all.CancelAsync();
        await Task.WhenAll(loops);
        LogStopped(log);
    }

    private List<IWorkloadDriver> CreateDrivers(DriverSettings settings) =>
    [
        new ExecDriver(settings, time),
        new LibvirtDriver(settings, new LibvirtOptions(), time),
    ];

    private List<ISessionOperation> CreateOperations(
        DataDirectory data, AllocationStore store, DriverSet drivers, WorkloadSpecs specs, CurrentAssignment assignment)
    {
        var files = new AllocationFiles(data.AllocationFolders, store);
        return
        [
            new ListFiles(files),
            new StatFile(files),
            new ReadFile(files, time),
            new StreamLogs(data.AllocationFolders, files, store, drivers, time),
            new AllocationStats(store, drivers, time),
            new NodeStats(data.Path, time),
            new RestartTasks(store, assignment, time),
            new SignalTasks(store, drivers, time),
            new ExecInTask(store, drivers),
            new CollectAllocations(specs, store),
        ];
    }

    private async Task CollectAsync(WorkloadSpecs specs, AllocationStore store, CancellationToken ct)
    {
        specs.Collect(id => store.Find(id) is not null, FoldersKept);
        await Task.Delay(CollectEvery, time, ct);
    }

    private string? ReadToken()
    {
        try
        {
            var token = options.TokenFile is { } file
                ? File.ReadAllText(file).Trim()
                : Environment.GetEnvironmentVariable(AgentOptions.TokenVariable)?.Trim();
            return string.IsNullOrEmpty(token) ? null : token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnrolmentRefusedException($"Cannot read the token file: {e.Message}", e);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Agent runs as {NodeId}; last assignment {Index}, {Count} allocations known")]
    private static partial void LogRunning(ILogger log, string nodeId, long index, int count);

    [LoggerMessage(2, LogLevel.Information, "Agent stopped; workloads keep running")]
    private static partial void LogStopped(ILogger log);
}
