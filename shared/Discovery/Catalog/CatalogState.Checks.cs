using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

public sealed partial record CatalogState
{
    /// <summary>Registers or changes a check of a node, or of a service on it, that is there; it takes over the service's name and tags.</summary>
    /// <exception cref="InvalidOperationException">There is no such node, or no such service on it.</exception>
    public CatalogState WithCheck(HealthCheck check, ulong index, ICollection<string> touched)
    {
        var node = FindNode(check.Node) ?? throw new InvalidOperationException($"There is no node {check.Node}.");
        check = check with { Node = node.Node.Name };
        if (!check.IsOfNode)
        {
            var service = node.Services.GetValueOrDefault(check.ServiceID)
                ?? throw new InvalidOperationException($"There is no service {check.ServiceID} on {check.Node}.");
            check = check with { ServiceName = service.Name, ServiceTags = service.Tags };
        }

        var found = node.Checks.GetValueOrDefault(check.CheckID);
        if (found is not null && CatalogEquality.Same(found, check))
        {
            return this;
        }

        var stored = check with { CreateIndex = found?.CreateIndex ?? index, ModifyIndex = index };
        var next = WithChecksOf(node with { Checks = node.Checks.SetItem(check.CheckID, stored) }, stored, index, touched);
        return found is null || found.ServiceID == stored.ServiceID ? next : next.WithServiceOfCheckChanged(node, found, index, touched);
    }

    /// <summary>Removes a check; one that is not there is removed already.</summary>
    public CatalogState WithoutCheck(string nodeName, string checkId, ulong index, ICollection<string> touched) =>
        FindNode(nodeName) is { } node && node.Checks.TryGetValue(checkId, out var found)
            ? WithChecksOf(node with { Checks = node.Checks.Remove(checkId) }, found, index, touched)
            : this;

    private CatalogState WithChecksOf(NodeEntry node, HealthCheck changed, ulong index, ICollection<string> touched)
    {
        var entry = node with { Index = index };
        Touch(touched, CatalogTopics.Checks, CatalogTopics.Node(node.Node.Name), CatalogTopics.All);
        var next = this with { ByNode = ByNode.SetItem(node.Node.Name, entry), ChecksIndex = index };
        return next.WithServiceOfCheckChanged(entry, changed, index, touched);
    }

    private CatalogState WithServiceOfCheckChanged(NodeEntry node, HealthCheck check, ulong index, ICollection<string> touched)
    {
        if (check.IsOfNode)
        {
            return WithServicesOfNodeChanged(node, index, touched);
        }

        if (!node.Services.TryGetValue(check.ServiceID, out var service))
        {
            return this;
        }

        touched.Add(CatalogTopics.Service(service.Name));
        return this with { ByService = ByService.SetItem(service.Name, ByService[service.Name] with { Index = index }) };
    }
}
