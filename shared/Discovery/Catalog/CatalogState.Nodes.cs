using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

public sealed partial record CatalogState
{
    /// <summary>
    /// Registers or changes a node, whose name stays written as it first was. One that has the id under another name is
    /// renamed, with all that is on it.
    /// </summary>
    /// <param name="touched">Takes the topics whose answers change.</param>
    public CatalogState WithNode(Node node, ulong index, ICollection<string> touched)
    {
        var renamed = node.ID.Length > 0 && FindNodeById(node.ID) is { } known && !SameName(known.Node.Name, node.Name) ? known : null;
        if (renamed is not null)
        {
            return WithoutNode(renamed.Node.Name, index, touched).WithRenamed(renamed, node, index, touched);
        }

        return WithNode(node, createdAt: index, index, touched);
    }

    private CatalogState WithNode(Node node, ulong createdAt, ulong index, ICollection<string> touched)
    {
        var found = FindNode(node.Name);
        node = found is null ? node : node with { Name = found.Node.Name };
        if (found is not null && CatalogEquality.Same(found.Node, node))
        {
            return this;
        }

        var stored = node with { CreateIndex = found?.Node.CreateIndex ?? createdAt, ModifyIndex = index };
        var entry = found is null ? NodeEntry.Of(stored, index) : found with { Node = stored, Index = index };
        Touch(touched, CatalogTopics.Nodes, CatalogTopics.Node(node.Name), CatalogTopics.All);
        var names = found is { Node.ID.Length: > 0 } ? NameById.Remove(found.Node.ID) : NameById;
        var next = this with
        {
            ByNode = ByNode.SetItem(node.Name, entry),
            NameById = node.ID.Length > 0 ? names.SetItem(node.ID, node.Name) : names,
            NodesIndex = index,
        };
        return next.WithServicesOfNodeChanged(entry, index, touched);
    }

    /// <summary>Removes a node with its services and checks; one that is not there is removed already.</summary>
    public CatalogState WithoutNode(string name, ulong index, ICollection<string> touched)
    {
        if (FindNode(name) is not { } found)
        {
            return this;
        }

        var next = this;
        foreach (var (id, _) in found.Services)
        {
            next = next.WithoutService(name, id, index, touched);
        }

        Touch(touched, CatalogTopics.Nodes, CatalogTopics.Node(name), CatalogTopics.All);
        if (found.Checks.Count > 0)
        {
            touched.Add(CatalogTopics.Checks);
        }

        return next with
        {
            ByNode = next.ByNode.Remove(name),
            NameById = found.Node.ID.Length > 0 ? next.NameById.Remove(found.Node.ID) : next.NameById,
            NodesIndex = index,
            ChecksIndex = found.Checks.Count > 0 ? index : next.ChecksIndex,
            Departed = next.Departed.With(new Departure(found.Node.Name, IsNode: true, index)),
        };
    }

    private CatalogState WithRenamed(NodeEntry former, Node node, ulong index, ICollection<string> touched)
    {
        var next = WithNode(node, former.Node.CreateIndex, index, touched);
        foreach (var service in former.Services.Values)
        {
            next = next.WithService(node.Name, service, index, touched);
        }

        foreach (var check in former.Checks.Values)
        {
            next = next.WithCheck(check with { Node = node.Name }, index, touched);
        }

        return next;
    }

    /// <summary>What is shown of a service includes its nodes and their checks.</summary>
    private CatalogState WithServicesOfNodeChanged(NodeEntry node, ulong index, ICollection<string> touched)
    {
        var services = ByService;
        foreach (var name in node.Services.Values.Select(s => s.Name).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            services = services.SetItem(name, services[name] with { Index = index });
            touched.Add(CatalogTopics.Service(name));
        }

        return this with { ByService = services };
    }

    private static bool SameName(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static void Touch(ICollection<string> touched, params ReadOnlySpan<string> topics)
    {
        foreach (var topic in topics)
        {
            touched.Add(topic);
        }
    }
}
