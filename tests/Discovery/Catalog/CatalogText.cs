using System.Buffers;
using System.Text;
using System.Text.Json;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Wire;

namespace Saas.Discovery.Tests.Catalog;

/// <summary>Catalogs as text, to compare them.</summary>
internal static class CatalogText
{
    public static string Of(string name, string id, string address) => $"node {name} {id} {address}";

    public static string Of(ServiceInstance service) => $"  service {service.ID} {service.Name} {string.Join(',', service.Tags)} {service.Port}";

    public static string Of(HealthCheck check) =>
        $"  check {check.Node} {check.CheckID} {check.Status} {check.ServiceID} {check.ServiceName} {string.Join(',', check.ServiceTags)}";

    /// <summary>All there is, a line each, without indexes.</summary>
    public static string Of(CatalogState catalog) => string.Join('\n', catalog.Nodes.SelectMany(node => new[] { Of(node.Node.Name, node.Node.ID, node.Node.Address) }
        .Concat(node.Services.Values.Select(Of)).Concat(node.Checks.Values.Select(Of))));

    public static string Json(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, WireJson.Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
