using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Hosting.CustomHandler;
using Saas.Hosting.Limits;

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

    public RateLimits Limits { get; init; } = new();

    /// <summary>Where traces and metrics are sent (OTLP); null: nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>OTLP over HTTP with protobuf instead of gRPC.</summary>
    public bool OtlpOverHttp { get; init; }

    /// <summary>Tells this process from others of the app, in telemetry.</summary>
    public string Instance { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>What the module reads its settings from.</summary>
    public IConfiguration Configuration { get; init; } = new ConfigurationBuilder().Build();

    /// <summary>Where logs go; default: the console, from Information up.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Runs last, over what host and module registered: for tests and composition roots.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Under the Functions host every request comes from it, over loopback.</summary>
    internal IReadOnlyList<IPNetwork> TrustedProxies => CustomHandler is null
        ? Limits.TrustedProxies
        : [IPNetwork.Parse("127.0.0.0/8"), .. Limits.TrustedProxies];

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
            OtlpEndpoint = Uri.TryCreate(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"], UriKind.Absolute, out var otlp) ? otlp : null,
            OtlpOverHttp = configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf",
            Limits = new RateLimits { TrustedProxies = Proxies(configuration["SAAS_TRUSTED_PROXIES"]) },
        };
    }

    private static IReadOnlyList<IPNetwork> Proxies(string? networks) =>
        [.. (networks ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(n => IPNetwork.Parse(n))];
}
