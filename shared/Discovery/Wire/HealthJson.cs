using System.Text.Json;
using Saas.Discovery.Model;

namespace Saas.Discovery.Wire;

/// <summary>Checks, and instances with theirs.</summary>
public static class HealthJson
{
    /// <summary>
    /// A check as all of <c>health/</c> shows it; <c>agent/checks</c> too, where it is the value by its id and the indexes
    /// are 0.
    /// </summary>
    public static void WriteCheck(Utf8JsonWriter json, HealthCheck check)
    {
        json.WriteStartObject();
        json.WriteString(Names.Node, check.Node);
        json.WriteString(Names.CheckID, check.CheckID);
        json.WriteString(Names.Name, check.Name);
        json.WriteString(Names.Status, check.Status);
        json.WriteString(Names.Notes, check.Notes);
        json.WriteString(Names.Output, check.Output);
        json.WriteString(Names.ServiceID, check.ServiceID);
        json.WriteString(Names.ServiceName, check.ServiceName);
        WireJson.Texts(json, Names.ServiceTags, check.ServiceTags);
        json.WriteString(Names.Type, check.Type);
        json.WriteString(Names.Interval, check.Interval);
        json.WriteString(Names.Timeout, check.Timeout);
        json.WriteNumber(Names.ExposedPort, check.ExposedPort);
        WireJson.Kept(json, Names.Definition, check.Definition, "{}"u8);
        WireJson.Indexes(json, check.CreateIndex, check.ModifyIndex);
        json.WriteEndObject();
    }

    /// <summary><c>health/node</c>, <c>health/checks</c>, <c>health/state</c>.</summary>
    public static void WriteChecks(Utf8JsonWriter json, IEnumerable<HealthCheck> checks)
    {
        json.WriteStartArray();
        foreach (var check in checks)
        {
            WriteCheck(json, check);
        }

        json.WriteEndArray();
    }

    /// <summary>An element of <c>health/service</c>.</summary>
    public static void WriteInstance(Utf8JsonWriter json, CheckServiceNode instance, string datacenter)
    {
        json.WriteStartObject();
        json.WritePropertyName(Names.Node);
        NodeJson.Write(json, instance.Node, datacenter);
        json.WritePropertyName(Names.Service);
        ServiceJson.Write(json, instance.Service);
        json.WritePropertyName(Names.Checks);
        WriteChecks(json, instance.Checks);
        json.WriteEndObject();
    }

    public static void WriteInstances(Utf8JsonWriter json, IEnumerable<CheckServiceNode> instances, string datacenter)
    {
        json.WriteStartArray();
        foreach (var instance in instances)
        {
            WriteInstance(json, instance, datacenter);
        }

        json.WriteEndArray();
    }
}
