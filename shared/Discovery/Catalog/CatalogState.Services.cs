using System.Collections.Immutable;
using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

public sealed partial record CatalogState
{
    /// <summary>Registers or changes a service on a node that is there.</summary>
    /// <exception cref="InvalidOperationException">There is no such node.</exception>
    public CatalogState WithService(string nodeName, ServiceInstance service, ulong index, ICollection<string> touched)
    {
        var node = FindNode(nodeName) ?? throw new InvalidOperationException($"There is no node {nodeName}.");
        var found = node.Services.GetValueOrDefault(service.ID);
        if (found is not null && CatalogEquality.Same(found, service))
        {
            return this;
        }

        // An id may come to name another service.
        var next = found is not null && !SameName(found.Name, service.Name) ? WithoutService(nodeName, service.ID, index, touched) : this;
        node = next.ByNode[nodeName];
        var stored = service with { CreateIndex = found?.CreateIndex ?? index, ModifyIndex = index };
        var entry = node with { Services = node.Services.SetItem(service.ID, stored), Index = index };
        var named = next.FindService(service.Name);
        var instances = (named?.Instances ?? []).Add(new InstanceKey(node.Node.Name, service.ID));
        Touch(touched, CatalogTopics.Services, CatalogTopics.Service(service.Name), CatalogTopics.Node(nodeName), CatalogTopics.All);
        return (next with
        {
            ByNode = next.ByNode.SetItem(nodeName, entry),
            ByService = next.ByService.SetItem(service.Name, new ServiceEntry(named?.Name ?? service.Name, instances, index)),
            ServicesIndex = index,
        }).WithChecksFollowing(nodeName, stored, index, touched);
    }

    /// <summary>Removes a service with its checks; one that is not there is removed already.</summary>
    public CatalogState WithoutService(string nodeName, string serviceId, ulong index, ICollection<string> touched)
    {
        if (FindNode(nodeName) is not { } node || !node.Services.TryGetValue(serviceId, out var found))
        {
            return this;
        }

        var checks = node.Checks.RemoveRange(node.Checks.Values.Where(c => !c.IsOfNode && c.ServiceID == serviceId).Select(c => c.CheckID));
        var named = ByService[found.Name];
        var instances = named.Instances.Remove(new InstanceKey(node.Node.Name, serviceId));
        Touch(touched, CatalogTopics.Services, CatalogTopics.Service(found.Name), CatalogTopics.Node(nodeName), CatalogTopics.All);
        if (checks.Count < node.Checks.Count)
        {
            touched.Add(CatalogTopics.Checks);
        }

        return this with
        {
            ByNode = ByNode.SetItem(nodeName, node with { Services = node.Services.Remove(serviceId), Checks = checks, Index = index }),
            ByService = instances.Count == 0 ? ByService.Remove(found.Name) : ByService.SetItem(found.Name, new ServiceEntry(named.Name, instances, index)),
            ServicesIndex = index,
            ChecksIndex = checks.Count < node.Checks.Count ? index : ChecksIndex,
            Departed = instances.Count == 0 ? Departed.With(new Departure(named.Name, IsNode: false, index)) : Departed,
        };
    }

    /// <summary>A check repeats its service's name and tags.</summary>
    private CatalogState WithChecksFollowing(string nodeName, ServiceInstance service, ulong index, ICollection<string> touched)
    {
        var next = this;
        foreach (var check in FindNode(nodeName)!.Checks.Values)
        {
            if (!check.IsOfNode && check.ServiceID == service.ID)
            {
                next = next.WithCheck(check, index, touched);
            }
        }

        return next;
    }
}
