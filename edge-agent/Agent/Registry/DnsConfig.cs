using System.Net;
using Saas.LocalRegistry.Dns;

namespace Saas.EdgeAgent.Registry;

/// <summary>The member <c>registry.dns</c>: DNS on loopback. Names are Consul's <c>dns_config</c>'s; TTLs are whole seconds.</summary>
internal sealed record DnsConfig
{
    /// <summary>An address of loopback with port.</summary>
    public string Listen { get; set; } = $"127.0.0.1:{DnsOptions.DefaultPort}";

    public string Domain { get; set; } = "consul";

    /// <summary>Answered as <see cref="Domain"/>; default none.</summary>
    public string? AltDomain { get; set; }

    /// <summary>Addresses, with or without port; default none: names outside of the domain are refused.</summary>
    public IReadOnlyList<string> Recursors { get; set; } = [];

    /// <summary>Instances that warn are left out too.</summary>
    public bool OnlyPassing { get; set; }

    public bool EnableTruncate { get; set; }

    public int NodeTtlSeconds { get; set; }

    /// <summary>By service; <c>*</c> at the end is any ending.</summary>
    public IReadOnlyDictionary<string, int> ServiceTtlSeconds { get; set; } = new Dictionary<string, int>();

    /// <summary>Of negative answers.</summary>
    public int MinTtlSeconds { get; set; }

    /// <exception cref="CommandLineException">A value cannot be followed.</exception>
    public void Validate()
    {
        try
        {
            DnsOptionsRules.Check(ToOptions());
        }
        catch (ArgumentException e)
        {
            throw new CommandLineException($"registry.dns: {e.Message}");
        }
    }

    /// <exception cref="CommandLineException">An address is none.</exception>
    public DnsOptions ToOptions() => new()
    {
        Listen = [RegistryConfig.ParseLoopback(Listen, "registry.dns.listen")],
        Domain = Domain,
        AltDomain = AltDomain,
        Recursors = [.. Recursors.Select(ParseRecursor)],
        OnlyPassing = OnlyPassing,
        EnableTruncate = EnableTruncate,
        NodeTtl = TimeSpan.FromSeconds(NodeTtlSeconds),
        ServiceTtl = ServiceTtlSeconds.ToDictionary(s => s.Key, s => TimeSpan.FromSeconds(s.Value), StringComparer.Ordinal),
        Soa = new SoaOptions { MinTtl = TimeSpan.FromSeconds(MinTtlSeconds) },
    };

    private static IPEndPoint ParseRecursor(string text) => !IPEndPoint.TryParse(text, out var endpoint)
        ? throw new CommandLineException($"registry.dns.recursors takes IP addresses, with or without port, not \"{text}\"")
        : endpoint.Port == 0 ? new IPEndPoint(endpoint.Address, 53) : endpoint;
}
