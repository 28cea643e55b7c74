using Saas.Cluster;
using Saas.Scheduler.Core.Model;
using Saas.Storage.Tables;
using NodeStatus = Saas.Scheduler.Core.Model.NodeStatus;
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
        return new NodeSpec
        {
            Id = record.Id,
            Name = fingerprint?.Name ?? "",
            Datacenter = record.Datacenter,
            Region = record.Region,
            Status = record.Status switch
            {
                StoredStatus.Down => NodeStatus.Down,
                StoredStatus.Ready when fingerprint is not null => NodeStatus.Ready,
                _ => NodeStatus.Initializing,
            },
            Attributes = fingerprint?.Attributes ?? new Dictionary<string, string>(),
            Meta = record.Meta,
            Drivers = fingerprint?.Drivers.ToDictionary(static pair => pair.Key, static pair => pair.Value.Healthy) ?? [],
            CpuMhz = fingerprint?.Resources.CpuMhz ?? 0,
            Cores = fingerprint?.Resources.Cores ?? 0,
            MemoryMb = fingerprint?.Resources.MemoryMB ?? 0,
            DiskMb = fingerprint?.Resources.DiskMB ?? 0,
            DocumentBytes = TableLimits.MaxValueBytes - SpareDocumentBytes,
        };
    }
}
