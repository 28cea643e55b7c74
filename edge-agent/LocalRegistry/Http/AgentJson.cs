using System.Security.Cryptography;
using System.Text.Json;
using Saas.Discovery.Model;
using Saas.Discovery.Wire;

namespace Saas.LocalRegistry.Http;

/// <summary>What only agents answer: a service with the hash by which clients wait for another.</summary>
internal static class AgentJson
{
    public static void WriteService(Utf8JsonWriter json, ServiceInstance service, string datacenter, string hash)
    {
        json.WriteStartObject();
        AgentServiceJson.WriteMembers(json, service, datacenter);
        json.WriteString("ContentHash", hash);
        json.WriteEndObject();
    }

    /// <summary>Other when anything of the service is.</summary>
    public static string HashOf(ServiceInstance service)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, WireJson.Options))
        {
            AgentServiceJson.Write(json, service, "");
        }

        return Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)).AsSpan(0, 8));
    }
}
