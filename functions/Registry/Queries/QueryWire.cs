using System.Text.Json;
using Saas.Discovery.Wire;

namespace Saas.Registry.Queries;

/// <summary>Queries and what they find, as Consul shows them.</summary>
internal static class QueryWire
{
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<PreparedQuery> queries)
    {
        json.WriteStartArray();
        foreach (var query in queries)
        {
            Write(json, query);
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, PreparedQuery query)
    {
        json.WriteStartObject();
        json.WriteString("ID", query.ID);
        json.WriteString("Name", query.Name);
        json.WriteString("Session", query.Session);
        json.WriteString("Token", query.HadToken ? QueryRules.Hidden : "");
        json.WriteStartObject("Template");
        json.WriteString("Type", query.Template.Type);
        json.WriteString("Regexp", query.Template.Regexp);
        json.WriteBoolean("RemoveEmptyTags", query.Template.RemoveEmptyTags);
        json.WriteEndObject();
        WriteService(json, query.Service);
        WriteDns(json, query);
        json.WriteNumber("CreateIndex", query.CreateIndex);
        json.WriteNumber("ModifyIndex", query.ModifyIndex);
        json.WriteEndObject();
    }

    public static void WriteRun(Utf8JsonWriter json, QueryRun run)
    {
        json.WriteStartObject();
        json.WriteString("Service", run.Query.Service.Service);
        json.WritePropertyName("Nodes");
        HealthJson.WriteInstances(json, run.Nodes, run.Datacenter);
        WriteDns(json, run.Query);
        json.WriteString("Datacenter", run.Datacenter);
        json.WriteNumber("Failovers", run.Failovers);
        json.WriteEndObject();
    }

    private static void WriteDns(Utf8JsonWriter json, PreparedQuery query)
    {
        json.WriteStartObject("DNS");
        json.WriteString("TTL", query.DnsTtl);
        json.WriteEndObject();
    }

    private static void WriteService(Utf8JsonWriter json, ServiceQuery service)
    {
        json.WriteStartObject("Service");
        json.WriteString("Service", service.Service);
        json.WriteStartObject("Failover");
        json.WriteNumber("NearestN", service.Failover.NearestN);
        Texts(json, "Datacenters", service.Failover.Datacenters);
        json.WriteStartArray("Targets");
        foreach (var target in service.Failover.Targets)
        {
            json.WriteStartObject();
            json.WriteString("Datacenter", target);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteBoolean("OnlyPassing", service.OnlyPassing);
        Texts(json, "IgnoreCheckIDs", service.IgnoreCheckIDs);
        json.WriteString("Near", service.Near);
        Texts(json, "Tags", service.Tags);
        Pairs(json, "NodeMeta", service.NodeMeta);
        Pairs(json, "ServiceMeta", service.ServiceMeta);
        json.WriteBoolean("Connect", service.Connect);
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Pairs(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> pairs)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
