using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Saas.Billing;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Onboarding;
using Saas.Provisioning;
using Saas.Scheduler.Host;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;

namespace Saas.Benchmarks.Platform;

/// <summary>
/// The platform as Local runs it: every app on its own port over real HTTP, the scheduler, one store on disk that does
/// not acknowledge a write before it is durable, and one signal for all.
/// </summary>
internal sealed class PlatformInProcess : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteTableStore _store;
    private readonly ILoggerFactory _loggers;
    private readonly Dictionary<string, WebApplication> _apps = [];
    private Task _scheduler = Task.CompletedTask;

    private PlatformInProcess(string directory)
    {
        _store = new SqliteTableStore(Path.Combine(directory, "platform.db"));
        _loggers = LoggerFactory.Create(Configure);
    }

    /// <param name="directory">Where the store goes.</param>
    public static async Task<PlatformInProcess> StartAsync(string directory, CancellationToken ct)
    {
        var platform = new PlatformInProcess(directory);
        try
        {
            await platform.StartAsync(ct);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the app of that name answers.</summary>
    public Uri UrlOf(string app) => new(_apps[app].Urls.First());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _scheduler;
        foreach (var app in _apps.Values)
        {
            await app.DisposeAsync();
        }

        _store.Dispose();
        _loggers.Dispose();
        _stop.Dispose();
    }

    private async Task StartAsync(CancellationToken ct)
    {
        var time = TimeProvider.System;
        var signal = new InProcessChangeSignal(time);
        var services = new PlatformServices(
            _store, new StoreMessageQueue(_store, signal, time), new StoreLease(_store, time), signal, time);
        foreach (var module in new IModule[] { new OnboardingModule(), new ProvisioningModule(), new BillingModule() })
        {
            var app = KestrelHost.Build(module, services, new HostingOptions { Logging = Configure });
            _apps[module.Name] = app;
            await app.StartAsync(ct);
        }

        var scheduler = new SchedulerHost(
            new PlatformScope(_store), services.Queue, services.Lease, signal, time, new SchedulerOptions(), _loggers);
        _scheduler = Task.Run(() => scheduler.RunAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>Silent unless something is wrong: what is measured must not be the console.</summary>
    private static void Configure(ILoggingBuilder logging) => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
}
