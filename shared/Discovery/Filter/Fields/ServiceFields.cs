using Saas.Discovery.Model;

namespace Saas.Discovery.Filter.Fields;

/// <summary>Of <c>agent/services</c>, and of the services in <c>catalog/node</c> and <c>catalog/node-services</c>.</summary>
public static class ServiceFields
{
    public static readonly IFilterFields<ServiceInstance> Instance = new FilterFields<ServiceInstance>()
        .Text("Kind", static service => service.Kind)
        .Text("ID", static service => service.ID)
        .Text("Service", static service => service.Name)
        .List("Tags", static service => service.Tags)
        .Text("Address", static service => service.Address)
        .Addresses("TaggedAddresses", static service => service.TaggedAddresses)
        .Map("Meta", static service => service.Meta)
        .Number("Port", static service => service.Port)
        .Text("SocketPath", static service => service.SocketPath)
        .Record("Weights", static service => service.Weights, WeightFields.Instance)
        .Boolean("EnableTagOverride", static service => service.EnableTagOverride)
        .Record("Proxy", static service => service.Proxy, MeshFields.Proxy)
        .Record("Connect", static service => service.Connect, MeshFields.Connect);
}
