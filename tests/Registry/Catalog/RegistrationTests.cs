using System.Net;
using Saas.Identity.Access;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Catalog;

/// <summary>What registering and deregistering does, and who may.</summary>
public sealed class RegistrationTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _customer = null!;

    private HttpClient Client => _customer.Client;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_service_without_an_id_has_its_name_and_checks_are_critical_until_they_say()
    {
        await Client.RegisterAsync("""{"node":"n1","address":"1.1.1.1","service":{"service":"web","weights":{"passing":0}},"checks":[{"name":"alive","serviceid":"web"}]}""");

        var (json, _) = await Client.AskJsonAsync("/v1/health/service/web");
        Assert.Equal("web 1 alive critical", $"{json![0]!["Service"]!["ID"]} {json[0]!["Service"]!["Weights"]!["Passing"]} {json[0]!["Checks"]![0]!["CheckID"]} {json[0]!["Checks"]![0]!["Status"]}");
    }

    [Fact]
    public async Task SkipNodeUpdate_leaves_a_node_as_it_is()
    {
        await Client.RegisterAsync("""{"Node":"n1","Address":"1.1.1.1","NodeMeta":{"a":"b"}}""");
        await Client.RegisterAsync("""{"Node":"n1","SkipNodeUpdate":true,"Service":{"Service":"web"}}""");

        Assert.Equal("1.1.1.1", (string?)(await Client.AskJsonAsync("/v1/catalog/node/n1")).Json!["Node"]!["Address"]);
    }

    [Fact]
    public async Task A_node_with_a_known_id_is_renamed_with_what_is_on_it()
    {
        const string Id = "40e4a748-2192-161a-0510-9bf59fe950b5";
        await Client.RegisterAsync($$"""{"ID":"{{Id}}","Node":"old","Address":"1.1.1.1","Service":{"Service":"web"} }""");
        await Client.RegisterAsync($$"""{"ID":"{{Id}}","Node":"new","Address":"1.1.1.1"}""");

        Assert.Equal("new", (string?)(await Client.AskJsonAsync("/v1/catalog/service/web")).Json![0]!["Node"]);
        Assert.Null((await Client.AskJsonAsync("/v1/catalog/node/old")).Json);
    }

    [Fact]
    public async Task A_service_takes_its_checks_along_and_a_node_all()
    {
        await Client.RegisterAsync("""{"Node":"n1","Address":"1.1.1.1","Service":{"Service":"web"},"Checks":[{"CheckID":"c1","ServiceID":"web"},{"CheckID":"c2"}]}""");

        await Client.DeregisterAsync("""{"Node":"n1","ServiceID":"web"}""");
        Assert.Equal("c2", await Client.NamesAsync("/v1/health/node/n1"));
        await Client.DeregisterAsync("""{"Node":"n1","CheckID":"c2"}""");
        Assert.Equal("", await Client.NamesAsync("/v1/health/node/n1"));
        await Client.DeregisterAsync("""{"Node":"n1"}""");
        await Client.DeregisterAsync("""{"Node":"n1"}""");
        Assert.Equal("registry", await Client.NamesAsync("/v1/catalog/nodes"));
    }

    [Fact]
    public async Task The_bodys_datacenter_decides()
    {
        await _host.AddSiteAsync(_customer, "berlin");
        await _host.AddSiteAsync(_customer, "paris");
        await Client.RegisterAsync("""{"Datacenter":"paris","Node":"n1","Address":"1.1.1.1"}""");

        Assert.Equal("registry", await Client.NamesAsync("/v1/catalog/nodes"));
        Assert.Equal("n1 registry", await Client.NamesAsync("/v1/catalog/nodes?dc=paris"));
        Assert.Equal("""["berlin","paris"]""", (await Client.AskJsonAsync("/v1/catalog/datacenters")).Json!.ToJsonString());
    }

    [Fact]
    public async Task A_token_for_one_service_registers_it_and_nothing_else()
    {
        await Client.RegisterAsync("""{"Node":"n1","Address":"1.1.1.1","Service":{"Service":"db"}}""");
        var resource = $"project/{_customer.ProjectId}/dc/dc1/service/web";
        var web = _host.Client(await _host.KeyAsync(_customer, null, change: key => key with
        {
            Policies = [new AccessPolicy("web", [new PolicyStatement(PolicyEffect.Allow, ["catalog:*"], [resource])])],
        }));

        await web.RegisterAsync("""{"Node":"n1","Address":"1.1.1.1","Service":{"Service":"web"},"Check":{"CheckID":"c","ServiceID":"web"}}""");
        foreach (var refused in new[]
        {
            """{"Node":"n1","Address":"1.1.1.1","Service":{"Service":"api"}}""",
            """{"Node":"n1","Address":"6.6.6.6","Service":{"Service":"web"}}""",
            """{"Node":"n2","Address":"1.1.1.1","Service":{"Service":"web"}}""",
            """{"Node":"n1","Address":"1.1.1.1"}""",
            """{"Node":"n1","Address":"1.1.1.1","Service":{"Service":"web"},"Check":{"CheckID":"node"}}""",
            """{"Node":"n1","Address":"1.1.1.1","Service":{"Service":"web"},"Check":{"CheckID":"c2","ServiceID":"db"}}""",
            """{"Node":"n1","Address":"1.1.1.1","Service":{"ID":"db","Service":"web"}}""",
        })
        {
            var (status, text) = await web.PutAsync("/v1/catalog/register", refused);
            Assert.True(status == HttpStatusCode.Forbidden && text.StartsWith("Permission denied", StringComparison.Ordinal), $"{refused}: {status} {text}");
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await web.PutAsync("/v1/catalog/deregister", """{"Node":"n1","ServiceID":"db"}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await web.PutAsync("/v1/catalog/deregister", """{"Node":"n1"}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await web.AskTextAsync("/v1/health/service/db")).Status);
        await web.DeregisterAsync("""{"Node":"n1","ServiceID":"web"}""");
        Assert.Equal("db", await Client.NamesAsync("/v1/catalog/services"));
    }
}
