using System.Globalization;
using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Nodes.Pools;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Nodes;

/// <summary>What follows from a node's row, as Nomad's API says it of nodes and their stubs.</summary>
internal static class NodeFacts
{
    public const string Eligible = "eligible";
    public const string Ineligible = "ineligible";

    /// <summary>A node's row counts its own changes.</summary>
    public const long CreateIndex = 1;

    public static long IndexOf(NodeRecord node) => CreateIndex + node.ModifyIndex;

    public static string EligibilityOf(NodeRecord node) => IsEligible(node) ? Eligible : Ineligible;

    public static string ClassOf(NodeRecord node) => node.Fingerprint?.NodeClass ?? "";

    public static string PoolOf(NodeRecord node) => node.Fingerprint?.NodePool ?? NodePools.Default;

    public static bool IsEligible(NodeRecord node) => !node.Ineligible && node.Drain is null && !IsTooOld(node);

    public static string DescriptionOf(NodeRecord node) => IsTooOld(node)
        ? $"The agent is too old to be given work: it speaks protocol {node.Fingerprint!.ProtocolVersion}, and {AgentProtocol.OldestPlaced} is needed."
        : "";

    /// <summary>The operator's, and the site's labels, which win.</summary>
    public static Dictionary<string, string> MetaOf(NodeRecord node)
    {
        var meta = new Dictionary<string, string>(node.Fingerprint?.Meta ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (key, value) in node.Meta)
        {
            meta[key] = value;
        }

        return meta;
    }

    /// <summary>By every name under which a job may ask for one, as Nomad's clients look for theirs.</summary>
    public static Dictionary<string, DriverBody> DriversOf(NodeRecord node)
    {
        var drivers = new Dictionary<string, DriverBody>(StringComparer.Ordinal);
        foreach (var (name, driver) in node.Fingerprint?.Drivers ?? new Dictionary<string, DriverFingerprint>())
        {
            var body = new DriverBody(null, Detected: true, driver.Healthy, driver.Detail, GoTime.Zero);
            drivers[name] = body;
            foreach (var (alias, _) in DriverNames.Known.Where(known => known.Value == name))
            {
                drivers[alias] = body;
            }
        }

        return drivers;
    }

    public static Dictionary<string, HostVolumeBody> VolumesOf(NodeRecord node) => node.Fingerprint?.Volumes?.ToDictionary(
        static volume => volume.Key,
        static volume => new HostVolumeBody(volume.Key, volume.Value.Path, volume.Value.ReadOnly, "")) ?? [];

    public static Dictionary<string, HostNetworkBody> NetworksOf(NodeRecord node) => (node.Fingerprint?.Networks ?? []).ToDictionary(
        static network => network.Name,
        static network => new HostNetworkBody(
            network.Name, $"{network.Ip}/{(network.Ip.Contains(':', StringComparison.Ordinal) ? 128 : 32)}", "", PortsOf(network)));

    public static string PortsOf(HostNetwork network) =>
        string.Join(',', (network.ReservedPorts ?? []).Order().Select(static port => port.ToString(CultureInfo.InvariantCulture)));

    private static bool IsTooOld(NodeRecord node) => node.Fingerprint?.ProtocolVersion < AgentProtocol.OldestPlaced;
}
