using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.State;

namespace Saas.Benchmarks.Assign;

/// <summary>
/// The agent's own client of the control plane, long-polling as the agent does, without drivers behind it: it notes
/// when it holds an allocation, and reports what should stop as stopped at once.
/// </summary>
internal sealed class AgentChannel : IAsyncDisposable
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SessionsPoll = TimeSpan.FromSeconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _held = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _gone = new();
    private readonly HttpClient _http;
    private readonly ECDsa _key;
    private readonly AccessTokens _tokens;
    private readonly ControlPlaneSession _session;
    private Task _polling = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;

    private AgentChannel(HttpClient http, ECDsa key, AccessTokens tokens, ControlPlaneSession session) =>
        (_http, _key, _tokens, _session) = (http, key, tokens, session);

    /// <summary>Enrols, says what the machine has, and polls until disposed.</summary>
    public static async Task<AgentChannel> StartAsync(Uri server, string enrolmentToken, CancellationToken ct)
    {
        var http = ControlPlaneClient.CreateHttp(server);
        var client = new ControlPlaneClient(http, TimeProvider.System);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolled = await client.EnrolAsync(
            new EnrolRequest(enrolmentToken, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "bench", AgentProtocol.Version), ct);
        var tokens = new AccessTokens(
            client, new NodeIdentity(enrolled.TenantId, enrolled.SiteId, enrolled.NodeId), key, TimeProvider.System, NullLogger.Instance);
        var channel = new AgentChannel(http, key, tokens, new ControlPlaneSession(client, tokens));
        await channel._session.PutNodeAsync(Fingerprint(), ct);
        channel._polling = Task.Run(() => channel.PollAsync(channel._stop.Token), CancellationToken.None);
        channel._listening = Task.Run(() => channel.ListenAsync(channel._stop.Token), CancellationToken.None);
        return channel;
    }

    /// <summary>The timestamp (Stopwatch) at which the agent had an allocation of the job in its hands.</summary>
    public Task<long> WhenHeldAsync(string jobId, CancellationToken ct) => WhenAsync(_held, jobId, ct);

    /// <summary>The job has nothing left in the assignment.</summary>
    public Task WhenGoneAsync(string jobId, CancellationToken ct) => WhenAsync(_gone, jobId, ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _tokens.Dispose();
        _http.Dispose();
        _key.Dispose();
        _stop.Dispose();
    }

    private static NodeFingerprint Fingerprint() => new()
    {
        ProtocolVersion = AgentProtocol.Version,
        AgentVersion = "bench",
        Name = "bench",
        Resources = new NodeResources { Cores = 16, CpuMhz = 48_000, MemoryMB = 65_536, DiskMB = 1_000_000 },
        Attributes = new Dictionary<string, string> { ["kernel.name"] = "linux", ["driver.exec"] = "1" },
        Drivers = new Dictionary<string, DriverFingerprint> { [DriverNames.Exec] = new(true, "bench") },
    };

    private async Task<long> WhenAsync(
        ConcurrentDictionary<string, TaskCompletionSource<long>> waits, string jobId, CancellationToken ct)
    {
        var wait = waits.GetOrAdd(jobId, static _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        var first = await Task.WhenAny(wait.Task, _polling).WaitAsync(ct);
        await first;
        return first == wait.Task ? await wait.Task : throw new InvalidOperationException("The agent's channel has stopped.");
    }

    /// <summary>For sessions of clients, of which there are none.</summary>
    private async Task ListenAsync(CancellationToken ct)
    {
        var mark = "";
        while (true)
        {
            mark = (await _session.GetSessionsAsync(mark, SessionsPoll, ct)).Mark;
        }
    }

    private async Task PollAsync(CancellationToken ct)
    {
        long index = 0;
        var known = new HashSet<string>();
        for (var wait = TimeSpan.Zero; ; wait = LongPoll)
        {
            var document = await _session.GetAssignmentAsync(index, wait, ct);
            var now = Stopwatch.GetTimestamp();
            index = document.Index;

            var jobs = document.Allocations.Select(a => a.JobId).ToHashSet();
            foreach (var allocation in document.Allocations.Where(a => a.DesiredStatus == DesiredStatus.Run && known.Add(a.JobId)))
            {
                Complete(_held, allocation.JobId, now);
            }

            foreach (var gone in known.Where(job => !jobs.Contains(job)).ToList())
            {
                known.Remove(gone);
                Complete(_gone, gone, now);
            }

            var stopped = document.Allocations.Where(a => a.DesiredStatus == DesiredStatus.Stop).ToList();
            if (stopped.Count > 0)
            {
                await _session.PutAllocationsAsync(new AllocationReports([.. stopped.Select(Stopped)]), ct);
            }
        }
    }

    private static AllocationReport Stopped(AssignedAllocation allocation) => new()
    {
        Id = allocation.Id,
        ClientStatus = ClientStatus.Complete,
        Revision = 1,
        Tasks = new Dictionary<string, TaskReport>(),
    };

    private static void Complete(ConcurrentDictionary<string, TaskCompletionSource<long>> waits, string jobId, long at) => waits
        .GetOrAdd(jobId, static _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously))
        .TrySetResult(at);
}
