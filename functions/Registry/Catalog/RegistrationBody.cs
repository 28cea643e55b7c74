using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Discovery.Model;

namespace Saas.Registry.Catalog;

/// <summary>What PUT /v1/catalog/register is sent. As in Consul, members are found without regard to case and unknown ones refused.</summary>
internal sealed record RegistrationBody
{
    public string? ID { get; init; }
    public string? Node { get; init; }
    public string? Address { get; init; }
    public string? Datacenter { get; init; }
    public Dictionary<string, string>? TaggedAddresses { get; init; }
    public Dictionary<string, string>? NodeMeta { get; init; }
    public ServiceBody? Service { get; init; }
    public CheckBody? Check { get; init; }
    public IReadOnlyList<CheckBody>? Checks { get; init; }

    /// <summary>A node that is there stays as it is.</summary>
    public bool SkipNodeUpdate { get; init; }

    /// <summary>Taken and not looked at: there are no partitions and peers here, indexes are the registry's.</summary>
    public string? Partition { get; init; }

    public string? PeerName { get; init; }
    public JsonElement? Locality { get; init; }
    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }
}

internal sealed record ServiceBody
{
    public string? Kind { get; init; }
    public string? ID { get; init; }
    public string? Service { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public string? Address { get; init; }
    public Dictionary<string, ServiceAddress>? TaggedAddresses { get; init; }
    public Dictionary<string, string>? Meta { get; init; }
    public int Port { get; init; }
    public string? SocketPath { get; init; }
    public WeightsBody? Weights { get; init; }
    public bool EnableTagOverride { get; init; }
    public JsonElement? Proxy { get; init; }
    public JsonElement? Connect { get; init; }

    /// <summary>What clients send back of what they read.</summary>
    public string? Namespace { get; init; }

    public string? Partition { get; init; }
    public string? PeerName { get; init; }
    public string? Datacenter { get; init; }
    public string? ContentHash { get; init; }
    public JsonElement? Locality { get; init; }
    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }
}

internal sealed record WeightsBody
{
    public int Passing { get; init; }
    public int Warning { get; init; }
}

internal sealed record CheckBody
{
    public string? Node { get; init; }
    public string? CheckID { get; init; }
    public string? Name { get; init; }
    public string? Status { get; init; }
    public string? Notes { get; init; }
    public string? Output { get; init; }
    public string? ServiceID { get; init; }
    public string? ServiceName { get; init; }
    public IReadOnlyList<string>? ServiceTags { get; init; }
    public string? Type { get; init; }
    public string? Interval { get; init; }
    public string? Timeout { get; init; }
    public int ExposedPort { get; init; }
    public JsonElement? Definition { get; init; }

    /// <summary>What clients send back of what they read.</summary>
    public string? Namespace { get; init; }

    public string? Partition { get; init; }
    public string? PeerName { get; init; }
    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }
}

/// <summary>What PUT /v1/catalog/deregister is sent.</summary>
internal sealed record DeregistrationBody
{
    public string? Node { get; init; }
    public string? Address { get; init; }
    public string? Datacenter { get; init; }
    public string? ServiceID { get; init; }
    public string? CheckID { get; init; }
    public string? Namespace { get; init; }
    public string? Partition { get; init; }
    public string? PeerName { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = true)]
[JsonSerializable(typeof(RegistrationBody))]
[JsonSerializable(typeof(DeregistrationBody))]
internal sealed partial class CatalogBodies : JsonSerializerContext;
