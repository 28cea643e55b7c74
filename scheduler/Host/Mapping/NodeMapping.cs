using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Scheduler.Core.Model;
using Saas.Storage.Tables;
using StoredStatus = Saas.Cluster.NodeStatus;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>Nodes as stored, to nodes as the core plans with them.</summary>
internal static class NodeMapping
{
    /// <summary>Left free in a document for its frame, and for what in-place updates may add.</summary>
    private const int SpareDocumentBytes = 64 * 1024;

    public static NodeSpec ToSpec(NodeRecord record)
    {
        var fingerprint = record.Fingerprint;
        var status = ToStatus(record);
        return new NodeSpec
        {
            Id = record.Id,
            Name = fingerprint?.Name ?? "",
            Datacenter = record.Datacenter,
            Region = record.Region,
            Class = fingerprint?.NodeClass ?? "",
            Pool = fingerprint?.NodePool ?? NodePools.Default,
            Status = status,
            SilentSince = status is Core.Model.NodeStatus.Down or Core.Model.NodeStatus.Disconnected ? record.StatusChangedAt : null,
            ReadySince = status is Core.Model.NodeStatus.Ready ? record.StatusChangedAt : null,
            Revoked = record.Revoked,
            Eligible = !record.Ineligible && fingerprint?.ProtocolVersion >= AgentProtocol.OldestPlaced,
            Drain = record.Drain is { } drain ? new Drain(drain.StartedAt + drain.Deadline, drain.IgnoreSystemJobs) : null,
            PricePerHourMicros = fingerprint?.PricePerHourMicros ?? 0,
            Attributes = fingerprint?.Attributes ?? new Dictionary<string, string>(),
            Meta = MetaOf(record),
            Drivers = fingerprint?.Drivers.ToDictionary(static pair => pair.Key, static pair => pair.Value.Healthy) ?? [],
            CpuMhz = fingerprint?.Resources.CpuMhz ?? 0,
            Cores = fingerprint?.Resources.Cores ?? 0,
            MemoryMb = fingerprint?.Resources.MemoryMB ?? 0,
            DiskMb = fingerprint?.Resources.DiskMB ?? 0,
            Networks = fingerprint?.Networks is { Count: > 0 } networks
                ? [.. networks.Select(static network => new NodeNetwork(network.Name, network.ReservedPorts ?? []))]
                : [NodeNetwork.Default],
            Volumes = fingerprint?.Volumes?.ToDictionary(static pair => pair.Key, static pair => pair.Value.ReadOnly) ?? [],
            Devices = [.. (fingerprint?.Devices ?? []).Select(ToDevices)],
            DocumentBytes = TableLimits.MaxValueBytes - SpareDocumentBytes,
        };
    }

    private static Core.Model.NodeStatus ToStatus(NodeRecord record) => record.Status switch
    {
        StoredStatus.Down => Core.Model.NodeStatus.Down,
        StoredStatus.Disconnected => Core.Model.NodeStatus.Disconnected,
        StoredStatus.Ready when record.Fingerprint is not null => Core.Model.NodeStatus.Ready,
        _ => Core.Model.NodeStatus.Initializing,
    };

    /// <summary>The site's labels, which say what it may hold, are never overruled by what an agent says.</summary>
    private static Dictionary<string, string> MetaOf(NodeRecord record)
    {
        var meta = new Dictionary<string, string>(record.Fingerprint?.Meta ?? new Dictionary<string, string>());
        foreach (var (name, value) in record.Meta)
        {
            meta[name] = value;
        }

        return meta;
    }

    private static NodeDevices ToDevices(DeviceGroup group) => new(
        group.Vendor, group.Type, group.Name, group.Attributes ?? new Dictionary<string, string>(),
        [.. group.Instances.Where(static instance => instance.Value).Select(static instance => instance.Key).Order(StringComparer.Ordinal)]);
}
