using System.Text.Json.Serialization;

namespace Saas.Discovery.Model;

/// <summary>A machine in the catalog, as Consul's catalog has it. Names are compared without regard to case.</summary>
public sealed record Node
{
    /// <summary>A UUID; empty where none was given.</summary>
    public string ID { get; init; } = "";

    [JsonPropertyName("Node")]
    public required string Name { get; init; }

    /// <summary>An IP address or a host name.</summary>
    public required string Address { get; init; }

    public string Datacenter { get; init; } = "";

    /// <summary>Other addresses by tag: <c>lan</c>, <c>wan</c>, <c>lan_ipv4</c>, …; null where none were given.</summary>
    public IReadOnlyDictionary<string, string>? TaggedAddresses { get; init; }

    public IReadOnlyDictionary<string, string>? Meta { get; init; }
    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }
}
