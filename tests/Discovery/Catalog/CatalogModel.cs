using Saas.Discovery.Model;

namespace Saas.Discovery.Tests.Catalog;

/// <summary>The catalog as one would write it without thinking of indexes, sharing or speed: dictionaries that are changed.</summary>
internal sealed class CatalogModel
{
    private readonly SortedDictionary<string, ModelNode> _nodes = new(StringComparer.OrdinalIgnoreCase);

    public void Apply(CatalogStep step)
    {
        switch (step)
        {
            case PutNodeStep put:
                PutNode(put);
                break;
            case RemoveNodeStep remove:
                _nodes.Remove(remove.Node);
                break;
            case PutServiceStep put:
                _nodes[put.Node].PutService(put.Service);
                break;
            case RemoveServiceStep remove when _nodes.TryGetValue(remove.Node, out var node):
                node.RemoveService(remove.Id);
                break;
            case PutCheckStep put:
                _nodes[put.Node].PutCheck(put.Check);
                break;
            case RemoveCheckStep remove when _nodes.TryGetValue(remove.Node, out var node):
                node.Checks.Remove(remove.Id);
                break;
            default:
                break;
        }
    }

    /// <summary>Whether the step is one that commands would make: what it is on is there.</summary>
    public bool Allows(CatalogStep step) => step switch
    {
        PutServiceStep put => _nodes.ContainsKey(put.Node),
        PutCheckStep put => _nodes.TryGetValue(put.Node, out var node) && (put.Check.IsOfNode || node.Services.ContainsKey(put.Check.ServiceID)),
        _ => true,
    };

    /// <summary>All there is, a line each.</summary>
    public string Show() => string.Join('\n', _nodes.Values.SelectMany(node => node.Lines()));

    private void PutNode(PutNodeStep put)
    {
        var former = put.Id.Length > 0 ? _nodes.Values.FirstOrDefault(n => n.Id == put.Id && !n.Name.Equals(put.Node, StringComparison.OrdinalIgnoreCase)) : null;
        if (former is not null)
        {
            _nodes.Remove(former.Name);
        }

        if (!_nodes.TryGetValue(put.Node, out var node))
        {
            _nodes[put.Node] = node = new ModelNode(put.Node);
        }

        (node.Id, node.Address) = (put.Id, put.Address);
        if (former is not null)
        {
            node.TakeOver(former);
        }
    }

    private sealed class ModelNode(string name)
    {
        public string Name => name;
        public string Id { get; set; } = "";
        public string Address { get; set; } = "";
        public SortedDictionary<string, ServiceInstance> Services { get; } = new(StringComparer.Ordinal);
        public SortedDictionary<string, HealthCheck> Checks { get; } = new(StringComparer.Ordinal);

        public void PutService(ServiceInstance service)
        {
            if (Services.TryGetValue(service.ID, out var found) && !found.Name.Equals(service.Name, StringComparison.OrdinalIgnoreCase))
            {
                RemoveService(service.ID);
            }

            Services[service.ID] = service;
            foreach (var check in Checks.Values.Where(c => c.ServiceID == service.ID).ToList())
            {
                PutCheck(check);
            }
        }

        public void RemoveService(string id)
        {
            if (Services.Remove(id))
            {
                foreach (var check in Checks.Values.Where(c => c.ServiceID == id).ToList())
                {
                    Checks.Remove(check.CheckID);
                }
            }
        }

        public void PutCheck(HealthCheck check) => Checks[check.CheckID] = check.IsOfNode
            ? check
            : check with { ServiceName = Services[check.ServiceID].Name, ServiceTags = Services[check.ServiceID].Tags };

        public void TakeOver(ModelNode former)
        {
            foreach (var service in former.Services.Values)
            {
                PutService(service);
            }

            foreach (var check in former.Checks.Values)
            {
                PutCheck(check);
            }
        }

        public IEnumerable<string> Lines() =>
        [
            CatalogText.Of(Name, Id, Address),
            .. Services.Values.Select(CatalogText.Of),
            .. Checks.Values.Select(c => CatalogText.Of(c with { Node = Name })),
        ];
    }
}
