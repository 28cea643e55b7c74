using System.Net;
using Saas.Contracts.Agents;
using Saas.Hosting.Problems;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Nodes.Pools;

namespace Saas.Provisioning.Agents;

/// <summary>What a node may say of where it belongs and of what it offers beside CPU, memory and disk.</summary>
internal static class NodeFactRules
{
    /// <summary>Of the site's labels: who could set them on a node could have data run where it must not.</summary>
    private const string ResidencyPrefix = "residency.";

    private const int MaxMeta = 256;
    private const int MaxNetworks = 16;
    private const int MaxReservedPorts = 1024;
    private const int MaxVolumes = 256;
    private const int MaxDeviceGroups = 64;
    private const int MaxInstances = 128;
    private const int MaxAttributes = 64;
    private const int MaxText = 128;
    private const int MaxValueLength = 1024;
    private const int MaxPathLength = 4096;

    public static IEnumerable<FieldError> FaultsOf(NodeFingerprint node)
    {
        if (node.NodeClass is not null && !IsText(node.NodeClass, MaxText))
        {
            yield return new FieldError("nodeClass", $"Expected 1 to {MaxText} characters without control characters.");
        }

        // Nomad's built-in pool "all" is every node: none belongs to it alone.
        if (node.NodePool is not null && (!NodePools.IsName(node.NodePool) || node.NodePool == "all"))
        {
            yield return new FieldError("nodePool", $"Expected {NodePools.Rule}, and not all; {Quote.Of(node.NodePool)} came.");
        }

        if (node.PricePerHourMicros < 0)
        {
            yield return new FieldError("pricePerHourMicros", $"Expected 0 or more; {node.PricePerHourMicros} came.");
        }

        foreach (var fault in OfMeta(node.Meta).Concat(OfNetworks(node.Networks)).Concat(OfVolumes(node.Volumes)).Concat(OfDevices(node.Devices)))
        {
            yield return fault;
        }
    }

    private static IEnumerable<FieldError> OfMeta(IReadOnlyDictionary<string, string>? meta)
    {
        if (meta?.Count > MaxMeta || meta?.Any(static entry => !IsText(entry.Key, MaxText) || entry.Value is null || entry.Value.Length > MaxValueLength) == true)
        {
            yield return new FieldError("meta", $"At most {MaxMeta} entries, with keys of 1 to {MaxText} and values of at most {MaxValueLength} characters.");
        }
        else if (meta?.Keys.FirstOrDefault(static key => key.StartsWith(ResidencyPrefix, StringComparison.OrdinalIgnoreCase)) is { } residency)
        {
            yield return new FieldError("meta", $"{Quote.Of(residency)} is the site's to say: keys do not begin with {ResidencyPrefix}.");
        }
    }

    private static IEnumerable<FieldError> OfNetworks(IReadOnlyList<HostNetwork>? networks)
    {
        if (networks?.Count > MaxNetworks)
        {
            yield return new FieldError("networks", $"At most {MaxNetworks} networks; {networks.Count} came.");
            yield break;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, network) in (networks ?? []).Index())
        {
            if (!IsText(network?.Name, JobLimits.MaxLabelLength) || !names.Add(network!.Name))
            {
                yield return new FieldError($"networks[{index}].name", $"Expected a name of 1 to {JobLimits.MaxLabelLength} characters that no other network has.");
                continue;
            }

            if (network.Ip is null || !IPAddress.TryParse(network.Ip, out _))
            {
                yield return new FieldError($"networks[{index}].ip", $"Expected an IP address; {Quote.Of(network.Ip)} came.");
            }

            if (network.ReservedPorts?.Count > MaxReservedPorts || network.ReservedPorts?.Any(static port => port is < 1 or > ushort.MaxValue) == true)
            {
                yield return new FieldError($"networks[{index}].reservedPorts", $"At most {MaxReservedPorts} ports from 1 to {ushort.MaxValue}.");
            }
        }
    }

    private static IEnumerable<FieldError> OfVolumes(IReadOnlyDictionary<string, HostVolume>? volumes)
    {
        if (volumes?.Count > MaxVolumes || volumes?.Any(static volume =>
            !IsText(volume.Key, MaxText) || !IsText(volume.Value?.Path, MaxPathLength) || !Path.IsPathRooted(volume.Value!.Path)) == true)
        {
            yield return new FieldError("volumes", $"At most {MaxVolumes} volumes, with names of 1 to {MaxText} characters and absolute paths of at most {MaxPathLength}.");
        }
    }

    private static IEnumerable<FieldError> OfDevices(IReadOnlyList<DeviceGroup>? devices)
    {
        if (devices?.Count > MaxDeviceGroups)
        {
            yield return new FieldError("devices", $"At most {MaxDeviceGroups} groups; {devices.Count} came.");
            yield break;
        }

        var kinds = new HashSet<(string, string, string)>();
        foreach (var (index, group) in (devices ?? []).Index())
        {
            if (!IsWord(group?.Vendor) || !IsWord(group!.Type) || !IsText(group.Name, MaxText) || !kinds.Add((group.Vendor, group.Type, group.Name)))
            {
                yield return new FieldError(
                    $"devices[{index}]", $"Expected vendor and type without '/', and a name, each of 1 to {MaxText} characters, that no other group has together.");
                continue;
            }

            if (group.Instances is null || group.Instances.Count > MaxInstances || group.Instances.Keys.Any(static id => !IsText(id, MaxText)))
            {
                yield return new FieldError($"devices[{index}].instances", $"At most {MaxInstances} instances, with ids of 1 to {MaxText} characters.");
            }

            if (group.Attributes?.Count > MaxAttributes
                || group.Attributes?.Any(static entry => !IsText(entry.Key, MaxText) || entry.Value is null || entry.Value.Length > MaxValueLength) == true)
            {
                yield return new FieldError($"devices[{index}].attributes", $"At most {MaxAttributes} attributes, with keys of 1 to {MaxText} and values of at most {MaxValueLength} characters.");
            }
        }
    }

    private static bool IsWord(string? text) => IsText(text, MaxText) && !text!.Contains('/', StringComparison.Ordinal);

    private static bool IsText(string? text, int max) => text is not null && text.Length > 0 && text.Length <= max && !text.Any(char.IsControl);
}
