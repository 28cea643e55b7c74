using System.Text.Json;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;

namespace Saas.Discovery.Wire;

/// <summary>A node as <c>catalog/nodes</c> lists it, and with its services.</summary>
public static class NodeJson
{
    /// <param name="datacenter">Where the catalog is; nodes do not say it themselves.</param>
    public static void Write(Utf8JsonWriter json, Node node, string datacenter)
    {
        json.WriteStartObject();
        json.WriteString(Names.ID, node.ID);
        json.WriteString(Names.Node, node.Name);
        json.WriteString(Names.Address, node.Address);
        json.WriteString(Names.Datacenter, datacenter);
        WireJson.Map(json, Names.TaggedAddresses, node.TaggedAddresses);
        WireJson.Map(json, Names.Meta, node.Meta);
        WireJson.Indexes(json, node.CreateIndex, node.ModifyIndex);
        json.WriteEndObject();
    }

    /// <summary>An element of <c>catalog/nodes</c> each.</summary>
    public static void WriteList(Utf8JsonWriter json, IEnumerable<Node> nodes, string datacenter)
    {
        json.WriteStartArray();
        foreach (var node in nodes)
        {
            Write(json, node, datacenter);
        }

        json.WriteEndArray();
    }

    /// <summary><c>catalog/node/:node</c>: the services by id. Without a node, <c>null</c>.</summary>
    /// <param name="services">Those of the node that are to be shown.</param>
    public static void WriteWithServices(Utf8JsonWriter json, NodeEntry? node, IEnumerable<ServiceInstance> services, string datacenter)
    {
        if (node is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName(Names.Node);
        Write(json, node.Node, datacenter);
        json.WriteStartObject(Names.Services);
        foreach (var service in services)
        {
            json.WritePropertyName(service.ID);
            ServiceJson.Write(json, service);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary><c>catalog/node-services/:node</c>: the services as a list. Without a node both members are null.</summary>
    /// <param name="services">Those of the node that are to be shown.</param>
    public static void WriteWithServiceList(Utf8JsonWriter json, NodeEntry? node, IEnumerable<ServiceInstance> services, string datacenter)
    {
        json.WriteStartObject();
        if (node is null)
        {
            json.WriteNull(Names.Node);
            json.WriteNull(Names.Services);
            json.WriteEndObject();
            return;
        }

        json.WritePropertyName(Names.Node);
        Write(json, node.Node, datacenter);
        json.WriteStartArray(Names.Services);
        foreach (var service in services)
        {
            ServiceJson.Write(json, service);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
