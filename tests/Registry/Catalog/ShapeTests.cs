using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Catalog;

/// <summary>Answers member by member as Consul 1.21 gives them.</summary>
public sealed class ShapeTests : IAsyncLifetime
{
    private const string Proxy = """{"Mode":"","MeshGateway":{},"Expose":{}}""";

    private const string Node = """
        {"ID":"40e4a748-2192-161a-0510-9bf59fe950b5","Node":"n1","Address":"10.0.0.1","Datacenter":"dc1",
         "TaggedAddresses":{"lan":"10.0.0.1","wan":"1.2.3.4"},"Meta":{"env":"prod"},"CreateIndex":2,"ModifyIndex":2}
        """;

    private const string Service = $$"""
        {"ID":"web1","Service":"web","Tags":["a","B"],"Address":"10.0.0.9","TaggedAddresses":{"lan":{"Address":"10.0.0.9","Port":80} },
         "Meta":{"v":"1"},"Port":80,"Weights":{"Passing":10,"Warning":1},"EnableTagOverride":true,"Proxy":{{Proxy}},"Connect":{},"PeerName":"",
         "CreateIndex":2,"ModifyIndex":2}
        """;

    private const string Check = """
        {"Node":"n1","CheckID":"c1","Name":"alive","Status":"warning","Notes":"note","Output":"out","ServiceID":"web1","ServiceName":"web",
         "ServiceTags":["a","B"],"Type":"http","Interval":"","Timeout":"","ExposedPort":0,
         "Definition":{"HTTP":"http://x/","Interval":"10s","Timeout":"1s"},"CreateIndex":2,"ModifyIndex":2}
        """;

    private RegistryHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
        await _client.RegisterAsync("""
            {"ID":"40e4a748-2192-161a-0510-9bf59fe950b5","Node":"n1","Address":"10.0.0.1","TaggedAddresses":{"wan":"1.2.3.4","lan":"10.0.0.1"},
             "NodeMeta":{"env":"prod"},
             "Service":{"ID":"web1","Service":"web","Tags":["a","B"],"Address":"10.0.0.9","Port":80,"Meta":{"v":"1"},"EnableTagOverride":true,
                        "TaggedAddresses":{"lan":{"Address":"10.0.0.9","Port":80}},"Weights":{"Passing":10,"Warning":1}},
             "Check":{"CheckID":"c1","Name":"alive","Status":"warning","Notes":"note","Output":"out","ServiceID":"web1",
                      "Definition":{"HTTP":"http://x/","Interval":"10s","Timeout":1000000000,"Header":{},"TLSSkipVerify":false}}}
            """);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/v1/catalog/nodes?filter=Node==n1", $"[{Node}]")]
    [InlineData("/v1/catalog/services", """{"web":["B","a"]}""")]
    [InlineData("/v1/catalog/node/n1", $$"""{"Node":{{Node}},"Services":{"web1":{{Service}} } }""")]
    [InlineData("/v1/catalog/node/40e4a748", $$"""{"Node":{{Node}},"Services":{"web1":{{Service}} } }""")]
    [InlineData("/v1/catalog/node-services/n1", $$"""{"Node":{{Node}},"Services":[{{Service}}]}""")]
    [InlineData("/v1/catalog/node-services/none", """{"Node":null,"Services":null}""")]
    [InlineData("/v1/catalog/gateway-services/g", "[]")]
    [InlineData("/v1/catalog/connect/web", "[]")]
    [InlineData("/v1/catalog/service/none", "[]")]
    [InlineData("/v1/catalog/datacenters", """["dc1"]""")]
    [InlineData("/v1/health/service/WEB", $$"""[{"Node":{{Node}},"Service":{{Service}},"Checks":[{{Check}}]}]""")]
    [InlineData("/v1/health/service/web?passing", "[]")]
    [InlineData("/v1/health/connect/web", "[]")]
    [InlineData("/v1/health/ingress/web", "[]")]
    [InlineData("/v1/health/node/n1", $"[{Check}]")]
    [InlineData("/v1/health/checks/web", $"[{Check}]")]
    [InlineData("/v1/health/state/warning", $"[{Check}]")]
    [InlineData("/v1/health/state/none", "[]")]
    [InlineData("/v1/status/leader", "\"127.0.0.1:8300\"")]
    [InlineData("/v1/status/peers", "[\"127.0.0.1:8300\"]")]
    [InlineData("/v1/catalog/service/web", $$"""
        [{"ID":"40e4a748-2192-161a-0510-9bf59fe950b5","Node":"n1","Address":"10.0.0.1","Datacenter":"dc1",
          "TaggedAddresses":{"lan":"10.0.0.1","wan":"1.2.3.4"},"NodeMeta":{"env":"prod"},
          "ServiceKind":"","ServiceID":"web1","ServiceName":"web","ServiceTags":["a","B"],"ServiceAddress":"10.0.0.9",
          "ServiceTaggedAddresses":{"lan":{"Address":"10.0.0.9","Port":80} },"ServiceWeights":{"Passing":10,"Warning":1},
          "ServiceMeta":{"v":"1"},"ServicePort":80,"ServiceSocketPath":"","ServiceEnableTagOverride":true,
          "ServiceProxy":{{Proxy}},"ServiceConnect":{},"CreateIndex":2,"ModifyIndex":2}]
        """)]
    public async Task Answers_have_consuls_shape(string path, string golden) => CatalogCalls.Same(golden, (await _client.AskJsonAsync(path)).Json);

    [Fact]
    public async Task A_node_that_is_not_there_is_null()
    {
        var (_, text, index) = await _client.AskTextAsync("/v1/catalog/node/none");

        Assert.Equal(("null", true), (text, index >= 1));
    }

    [Fact]
    public async Task What_was_not_given_is_null_or_empty_as_in_consul()
    {
        await _client.RegisterAsync("""{"Node":"bare","Address":"10.0.0.2","Service":{"Service":"db"}}""");

        CatalogCalls.Same(
            $$"""
            [{"Node":{"ID":"","Node":"bare","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":null,"Meta":null,"CreateIndex":3,"ModifyIndex":3},
              "Service":{"ID":"db","Service":"db","Tags":[],"Address":"","Meta":null,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,
                         "Proxy":{{Proxy}},"Connect":{},"PeerName":"","CreateIndex":3,"ModifyIndex":3},
              "Checks":[]}]
            """,
            (await _client.AskJsonAsync("/v1/health/service/db")).Json);
    }

    [Fact]
    public async Task Self_names_the_datacenter_and_the_version()
    {
        var (self, _) = await _client.AskJsonAsync("/v1/agent/self");
        var (members, _) = await _client.AskJsonAsync("/v1/agent/members");

        Assert.Equal("dc1 registry True", $"{self!["Config"]!["Datacenter"]} {self["Config"]!["NodeName"]} {(bool)self["Config"]!["Server"]!}");
        Assert.StartsWith("1.21.", (string?)self["Config"]!["Version"], StringComparison.Ordinal);
        Assert.Equal("registry", (string?)members![0]!["Name"]);
    }
}
