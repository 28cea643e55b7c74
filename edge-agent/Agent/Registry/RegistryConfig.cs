using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Saas.EdgeAgent.Registry;

/// <summary>
/// The member <c>registry</c> of the configuration file: where it is, the agent keeps this machine in the catalog. Settable,
/// because the generated reader gives members that are <c>init</c> and not in the file their type's default, not ours.
/// </summary>
internal sealed record RegistryConfig
{
    /// <summary>The Registry app; default is the agent's <c>--server</c>.</summary>
    public string? Server { get; set; }

    /// <summary>Where the HTTP API listens, an address of loopback with port; default nowhere.</summary>
    public string? Listen { get; set; }

    /// <summary>DNS over UDP and TCP; default none.</summary>
    public DnsConfig? Dns { get; set; }

    /// <summary>The address others reach this machine at; default its first IPv4 address that is not loopback.</summary>
    public string? Advertise { get; set; }

    /// <summary>5 to 600; default 30.</summary>
    public int TtlSeconds { get; set; } = 30;

    /// <summary>Default false.</summary>
    public bool EnableScriptChecks { get; set; }

    /// <summary>Of jobs only; default false.</summary>
    public bool EnableLocalScriptChecks { get; set; }

    /// <summary>Default true.</summary>
    public bool ProbePeers { get; set; } = true;

    /// <exception cref="CommandLineException">A value cannot be followed.</exception>
    public void Validate()
    {
        if (Server is not null)
        {
            CommandLine.ParseServer(Server, "registry.server");
        }

        if (Advertise is not null && (!IPAddress.TryParse(Advertise, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            throw new CommandLineException($"registry.advertise takes an IP address that others can reach, not \"{Advertise}\"");
        }

        if (TtlSeconds is < 5 or > 600)
        {
            throw new CommandLineException($"registry.ttlSeconds takes 5 to 600, not {TtlSeconds}");
        }

        _ = ListenAt;
        Dns?.Validate();
    }

    /// <exception cref="CommandLineException">Not an address of this machine alone.</exception>
    public IPEndPoint? ListenAt => Listen is null ? null : ParseLoopback(Listen, "registry.listen");

    public IPAddress AdvertisedAddress() => Advertise is not null ? IPAddress.Parse(Advertise) : FirstAddress();

    /// <summary>The agent listens to nobody but this machine: whoever reaches the port speaks for all that is on it.</summary>
    /// <exception cref="CommandLineException"/>
    public static IPEndPoint ParseLoopback(string text, string name) =>
        IPEndPoint.TryParse(text, out var endpoint) && IPAddress.IsLoopback(endpoint.Address) && text.AsSpan().TrimEnd("0123456789").EndsWith(":")
            ? endpoint
            : throw new CommandLineException($"{name} takes an address of this machine alone with a port, such as 127.0.0.1:8500, not \"{text}\"");

    /// <summary>The machine's first IPv4 address that is not loopback; loopback where there is none.</summary>
    public static IPAddress FirstAddress()
    {
        var addresses =
            from card in NetworkInterface.GetAllNetworkInterfaces()
            where card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
            from unicast in card.GetIPProperties().UnicastAddresses
            where unicast.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(unicast.Address)
            select unicast.Address;
        return addresses.FirstOrDefault(IPAddress.Loopback);
    }
}
