using Saas.Discovery.Model;

namespace Saas.Discovery.Filter.Fields;

/// <summary>
/// Of <c>catalog/nodes</c>. As in Consul, indexes are no fields; nor are partition and peer here, which there are none of.
/// </summary>
public static class NodeFields
{
    public static readonly IFilterFields<Node> Instance = new FilterFields<Node>()
        .Text("ID", static node => node.ID)
        .Text("Node", static node => node.Name)
        .Text("Address", static node => node.Address)
        .Text("Datacenter", static node => node.Datacenter)
        .Map("TaggedAddresses", static node => node.TaggedAddresses)
        .Map("Meta", static node => node.Meta);
}
