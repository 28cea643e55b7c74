using System.Text.Json;

namespace Saas.Discovery.Filter.Fields;

/// <summary>
/// Of the mesh's settings in a service, which are kept as the JSON they came as. What is not there, or is of another type,
/// has the zero value of its kind, as it has in Consul. Names are found without regard to case, as Consul reads them.
/// Reading JSON allocates; filters by these fields are rare.
/// </summary>
internal static class MeshFields
{
    public static readonly IFilterFields<JsonElement?> Connect = new FilterFields<JsonElement?>()
        .Boolean("Native", static json => Property(json, "Native") is { ValueKind: JsonValueKind.True });

    private static readonly IFilterFields<JsonElement?> MeshGateway = new FilterFields<JsonElement?>()
        .Text("Mode", Text("Mode"));

    private static readonly IFilterFields<JsonElement?> TransparentProxy = new FilterFields<JsonElement?>()
        .Number("OutboundListenerPort", Number("OutboundListenerPort"));

    private static readonly IFilterFields<JsonElement?> Upstream = new FilterFields<JsonElement?>()
        .Text("Datacenter", Text("Datacenter"))
        .Text("DestinationName", Text("DestinationName"))
        .Text("DestinationNamespace", Text("DestinationNamespace"))
        .Text("DestinationType", Text("DestinationType"))
        .Text("LocalBindAddress", Text("LocalBindAddress"))
        .Number("LocalBindPort", Number("LocalBindPort"))
        .Record("MeshGateway", Part("MeshGateway"), MeshGateway);

    public static readonly IFilterFields<JsonElement?> Proxy = new FilterFields<JsonElement?>()
        .Text("DestinationServiceID", Text("DestinationServiceID"))
        .Text("DestinationServiceName", Text("DestinationServiceName"))
        .Text("LocalServiceAddress", Text("LocalServiceAddress"))
        .Number("LocalServicePort", Number("LocalServicePort"))
        .Text("Mode", Text("Mode"))
        .Record("TransparentProxy", Part("TransparentProxy"), TransparentProxy)
        .Record("MeshGateway", Part("MeshGateway"), MeshGateway)
        .Records("Upstreams", static json => Elements(Property(json, "Upstreams")), Upstream);

    private static Func<JsonElement?, string> Text(string name) =>
        json => Property(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static Func<JsonElement?, long> Number(string name) =>
        json => Property(json, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : 0;

    private static Func<JsonElement?, JsonElement?> Part(string name) => json => Property(json, name);

    private static JsonElement?[] Elements(JsonElement? json) => json is { ValueKind: JsonValueKind.Array } array
        ? [.. array.EnumerateArray().Select(static element => (JsonElement?)element)]
        : [];

    private static JsonElement? Property(JsonElement? json, string name)
    {
        if (json is not { ValueKind: JsonValueKind.Object } record)
        {
            return null;
        }

        if (record.TryGetProperty(name, out var exact))
        {
            return exact;
        }

        foreach (var property in record.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }
}
