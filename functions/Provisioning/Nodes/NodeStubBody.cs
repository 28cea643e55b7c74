using System.Text.Json.Serialization;
using Saas.Cluster;

namespace Saas.Provisioning.Nodes;

/// <summary>Nomad's NodeListStub.</summary>
internal sealed record NodeStubBody
{
    /// <summary>Of its first network; empty: not known.</summary>
    public required string Address { get; init; }

    public required string ID { get; init; }

    /// <summary>With <c>os=true</c> only <c>os.name</c>; else left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required IReadOnlyDictionary<string, string>? Attributes { get; init; }

    public required string Datacenter { get; init; }
    public required string Name { get; init; }
    public required string NodePool { get; init; }
    public required string NodeClass { get; init; }
    public required string Version { get; init; }
    public required bool Drain { get; init; }
    public required string SchedulingEligibility { get; init; }
    public required string Status { get; init; }
    public required string StatusDescription { get; init; }

    /// <summary>Our own, as of <see cref="NodeBody"/>.</summary>
    public required string SiteID { get; init; }

    public required string Region { get; init; }
    public required IReadOnlyDictionary<string, DriverBody> Drivers { get; init; }
    public required IReadOnlyDictionary<string, HostVolumeBody> HostVolumes { get; init; }

    /// <summary>With <c>resources=true</c>; else left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required NodeResourcesBody? NodeResources { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required NodeReservedBody? ReservedResources { get; init; }

    public required LastDrainBody? LastDrain { get; init; }
    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }

    public static NodeStubBody Of(NodeRecord node, bool withResources, bool withOs) => new()
    {
        Address = node.Fingerprint?.Networks is [var first, ..] ? first.Ip : "",
        ID = node.Id,
        Attributes = withOs ? new Dictionary<string, string> { ["os.name"] = node.Fingerprint?.Attributes.GetValueOrDefault("os.name") ?? "" } : null,
        Datacenter = node.Datacenter,
        Name = NodeRows.NameOf(node),
        NodePool = NodeFacts.PoolOf(node),
        NodeClass = NodeFacts.ClassOf(node),
        Version = node.Fingerprint?.AgentVersion ?? "",
        Drain = node.Drain is not null,
        SchedulingEligibility = NodeFacts.EligibilityOf(node),
        Status = node.Status,
        StatusDescription = NodeFacts.DescriptionOf(node),
        SiteID = node.SiteId,
        Region = node.Region,
        Drivers = NodeFacts.DriversOf(node),
        HostVolumes = NodeFacts.VolumesOf(node),
        NodeResources = withResources ? NodeResourcesBody.Of(node.Fingerprint) : null,
        ReservedResources = withResources ? NodeReservedBody.Of(node.Fingerprint) : null,
        LastDrain = LastDrainBody.Of(node),
        CreateIndex = NodeFacts.CreateIndex,
        ModifyIndex = NodeFacts.IndexOf(node),
    };
}
