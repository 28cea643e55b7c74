using Saas.Registry.Tests.Catalog;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Health;

/// <summary>Tags, states, metadata and filters: what of what is registered an answer shows.</summary>
public sealed class SelectionTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
        await PutAsync("n1", "web1", "passing", "Prod", "v1", "prod");
        await PutAsync("n2", "web2", "warning", "test", "v1");
        await PutAsync("n3", "web3", "passing", "stage", "v2", "prod");
        await _client.RegisterAsync("""{"Node":"n4","Address":"1.1.1.1","Service":{"ID":"web4","Service":"web","Port":1,"Connect":{"Native":true}}}""");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/v1/health/service/web", "web1 web2 web3 web4")]
    [InlineData("/v1/health/service/web?passing", "web1 web3 web4")]
    [InlineData("/v1/health/service/web?passing=1", "web1 web3 web4")]
    [InlineData("/v1/health/service/web?passing=false", "web1 web2 web3 web4")]
    [InlineData("/v1/health/service/web?tag=PROD", "web1 web3")]
    [InlineData("/v1/health/service/web?tag=prod&tag=V1", "web1")]
    [InlineData("/v1/health/service/web?tag=none", "")]
    [InlineData("/v1/health/service/web?node-meta=env:prod", "web1")]
    [InlineData("/v1/health/service/web?node-meta=env:prod&node-meta=env:test", "web2")]
    [InlineData("/v1/health/service/web?node-meta=env", "")]
    [InlineData("/v1/health/service/web?filter=Service.ID==web2", "web2")]
    [InlineData("/v1/health/service/web?filter=Node.Datacenter==dc1", "web1 web2 web3 web4")]
    [InlineData("/v1/health/service/web?filter=Checks.Status!=passing&passing=0", "web2")]
    [InlineData("/v1/health/service/web?merge-central-config&passing&near=_agent&cached", "web1 web3 web4")]
    [InlineData("/v1/health/service/web?near=n3", "web3 web1 web2 web4")]
    [InlineData("/v1/health/service/web?near=_ip", "web1 web2 web3 web4")]
    [InlineData("/v1/health/connect/web", "web4")]
    [InlineData("/v1/catalog/connect/web", "web4")]
    [InlineData("/v1/catalog/service/web?tag=v1", "web1 web2")]
    [InlineData("/v1/catalog/service/web?filter=ServicePort==1", "web4")]
    [InlineData("/v1/catalog/services?node-meta=env:nowhere", "")]
    [InlineData("/v1/catalog/services?filter=ServiceTags%20contains%20v2", "web")]
    [InlineData("/v1/catalog/nodes?node-meta=env:test", "n2")]
    [InlineData("/v1/health/checks/web?node-meta=env:prod", "check-web1")]
    [InlineData("/v1/health/state/passing?filter=ServiceName==web", "check-web1 check-web3")]
    [InlineData("/v1/health/state/any?node-meta=env:test", "check-web2")]
    [InlineData("/v1/health/node/n3?filter=Status==critical", "")]
    public async Task An_answer_shows_what_was_asked_for(string path, string names) => Assert.Equal(names, await _client.NamesAsync(path));

    private Task PutAsync(string node, string id, string status, string env, params string[] tags) => _client.RegisterAsync(
        $$"""
        {"Node":"{{node}}","Address":"1.1.1.1","NodeMeta":{"env":"{{env.ToLowerInvariant()}}","case":"{{env}}"},
         "Service":{"ID":"{{id}}","Service":"web","Tags":[{{string.Join(',', tags.Append(env).Select(t => $"\"{t}\""))}}]},
         "Check":{"CheckID":"check-{{id}}","Status":"{{status}}","ServiceID":"{{id}}"} }
        """);
}
