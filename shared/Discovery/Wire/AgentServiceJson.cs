using System.Text.Json;
using Saas.Discovery.Model;

namespace Saas.Discovery.Wire;

/// <summary>A service as its agent shows it: <c>agent/services</c> (the value by its id) and <c>agent/health/service</c>.</summary>
public static class AgentServiceJson
{
    private const string Proxy = "connect-proxy";
    private const string GatewaySuffix = "-gateway";

    private static readonly Dictionary<string, string> NoMeta = [];

    /// <summary>The mesh's settings are shown only where they mean something; indexes only where they are known.</summary>
    public static void Write(Utf8JsonWriter json, ServiceInstance service, string datacenter)
    {
        json.WriteStartObject();
        WriteMembers(json, service, datacenter);
        json.WriteEndObject();
    }

    /// <summary>The members alone, for who adds others of its own (<c>ContentHash</c>).</summary>
    public static void WriteMembers(Utf8JsonWriter json, ServiceInstance service, string datacenter)
    {
        if (service.Kind.Length > 0)
        {
            json.WriteString(Names.Kind, service.Kind);
        }

        json.WriteString(Names.ID, service.ID);
        json.WriteString(Names.Service, service.Name);
        WireJson.Texts(json, Names.Tags, service.Tags);
        WireJson.Map(json, Names.Meta, service.Meta ?? NoMeta);
        json.WriteNumber(Names.Port, service.Port);
        json.WriteString(Names.Address, service.Address);
        if (service.SocketPath.Length > 0)
        {
            json.WriteString(Names.SocketPath, service.SocketPath);
        }

        WireJson.Addresses(json, Names.TaggedAddresses, service.TaggedAddresses);
        WireJson.Weights(json, Names.Weights, service.Weights);
        json.WriteBoolean(Names.EnableTagOverride, service.EnableTagOverride);
        if (service.CreateIndex > 0)
        {
            WireJson.Indexes(json, service.CreateIndex, service.ModifyIndex);
        }

        if (service.Kind == Proxy || service.Kind.EndsWith(GatewaySuffix, StringComparison.Ordinal))
        {
            WireJson.Kept(json, Names.Proxy, service.Proxy, ServiceJson.NoProxy);
        }

        if (service.Connect is { ValueKind: JsonValueKind.Object } connect)
        {
            json.WritePropertyName(Names.Connect);
            connect.WriteTo(json);
        }

        json.WriteString(Names.Datacenter, datacenter);
    }
}
