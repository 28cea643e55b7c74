using Microsoft.AspNetCore.Http;
using Saas.Hosting.Audit;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Hosting.Health;

/// <summary>
/// <c>/healthz</c>: the process answers; restart it if not. <c>/readyz</c>: its store answers too; send it no requests
/// if not. The store is asked at most once a second, however often we are. A second line says where audit records do not
/// get to their logs: the process still serves, and an operator must look.
/// </summary>
internal sealed class HealthRoutes(ITableStore store, TimeProvider time)
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TablePartition _probe = new PlatformScope(store).Partition("health");
    private readonly Lock _gate = new();
    private Task<bool>? _asked;
    private long _askedAt;

    public static void Map(RouteTable routes, HealthRoutes health)
    {
        var access = RouteAccess.Public("Orchestrators and load balancers have no credential.");
        routes.Add(new ApiRoute("GET", "/healthz", access, (_, _) => Task.FromResult(Results.Text("ok"))) { IsInternal = true });
        routes.Add(new ApiRoute("GET", "/readyz", access, (request, ct) => health.ReadyAsync(request.Service<AuditSpool>(), ct)) { IsInternal = true });
    }

    private async Task<IResult> ReadyAsync(AuditSpool spool, CancellationToken ct) =>
        await Asked().WaitAsync(ct) ? Results.Text(spool.State is { IsDegraded: true } state ? "ready\n" + Degraded(state) : "ready") : Problem.Unavailable();

    private static string Degraded(AuditSpoolState audit) =>
        $"degraded: audit: {audit.Bytes} of {audit.MaxBytes} bytes wait, the oldest for {audit.OldestAge.TotalSeconds:f0} s; {audit.FailingTenants} logs fail";

    /// <summary>The answer under way or last given; asked anew when that is old.</summary>
    private Task<bool> Asked()
    {
        lock (_gate)
        {
            if (_asked is null || (_asked.IsCompleted && time.GetElapsedTime(_askedAt) >= Keep))
            {
                (_asked, _askedAt) = (AskAsync(), time.GetTimestamp());
            }

            return _asked;
        }
    }

    private async Task<bool> AskAsync()
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        try
        {
            await _probe.GetAsync("probe", timeout.Token);
            return true;
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
