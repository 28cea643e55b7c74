using System.Text.Json;
using Saas.Discovery.Model;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>The mesh's settings mean nothing to the catalog; what Consul's catalog refuses of them is refused.</summary>
internal static class MeshRules
{
    private const string Proxy = "connect-proxy";
    private const string IngressGateway = "ingress-gateway";
    private const string ApiGateway = "api-gateway";
    private const int MaxBytes = 64 * 1024;

    /// <summary>As they came; null where there are none.</summary>
    public static JsonElement? Settings(string field, JsonElement? settings)
    {
        switch (settings)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return null;
            case { ValueKind: not JsonValueKind.Object }:
                throw RegistryException.BadRequest($"Request decode failed: at $.Service.{field}: expected an object");
            case { } given when given.GetRawText().Length > MaxBytes:
                throw RegistryException.BadRequest($"Service.{field}: expected at most {MaxBytes} characters");
            case { } given:
                return given.EnumerateObject().Any() ? given : null;
        }
    }

    public static void Check(ServiceInstance service)
    {
        var hasEntrance = service.Port != 0 || service.SocketPath.Length > 0;
        var destination = Text(service.Proxy, "DestinationServiceName");
        if (service.Kind == Proxy)
        {
            Require(hasEntrance, $"Port or SocketPath must be set for a {Proxy}");
            Require(destination.Trim().Length > 0, "Proxy.DestinationServiceName must be non-empty for Connect proxy services");
            Require(destination != "*", "Proxy.DestinationServiceName must not be a wildcard for Connect proxy services");
            Require(!IsNative(service), "A Proxy cannot also be Connect Native, only typical services");
        }
        else if (service.Kind.EndsWith("-gateway", StringComparison.Ordinal))
        {
            Require(service.Port != 0 || service.Kind is IngressGateway or ApiGateway, $"Port must be non-zero for a {service.Kind}");
            Require(destination.Length == 0, $"The Proxy.DestinationServiceName configuration is invalid for a {service.Kind}");
        }

        Require(!IsNative(service) || hasEntrance, "Port or SocketPath must be set for a Connect native service.");
    }

    private static bool IsNative(ServiceInstance service) => Member(service.Connect, "Native") is { ValueKind: JsonValueKind.True };

    private static string Text(JsonElement? settings, string name) =>
        Member(settings, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static JsonElement? Member(JsonElement? settings, string name) => settings is not { } given
        ? null
        : given.EnumerateObject().Where(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static m => (JsonElement?)m.Value).FirstOrDefault();

    /// <summary>Consul reports all faults in a list; the first is enough to go on with.</summary>
    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw RegistryException.Server($"1 error occurred:\n\t* {fault}\n\n");
        }
    }
}
