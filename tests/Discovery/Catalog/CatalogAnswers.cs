using System.Text.Json;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;

namespace Saas.Discovery.Tests.Catalog;

/// <summary>A question that clients ask of a catalog, with what they watch it by.</summary>
internal sealed record CatalogAnswers(string Name, string Topic, Func<CatalogState, ulong> IndexIn, Action<Utf8JsonWriter, CatalogState> Write)
{
    private const string Datacenter = "dc1";

    public static IReadOnlyList<CatalogAnswers> All { get; } =
    [
        new("nodes", CatalogTopics.Nodes, static c => c.NodesIndex, static (json, c) => NodeJson.WriteList(json, c.NodesWhere(NodeMeta.None, null, Datacenter), Datacenter)),
        new("services", CatalogTopics.Services, static c => c.ServicesIndex, static (json, c) => CatalogServiceJson.WriteNames(json, c.ServiceNames(new InstanceSelection(), Datacenter))),
        new("checks", CatalogTopics.Checks, static c => c.ChecksIndex, static (json, c) => HealthJson.WriteChecks(json, c.ChecksInState(HealthStatus.Any, NodeMeta.None, null))),
        .. new[] { "n1", "n2", "n3" }.Select(OfNode),
        .. new[] { "web", "db" }.Select(OfService),
        new("everything", CatalogTopics.All, static c => c.Index, static (json, c) =>
        {
            foreach (var node in c.Nodes)
            {
                WriteNode(json, c, node.Node.Name);
            }
        }),
    ];

    public string Answer(CatalogState catalog) => CatalogText.Json(json =>
    {
        json.WriteStartArray();
        Write(json, catalog);
        json.WriteEndArray();
    });

    public override string ToString() => Name;

    private static CatalogAnswers OfNode(string name) =>
        new("node " + name, CatalogTopics.Node(name), c => c.IndexOfNode(name), (json, c) => WriteNode(json, c, name));

    private static CatalogAnswers OfService(string name) => new(
        "service " + name, CatalogTopics.Service(name), c => c.IndexOfService(name), (json, c) => HealthJson.WriteInstances(json, c.InstancesOf(name), Datacenter));

    private static void WriteNode(Utf8JsonWriter json, CatalogState catalog, string name)
    {
        var node = catalog.FindNode(name);
        NodeJson.WriteWithServices(json, node, CatalogQueries.ServicesOf(node, null), Datacenter);
        HealthJson.WriteChecks(json, CatalogQueries.ChecksOfNode(node, null));
    }
}
