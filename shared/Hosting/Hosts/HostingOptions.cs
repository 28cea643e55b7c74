using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Hosting.CustomHandler;

namespace Saas.Hosting.Hosts;

/// <summary>How one module is hosted. Every value has a default that is right for production behind a proxy.</summary>
public sealed record HostingOptions
{
    /// <summary>Where to listen; port 0 takes a free one. TLS ends at the platform in front.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Whether this process feeds the module's queues to its handlers.</summary>
    public bool PumpQueues { get; init; } = true;

    /// <summary>Whether this process runs the module's timers; the Functions host runs them itself.</summary>
    public bool RunTimers { get; init; } = true;

    /// <summary>Set where the Azure Functions host started this process; <see cref="Url"/> is then its port on loopback.</summary>
    public CustomHandlerOptions? CustomHandler { get; init; }

    /// <summary>What the module reads its settings from.</summary>
    public IConfiguration Configuration { get; init; } = new ConfigurationBuilder().Build();

    /// <summary>Where logs go; default: the console, from Information up.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Runs last, over what host and module registered: for tests and composition roots.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>
    /// From settings. Under the Functions host: its port, no timers of our own; queues are pumped here as long as they
    /// are the store's.
    /// </summary>
    public static HostingOptions From(IConfiguration configuration)
    {
        var handler = CustomHandlerOptions.From(configuration);
        return new HostingOptions
        {
            Configuration = configuration,
            CustomHandler = handler,
            Url = handler is null ? configuration["SAAS_URL"] ?? "http://127.0.0.1:7071" : $"http://127.0.0.1:{handler.Port}",
            RunTimers = handler is null,
        };
    }
}
