using System.Text.Json;
using Saas.Discovery.Model;
using Saas.Discovery.Tests.Catalog;
using Saas.Discovery.Wire;

namespace Saas.Discovery.Tests.Wire;

public sealed class AgentServiceJsonTests
{
    [Fact]
    public void Write_PlainService_ShowsNoMesh() => Assert.Equal(
        """{"ID":"web1","Service":"web","Tags":[],"Meta":{"a":"1","b":"2"},"Port":0,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Datacenter":"dc1"}""",
        Json(new ServiceInstance { ID = "web1", Name = "web", Meta = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } }));

    [Fact]
    public void Write_Proxy_ShowsWhatItWasGiven() => Assert.Equal(
        """{"Kind":"connect-proxy","ID":"p","Service":"p","Tags":[],"Meta":{},"Port":1,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"CreateIndex":3,"ModifyIndex":4,"Proxy":{"DestinationServiceName":"web"},"Datacenter":"dc1"}""",
        Json(new ServiceInstance
        {
            Kind = "connect-proxy", ID = "p", Name = "p", Port = 1, CreateIndex = 3, ModifyIndex = 4, Proxy = JsonElement.Parse("""{"DestinationServiceName":"web"}"""),
        }));

    private static string Json(ServiceInstance service) => CatalogText.Json(json => AgentServiceJson.Write(json, service, "dc1"));
}
