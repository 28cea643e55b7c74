using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Saas.Hosting.Hosts;

/// <summary>How one module is hosted. Every value has a default that is right for production behind a proxy.</summary>
public sealed record HostingOptions
{
    /// <summary>Where to listen; port 0 takes a free one. TLS ends at the platform in front.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Whether this process pumps the module's queues and runs its timers.</summary>
    public bool RunTriggers { get; init; } = true;

    /// <summary>What the module reads its settings from.</summary>
    public IConfiguration Configuration { get; init; } = new ConfigurationBuilder().Build();

    /// <summary>Where logs go; default: the console, from Information up.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Runs last, over what host and module registered: for tests and composition roots.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
