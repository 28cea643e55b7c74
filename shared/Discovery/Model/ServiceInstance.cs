using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Discovery.Model;

/// <summary>One instance of a service on its node, in the form in which <c>health/service</c> and <c>catalog/node</c> answer it.</summary>
public sealed record ServiceInstance
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string Kind { get; init; } = "";

    /// <summary>Unique on the node.</summary>
    public required string ID { get; init; }

    /// <summary>The service's name; names are compared without regard to case.</summary>
    [JsonPropertyName("Service")]
    public required string Name { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Empty: the node's.</summary>
    public string Address { get; init; } = "";

    public IReadOnlyDictionary<string, ServiceAddress>? TaggedAddresses { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
    public int Port { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string SocketPath { get; init; } = "";

    public ServiceWeights Weights { get; init; } = ServiceWeights.Default;
    public bool EnableTagOverride { get; init; }

    /// <summary>Kept and given back as it came: the mesh's settings mean nothing to the catalog. Null: none.</summary>
    public JsonElement? Proxy { get; init; }

    /// <summary>As <see cref="Proxy"/>.</summary>
    public JsonElement? Connect { get; init; }

    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }
}

public sealed record ServiceAddress(string Address, int Port);

/// <summary>Shares of DNS SRV answers by health; each at least 0, default 1.</summary>
public sealed record ServiceWeights(int Passing, int Warning)
{
    public static readonly ServiceWeights Default = new(1, 1);
}
