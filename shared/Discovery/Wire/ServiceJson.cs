using System.Text.Json;
using Saas.Discovery.Model;

namespace Saas.Discovery.Wire;

/// <summary>An instance of a service without its node: in <c>catalog/node</c>, <c>catalog/node-services</c> and <c>health/service</c>.</summary>
public static class ServiceJson
{
    /// <summary>How Consul shows the mesh's settings of what has none.</summary>
    internal static ReadOnlySpan<byte> NoProxy => """{"Mode":"","MeshGateway":{},"Expose":{}}"""u8;

    internal static ReadOnlySpan<byte> NoConnect => "{}"u8;

    public static void Write(Utf8JsonWriter json, ServiceInstance service)
    {
        json.WriteStartObject();
        if (service.Kind.Length > 0)
        {
            json.WriteString(Names.Kind, service.Kind);
        }

        json.WriteString(Names.ID, service.ID);
        json.WriteString(Names.Service, service.Name);
        WireJson.Texts(json, Names.Tags, service.Tags);
        json.WriteString(Names.Address, service.Address);
        WireJson.Addresses(json, Names.TaggedAddresses, service.TaggedAddresses);
        WireJson.Map(json, Names.Meta, service.Meta);
        if (service.Port != 0)
        {
            json.WriteNumber(Names.Port, service.Port);
        }

        if (service.SocketPath.Length > 0)
        {
            json.WriteString(Names.SocketPath, service.SocketPath);
        }

        WireJson.Weights(json, Names.Weights, service.Weights);
        json.WriteBoolean(Names.EnableTagOverride, service.EnableTagOverride);
        WireJson.Kept(json, Names.Proxy, service.Proxy, NoProxy);
        WireJson.Kept(json, Names.Connect, service.Connect, NoConnect);
        json.WriteString(Names.PeerName, "");
        WireJson.Indexes(json, service.CreateIndex, service.ModifyIndex);
        json.WriteEndObject();
    }
}
