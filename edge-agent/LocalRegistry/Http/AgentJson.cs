using System.Security.Cryptography;
using System.Text.Json;
using Saas.Discovery.Model;

namespace Saas.LocalRegistry.Http;

/// <summary>Services and checks in the form in which agents answer them.</summary>
internal static class AgentJson
{
    /// <param name="hash">Empty: none is written.</param>
    public static void WriteService(Utf8JsonWriter json, ServiceInstance service, string datacenter, string hash)
    {
        json.WriteStartObject();
        if (service.Kind.Length > 0)
        {
            json.WriteString("Kind", service.Kind);
        }

        json.WriteString("ID", service.ID);
        json.WriteString("Service", service.Name);
        WriteTexts(json, "Tags", service.Tags);
        json.WriteStartObject("Meta");
        foreach (var (key, value) in service.Meta ?? new Dictionary<string, string>())
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        json.WriteNumber("Port", service.Port);
        json.WriteString("Address", service.Address);
        if (service.SocketPath.Length > 0)
        {
            json.WriteString("SocketPath", service.SocketPath);
        }

        if (service.TaggedAddresses is { Count: > 0 } tagged)
        {
            json.WriteStartObject("TaggedAddresses");
            foreach (var (tag, address) in tagged)
            {
                json.WriteStartObject(tag);
                json.WriteString("Address", address.Address);
                json.WriteNumber("Port", address.Port);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteStartObject("Weights");
        json.WriteNumber("Passing", service.Weights.Passing);
        json.WriteNumber("Warning", service.Weights.Warning);
        json.WriteEndObject();
        json.WriteBoolean("EnableTagOverride", service.EnableTagOverride);
        if (hash.Length > 0)
        {
            json.WriteString("ContentHash", hash);
        }

        WriteRaw(json, "Proxy", service.Proxy);
        WriteRaw(json, "Connect", service.Connect);
        json.WriteString("Datacenter", datacenter);
        json.WriteEndObject();
    }

    /// <summary>Other when anything of the service is.</summary>
    public static string HashOf(ServiceInstance service)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            WriteService(json, service, "", "");
        }

        return Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)).AsSpan(0, 8));
    }

    public static void WriteCheck(Utf8JsonWriter json, HealthCheck check)
    {
        json.WriteStartObject();
        json.WriteString("Node", check.Node);
        json.WriteString("CheckID", check.CheckID);
        json.WriteString("Name", check.Name);
        json.WriteString("Status", check.Status);
        json.WriteString("Notes", check.Notes);
        json.WriteString("Output", check.Output);
        json.WriteString("ServiceID", check.ServiceID);
        json.WriteString("ServiceName", check.ServiceName);
        WriteTexts(json, "ServiceTags", check.ServiceTags);
        json.WriteString("Type", check.Type);
        json.WriteString("Interval", check.Interval);
        json.WriteString("Timeout", check.Timeout);
        json.WriteNumber("ExposedPort", check.ExposedPort);
        json.WriteStartObject("Definition");
        json.WriteEndObject();
        json.WriteNumber("CreateIndex", check.CreateIndex);
        json.WriteNumber("ModifyIndex", check.ModifyIndex);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is { } raw)
        {
            json.WritePropertyName(name);
            raw.WriteTo(json);
        }
    }
}
