using Saas.Cluster;
using Saas.Contracts.Agents;

namespace Saas.Provisioning.Nodes;

/// <summary>A node as Nomad's API shows it; a list leaves out attributes, meta data and resources.</summary>
internal sealed record NodeBody
{
    public required string ID { get; init; }
    public required string Name { get; init; }
    public required string Datacenter { get; init; }

    /// <summary>Our own: the site the datacenter is named for.</summary>
    public required string SiteID { get; init; }

    /// <summary>Our own: with the tenant, the cell that the node takes work from.</summary>
    public required string Region { get; init; }

    public string NodeClass { get; init; } = "";
    public string NodePool { get; init; } = "default";
    public bool Drain { get; init; }
    public string SchedulingEligibility { get; init; } = "eligible";
    public required string Status { get; init; }
    public string StatusDescription { get; init; } = "";

    /// <summary>Seconds since 1970.</summary>
    public required long StatusUpdatedAt { get; init; }

    /// <summary>Of the agent.</summary>
    public required string Version { get; init; }

    public required IReadOnlyDictionary<string, DriverBody> Drivers { get; init; }
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
    public NodeResourcesBody? NodeResources { get; init; }

    public static NodeBody Of(NodeRecord node, bool inFull)
    {
        var fingerprint = node.Fingerprint;
        var isOld = fingerprint?.ProtocolVersion < AgentProtocol.OldestPlaced;
        var drivers = fingerprint?.Drivers.ToDictionary(d => d.Key, d => new DriverBody(Detected: true, d.Value.Healthy, d.Value.Detail));
        return new NodeBody
        {
            ID = node.Id,
            Name = NodeRows.NameOf(node),
            Datacenter = node.Datacenter,
            SiteID = node.SiteId,
            Region = node.Region,
            NodeClass = fingerprint?.NodeClass ?? "",
            NodePool = fingerprint?.NodePool ?? "default",
            Drain = node.Drain is not null,
            SchedulingEligibility = node.Ineligible || node.Drain is not null || isOld ? "ineligible" : "eligible",
            Status = node.Status,
            StatusDescription = isOld
                ? $"The agent is too old to be given work: it speaks protocol {fingerprint!.ProtocolVersion}, and {AgentProtocol.OldestPlaced} is needed."
                : "",
            StatusUpdatedAt = node.StatusChangedAt.ToUnixTimeSeconds(),
            Version = fingerprint?.AgentVersion ?? "",
            Drivers = drivers ?? [],
            Attributes = inFull ? fingerprint?.Attributes ?? new Dictionary<string, string>() : null,
            Meta = inFull ? MetaOf(node) : null,
            NodeResources = inFull && fingerprint is not null
                ? new NodeResourcesBody(
                    new CpuBody(fingerprint.Resources.CpuMhz, fingerprint.Resources.Cores),
                    new MemoryBody(fingerprint.Resources.MemoryMB),
                    new DiskBody(fingerprint.Resources.DiskMB))
                : null,
        };
    }

    /// <summary>The operator's, and the site's labels, which win.</summary>
    private static Dictionary<string, string> MetaOf(NodeRecord node)
    {
        var meta = new Dictionary<string, string>(node.Fingerprint?.Meta ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (key, value) in node.Meta)
        {
            meta[key] = value;
        }

        return meta;
    }
}

internal sealed record DriverBody(bool Detected, bool Healthy, string HealthDescription);

internal sealed record NodeResourcesBody(CpuBody Cpu, MemoryBody Memory, DiskBody Disk);

/// <param name="CpuShares">MHz of all cores.</param>
internal sealed record CpuBody(int CpuShares, int TotalCpuCores);

internal sealed record MemoryBody(int MemoryMB);

internal sealed record DiskBody(int DiskMB);
