using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Billing;
using Saas.Encryption;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Onboarding;
using Saas.Provisioning;
using Saas.Registry;

namespace Saas.Local.Platform;

/// <summary>
/// All apps and the scheduler in one process over one embedded store: the same modules as in the cloud, each on its
/// own port, with one signal between them so that what one writes wakes the other at once.
/// </summary>
internal sealed class LocalPlatform : IAsyncDisposable
{
    private static readonly IModule[] Modules = [new OnboardingModule(), new ProvisioningModule(), new EncryptionModule(), new RegistryModule(), new BillingModule()];

    private readonly PlatformConnection _connection;
    private readonly LogOutput _logs;
    private readonly LocalScheduler _scheduler;
    private readonly IReadOnlyList<WebApplication> _running;

    private LocalPlatform(PlatformConnection connection, LogOutput logs, LocalScheduler scheduler, IReadOnlyList<WebApplication> running, IReadOnlyDictionary<string, Uri> apps)
    {
        (_connection, _logs, _scheduler, _running) = (connection, logs, scheduler, running);
        Apps = apps;
    }

    /// <summary>Where each app answers, by its name.</summary>
    public IReadOnlyDictionary<string, Uri> Apps { get; }

    /// <param name="data">Created where it is not there; holds the store.</param>
    /// <param name="firstPort">0: every app takes a free port.</param>
    /// <exception cref="IOException">A port is taken, or the folder cannot be written.</exception>
    public static async Task<LocalPlatform> StartAsync(DirectoryInfo data, int firstPort, LogTarget logTarget, CancellationToken ct)
    {
        data.Create();
        var configuration = Configure(data);
        var connection = PlatformConnection.Open(configuration, TimeProvider.System);
        var logs = LogOutput.Open(logTarget, data);
        var running = new List<WebApplication>();
        var apps = new Dictionary<string, Uri>();
        foreach (var module in Modules)
        {
            var port = AppPorts.Of(module.Name, firstPort);
            var url = $"http://127.0.0.1:{port}";
            var app = KestrelHost.Build(module, connection.Services, new HostingOptions
            {
                Configuration = configuration,
                Url = url,
                Logging = logs.Configure,
            });
            await app.StartAsync(ct);
            running.Add(app);
            apps.Add(module.Name, new Uri(url));
        }

        var scheduler = LocalScheduler.Start(connection.Services, configuration, logs);
        return new LocalPlatform(connection, logs, scheduler, running, apps);
    }

    /// <summary>Until <paramref name="ct"/> is cancelled. Throws what ended the scheduler, should it end before.</summary>
    public Task WaitAsync(CancellationToken ct) => _scheduler.WaitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _running)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        await _scheduler.DisposeAsync();
        _connection.Dispose();
        _logs.Dispose();
    }

    /// <summary>Store, key-encryption key and audit spool in the folder; the latter two elsewhere if the environment says so.</summary>
    private static IConfiguration Configure(DirectoryInfo data) => new ConfigurationBuilder()
        .AddInMemoryCollection(
        [
            new("SAAS_KEK", $"file:{Path.Combine(data.FullName, "kek")}"),
            new("SAAS_AUDIT_SPOOL", Path.Combine(data.FullName, "audit")),
        ])
        .AddEnvironmentVariables()
        .AddInMemoryCollection([new("SAAS_STORE", $"sqlite:{Path.Combine(data.FullName, "platform.db")}")])
        .Build();
}
