using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Saas.LocalRegistry.Http;

/// <summary>
/// Consul's agent API on loopback. <c>/v1/agent/…</c> is answered here; of the rest, reads of the catalog that bear no token
/// are answered from the view, and everything else is the Registry app's to answer, with the client's own credential.
/// </summary>
internal sealed partial class LocalApi : IAsyncDisposable
{
    private const int MaxBodyBytes = 1024 * 1024;
    private const int MaxConnections = 4096;
    private static readonly string[] GetOnly = ["GET"];
    private static readonly string[] Put = ["PUT"];

    private readonly WebApplication _app;
    private readonly Forwarder _forwarder;
    private readonly ApiRoutes _routes = new();
    private readonly ViewEndpoints _view;
    private readonly ILogger _log;

    private LocalApi(LocalRegistryHost registry, WebApplication app, TimeProvider time, ILogger log)
    {
        (_app, _log) = (app, log);
        _forwarder = new Forwarder(registry.Channel.Address);
        var flush = new RegistryFlush(registry);
        _view = new ViewEndpoints(registry, time);
        Map(new ServiceEndpoints(registry, flush, time), new CheckEndpoints(registry, flush), new HealthEndpoints(registry), new SelfEndpoints(registry));
    }

    public IPEndPoint Address { get; private set; } = null!;

    /// <exception cref="ArgumentException">The address is not one of loopback.</exception>
    /// <exception cref="IOException">It is in use.</exception>
    public static async Task<LocalApi> StartAsync(LocalRegistryHost registry, IPEndPoint listen, TimeProvider time, ILogger log, CancellationToken ct)
    {
        if (!IPAddress.IsLoopback(listen.Address))
        {
            throw new ArgumentException($"{listen} is not an address of this machine alone.", nameof(listen));
        }

        // Empty: no configuration of the environment or of files, no logging of requests.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MinResponseDataRate = null; // a blocked query's answer is long in coming
            kestrel.Listen(listen);
        });
        var app = builder.Build();
        var api = new LocalApi(registry, app, time, log);
        app.Run(api.HandleAsync);
        await app.StartAsync(ct);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        api.Address = IPEndPoint.Parse(new Uri(address).Authority);
        LogListening(log, api.Address);
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        // Blocked queries would hold the stop up for minutes.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _forwarder.Dispose();
    }

    private void Map(ServiceEndpoints services, CheckEndpoints checks, HealthEndpoints health, SelfEndpoints self) => _routes
        .Add("/v1/agent/service/register", Put, services.RegisterAsync)
        .Add("/v1/agent/service/deregister/", Put, services.DeregisterAsync)
        .Add("/v1/agent/service/maintenance/", Put, services.MaintainAsync)
        .Add("/v1/agent/service/", GetOnly, services.GetAsync)
        .Add("/v1/agent/services", GetOnly, services.ListAsync)
        .Add("/v1/agent/maintenance", Put, services.MaintainNodeAsync)
        .Add("/v1/agent/check/register", Put, checks.RegisterAsync)
        .Add("/v1/agent/check/deregister/", Put, checks.DeregisterAsync)
        .Add("/v1/agent/check/pass/", Put, checks.PassAsync)
        .Add("/v1/agent/check/warn/", Put, checks.WarnAsync)
        .Add("/v1/agent/check/fail/", Put, checks.FailAsync)
        .Add("/v1/agent/check/update/", Put, checks.UpdateAsync)
        .Add("/v1/agent/checks", GetOnly, checks.ListAsync)
        .Add("/v1/agent/health/service/id/", GetOnly, health.ByIdAsync)
        .Add("/v1/agent/health/service/name/", GetOnly, health.ByNameAsync)
        .Add("/v1/agent/self", GetOnly, self.SelfAsync)
        .Add("/v1/agent/members", GetOnly, self.MembersAsync)
        .Add("/v1/agent/version", GetOnly, SelfEndpoints.VersionAsync)
        .Add("/v1/agent/join/", Put, SelfEndpoints.RefuseAsync)
        .Add("/v1/agent/leave", Put, SelfEndpoints.RefuseAsync)
        .Add("/v1/agent/reload", Put, SelfEndpoints.RefuseAsync)
        .Add("/v1/agent/force-leave/", Put, SelfEndpoints.RefuseAsync);

    private async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        try
        {
            await RouteAsync(http, ct);
        }
        catch (ApiRefusal e)
        {
            await RefuseAsync(http, e.Status, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(http, e.StatusCode, e.Message);
        }
        catch (IOException e) when (!http.Response.HasStarted)
        {
            // The disk, which registrations are written to before they count.
            LogFailed(_log, http.Request.Method, e.Message);
            await RefuseAsync(http, StatusCodes.Status500InternalServerError, $"Not done: {e.Message}");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    private async Task RouteAsync(HttpContext http, CancellationToken ct)
    {
        if (RequestGuard.WhyNot(http.Request) is { } reason)
        {
            throw new ApiRefusal(StatusCodes.Status403Forbidden, reason);
        }

        var path = http.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        if (!path.StartsWith("/v1/", StringComparison.Ordinal))
        {
            throw ApiRefusal.NotFound($"Invalid URL path: not a recognized HTTP API endpoint");
        }

        var method = http.Request.Method == "HEAD" ? "GET" : http.Request.Method;
        if (_routes.Find(path) is not { } match)
        {
            await ReadOrForwardAsync(http, path, method, ct);
            return;
        }

        if (!match.Methods.Contains(method))
        {
            http.Response.Headers.Allow = string.Join(',', match.Methods);
            throw new ApiRefusal(StatusCodes.Status405MethodNotAllowed, $"method {http.Request.Method} not allowed");
        }

        await match.Handler(new ApiCall(http, match.Id), ct);
    }

    /// <summary>
    /// The view answers what bears no token; with one, who asks may see more, or less, which only the registry knows. If that
    /// is away, an old answer is better than none: whoever reaches this port could have asked without the token.
    /// </summary>
    private async Task ReadOrForwardAsync(HttpContext http, string path, string method, CancellationToken ct)
    {
        var read = method == "GET" ? _view.Find(path, http) : null;
        if (read is not null && !HasToken(http.Request))
        {
            await read.Handler(new ApiCall(http, read.Id), ct);
        }
        else if (await _forwarder.TryAsync(http, ct))
        {
            return;
        }
        else if (read is not null)
        {
            await read.Handler(new ApiCall(http, read.Id), ct);
        }
        else
        {
            throw ApiRefusal.Internal("No cluster leader");
        }
    }

    private static bool HasToken(HttpRequest request) =>
        request.Headers.ContainsKey("X-Consul-Token") || request.Headers.Authorization.Count > 0 || request.Query.ContainsKey("token");

    private static async Task RefuseAsync(HttpContext http, int status, string message)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(message);
    }

    /// <summary>Signals are the agent's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [LoggerMessage(331, LogLevel.Information, "The registry's API listens on {Address}")]
    private static partial void LogListening(ILogger log, IPEndPoint address);

    [LoggerMessage(332, LogLevel.Error, "The registry's API: a {Method} request failed: {Reason}")]
    private static partial void LogFailed(ILogger log, string method, string reason);
}
