using Saas.Discovery.Model;

namespace Saas.Discovery.Filter.Fields;

/// <summary>
/// Of <c>catalog/service</c> and <c>catalog/connect</c>, whose elements are an instance and its node in one object; also
/// of <c>catalog/services</c>, which counts the instances that match. Checks are no part of these.
/// </summary>
public static class CatalogServiceFields
{
    public static readonly IFilterFields<CheckServiceNode> Instance = new FilterFields<CheckServiceNode>()
        .Text("ID", static item => item.Node.ID)
        .Text("Node", static item => item.Node.Name)
        .Text("Address", static item => item.Node.Address)
        .Text("Datacenter", static item => item.Node.Datacenter)
        .Map("TaggedAddresses", static item => item.Node.TaggedAddresses)
        .Map("NodeMeta", static item => item.Node.Meta)
        .Text("ServiceKind", static item => item.Service.Kind)
        .Text("ServiceID", static item => item.Service.ID)
        .Text("ServiceName", static item => item.Service.Name)
        .List("ServiceTags", static item => item.Service.Tags)
        .Text("ServiceAddress", static item => item.Service.Address)
        .Addresses("ServiceTaggedAddresses", static item => item.Service.TaggedAddresses)
        .Map("ServiceMeta", static item => item.Service.Meta)
        .Number("ServicePort", static item => item.Service.Port)
        .Text("ServiceSocketPath", static item => item.Service.SocketPath)
        .Record("ServiceWeights", static item => item.Service.Weights, WeightFields.Instance)
        .Boolean("ServiceEnableTagOverride", static item => item.Service.EnableTagOverride)
        .Record("ServiceProxy", static item => item.Service.Proxy, MeshFields.Proxy)
        .Record("ServiceConnect", static item => item.Service.Connect, MeshFields.Connect);
}
