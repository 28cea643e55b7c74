using System.Text.Json;
using Saas.Discovery.Model;

namespace Saas.Discovery.Wire;

/// <summary>An instance and its node in one object, without checks: <c>catalog/service/:name</c> and <c>catalog/connect/:name</c>.</summary>
public static class CatalogServiceJson
{
    private static readonly Dictionary<string, string> NoMeta = [];

    /// <summary>The indexes are the instance's.</summary>
    public static void Write(Utf8JsonWriter json, CheckServiceNode instance, string datacenter)
    {
        var (node, service) = (instance.Node, instance.Service);
        json.WriteStartObject();
        json.WriteString(Names.ID, node.ID);
        json.WriteString(Names.Node, node.Name);
        json.WriteString(Names.Address, node.Address);
        json.WriteString(Names.Datacenter, datacenter);
        WireJson.Map(json, Names.TaggedAddresses, node.TaggedAddresses);
        WireJson.Map(json, Names.NodeMeta, node.Meta);
        json.WriteString(Names.ServiceKind, service.Kind);
        json.WriteString(Names.ServiceID, service.ID);
        json.WriteString(Names.ServiceName, service.Name);
        WireJson.Texts(json, Names.ServiceTags, service.Tags);
        json.WriteString(Names.ServiceAddress, service.Address);
        WireJson.Addresses(json, Names.ServiceTaggedAddresses, service.TaggedAddresses);
        WireJson.Weights(json, Names.ServiceWeights, service.Weights);
        WireJson.Map(json, Names.ServiceMeta, service.Meta ?? NoMeta);
        json.WriteNumber(Names.ServicePort, service.Port);
        json.WriteString(Names.ServiceSocketPath, service.SocketPath);
        json.WriteBoolean(Names.ServiceEnableTagOverride, service.EnableTagOverride);
        WireJson.Kept(json, Names.ServiceProxy, service.Proxy, ServiceJson.NoProxy);
        WireJson.Kept(json, Names.ServiceConnect, service.Connect, ServiceJson.NoConnect);
        WireJson.Indexes(json, service.CreateIndex, service.ModifyIndex);
        json.WriteEndObject();
    }

    public static void WriteList(Utf8JsonWriter json, IEnumerable<CheckServiceNode> instances, string datacenter)
    {
        json.WriteStartArray();
        foreach (var instance in instances)
        {
            Write(json, instance, datacenter);
        }

        json.WriteEndArray();
    }

    /// <summary><c>catalog/services</c>: each name with the tags of its instances.</summary>
    public static void WriteNames(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> services)
    {
        json.WriteStartObject();
        foreach (var (name, tags) in services)
        {
            WireJson.Texts(json, JsonEncodedText.Encode(name, WireJson.Options.Encoder), tags);
        }

        json.WriteEndObject();
    }
}
