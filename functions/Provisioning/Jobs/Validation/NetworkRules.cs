using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Ports are taken from the node: tasks share its network, so a mode that gives them one of their own is refused.</summary>
internal static class NetworkRules
{
    public static IEnumerable<Fault> FaultsOf(IReadOnlyList<NetworkResource>? networks)
    {
        if (networks?.Count > 1)
        {
            return [new Fault("Networks", $"At most one network a group; {networks.Count} came.")];
        }

        return (networks ?? []).SelectMany(static network => network is null
            ? [new Fault("Networks[0]", "A network is an object; null came.")]
            : FaultsOf(network).Concat(FaultsOfPorts(network)).Select(static fault => fault.Under("Networks[0]")));
    }

    public static bool HasLabel(TaskGroup group, string label) =>
        (group.Networks ?? []).Any(network => network is not null && NetworkDefaults.PortsOf(network).Any(port => port?.Label == label));

    private static IEnumerable<Fault> FaultsOf(NetworkResource network)
    {
        if (network.Mode is not (null or "" or NetworkDefaults.Mode))
        {
            yield return new Fault("Mode", $"Expected host: the agent gives tasks no network of their own; {Quote.Of(network.Mode)} came.");
        }

        foreach (var fault in UnsupportedRules.Given(
            (nameof(network.Device), UnsupportedRules.IsGiven(network.Device), "Name the node's network in a port's HostNetwork."),
            (nameof(network.CIDR), UnsupportedRules.IsGiven(network.CIDR), "Name the node's network in a port's HostNetwork."),
            (nameof(network.IP), UnsupportedRules.IsGiven(network.IP), "Name the node's network in a port's HostNetwork."),
            (nameof(network.Hostname), UnsupportedRules.IsGiven(network.Hostname), "Tasks have their node's name."),
            (nameof(network.MBits), network.MBits is not (null or 0), "Bandwidth is not reserved."),
            (nameof(network.DNS), UnsupportedRules.IsGiven(network.DNS), "Tasks have their node's resolver."),
            (nameof(network.CNI), UnsupportedRules.IsGiven(network.CNI), "The agent runs no CNI plugins.")))
        {
            yield return fault;
        }
    }

    private static IEnumerable<Fault> FaultsOfPorts(NetworkResource network)
    {
        var lists = new[] { ("ReservedPorts", network.ReservedPorts ?? []), ("DynamicPorts", network.DynamicPorts ?? []) };
        if (lists.Sum(static list => list.Item2.Count) > JobLimits.MaxPorts)
        {
            yield return new Fault("", $"At most {JobLimits.MaxPorts} ports a group.");
            yield break;
        }

        var (labels, numbers) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<(string, int)>());
        foreach (var (name, ports) in lists)
        {
            foreach (var (index, port) in ports.Index())
            {
                foreach (var fault in FaultsOf(port, isReserved: name == "ReservedPorts", labels, numbers))
                {
                    yield return fault.Under($"{name}[{index}]");
                }
            }
        }
    }

    private static IEnumerable<Fault> FaultsOf(Port? port, bool isReserved, HashSet<string> labels, HashSet<(string, int)> numbers)
    {
        if (port is null)
        {
            yield return new Fault("", "A port is an object; null came.");
            yield break;
        }

        if (port.Label is not { Length: > 0 and <= JobLimits.MaxLabelLength } label || !label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            yield return new Fault("Label", $"Expected 1 to {JobLimits.MaxLabelLength} letters, digits, '-' and '_'; {Quote.Of(port.Label)} came.");
        }
        else if (label.All(char.IsAsciiDigit))
        {
            yield return new Fault("Label", $"Expected a letter: services take {Quote.Of(label)} for a port number.");
        }
        else if (!labels.Add(label))
        {
            yield return new Fault("Label", $"More than one port is named {Quote.Of(label)}.");
        }

        var network = string.IsNullOrEmpty(port.HostNetwork) ? NetworkDefaults.HostNetwork : port.HostNetwork;
        if (network.Length > JobLimits.MaxLabelLength || network.Any(char.IsControl))
        {
            yield return new Fault("HostNetwork", $"Expected a node's network, of at most {JobLimits.MaxLabelLength} characters.");
        }

        if (port.Value is < 0 or > ushort.MaxValue || (isReserved && port.Value is null or 0))
        {
            yield return new Fault("Value", $"Expected {(isReserved ? 1 : 0)} to {ushort.MaxValue}; {port.Value?.ToString() ?? "nothing"} came.");
        }
        else if (port.Value is > 0 and { } number && !numbers.Add((network, number)))
        {
            yield return new Fault("Value", $"More than one port of network {Quote.Of(network)} has the number {number}.");
        }

        if (port.To is not (null or 0 or -1) && (port.Value is null or 0 || port.To != port.Value))
        {
            yield return new Fault("To", $"Expected 0: tasks have no network of their own that a port could be mapped into; {port.To} came.");
        }

        if (port.IgnoreCollision is true)
        {
            yield return new Fault("IgnoreCollision", "Not supported: a port is one allocation's alone.");
        }
    }
}
