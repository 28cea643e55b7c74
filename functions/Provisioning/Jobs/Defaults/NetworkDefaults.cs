using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

internal static class NetworkDefaults
{
    public const string Mode = "host";
    public const string HostNetwork = "default";

    /// <summary>A network without ports asks for nothing that a task has not anyway.</summary>
    public static IReadOnlyList<NetworkResource>? Complete(IReadOnlyList<NetworkResource>? networks) =>
        networks?.Any(static network => PortsOf(network).Any()) == true ? [.. networks.Select(Complete)] : null;

    /// <summary>Those with a number, then those without. A client may list a port with a number among the dynamic ones; it has it.</summary>
    public static IEnumerable<Port> PortsOf(NetworkResource network) => (network.ReservedPorts ?? []).Concat(network.DynamicPorts ?? []);

    private static NetworkResource Complete(NetworkResource network) => new()
    {
        Mode = Mode,
        ReservedPorts = [.. PortsOf(network).Where(static port => port.Value is > 0).Select(Complete)],
        DynamicPorts = [.. PortsOf(network).Where(static port => port.Value is null or 0).Select(Complete)],
    };

    private static Port Complete(Port port) => new()
    {
        Label = port.Label,
        Value = port.Value ?? 0,
        To = port.To ?? 0,
        HostNetwork = string.IsNullOrEmpty(port.HostNetwork) ? HostNetwork : port.HostNetwork,
    };
}
