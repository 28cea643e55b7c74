using Saas.Registry.Tests.Shared;
using Saas.TestKit;

namespace Saas.Registry.Tests.Domains;

/// <summary>Which project and datacenter a request means, and that they share nothing.</summary>
public sealed class DomainTests
{
    [Fact]
    public async Task The_first_site_takes_over_what_was_there_before_it_and_stays_the_primary()
    {
        await using var host = await RegistryHost.StartAsync();
        var acme = await host.SignUpAsync();
        await acme.Client.TellAsync("/v1/kv/a", "before");
        Assert.Equal("[\"dc1\"]", (await acme.Client.AskAsync("/v1/catalog/datacenters")).Text);

        await host.AddSiteAsync(acme, "berlin");
        Assert.Equal("before", (await acme.Client.KeyAsync("a")).Value);
        Assert.Equal("before", (await acme.Client.KeyAsync("a?dc=berlin")).Value);

        await host.AddSiteAsync(acme, "paris");
        Assert.Equal(["berlin", "paris"], (await acme.Client.AskAsync("/v1/catalog/datacenters")).Strings.Order());
        Assert.Equal("before", (await acme.Client.KeyAsync("a")).Value);
        Assert.Equal(404, (await acme.Client.AskAsync("/v1/kv/a?dc=paris")).Status);
    }

    [Fact]
    public async Task Datacenters_and_projects_share_nothing()
    {
        await using var host = await RegistryHost.StartAsync();
        var acme = await host.SignUpAsync();
        await host.AddSiteAsync(acme, "berlin");
        await host.AddSiteAsync(acme, "paris");
        await host.AddProjectAsync(acme, "shop");
        foreach (var where in (string[])["dc=berlin", "dc=paris", "ns=shop", "ns=shop&dc=paris"])
        {
            await acme.Client.TellAsync($"/v1/kv/where?{where}", where);
        }

        foreach (var where in (string[])["dc=berlin", "dc=paris", "ns=shop", "ns=shop&dc=paris"])
        {
            Assert.Equal(where, (await acme.Client.KeyAsync($"where?{where}")).Value);
        }
    }

    [Fact]
    public async Task Tenants_share_nothing_though_all_their_names_are_the_same()
    {
        await using var host = await RegistryHost.StartAsync();
        var (acme, other) = (await host.SignUpAsync(), await host.SignUpAsync("other"));
        await acme.Client.TellAsync("/v1/kv/secret", "acme's");

        Assert.Equal(404, (await other.Client.AskAsync("/v1/kv/secret")).Status);
        Assert.Equal(404, (await other.Client.AskAsync($"/v1/kv/secret?ns={acme.ProjectId}")).Status);
        Assert.Equal("[]", (await other.Client.AskAsync("/v1/health/service/web")).Text);
    }

    [Theory]
    [InlineData("/v1/catalog/nodes?dc=nowhere", 500, "No path to datacenter")]
    [InlineData("/v1/catalog/nodes?ns=nothing", 404, "Namespace not found")]
    public async Task What_is_not_there_is_said(string path, int status, string text)
    {
        await using var host = await RegistryHost.StartAsync();
        var acme = await host.SignUpAsync();

        var reply = await acme.Client.AskAsync(path);

        Assert.Equal(status, reply.Status);
        Assert.Contains(text, reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_over_one_store_see_each_others_changes_and_wake_each_others_watchers()
    {
        var store = new InMemoryTableStore();
        await using var first = await RegistryHost.StartAsync(store);
        await using var second = await RegistryHost.StartAsync(store);
        var acme = await first.SignUpAsync();
        using var elsewhere = second.Client(acme.Token);

        await acme.Client.TellAsync("/v1/kv/a", "1");
        var seen = await elsewhere.AskAsync("/v1/kv/a");
        Assert.Equal("1", seen.Pairs.Single().Value);
        var waiting = elsewhere.AskAsync($"/v1/kv/a?index={seen.Index}&wait=30s");
        var began = TimeProvider.System.GetTimestamp();
        await acme.Client.TellAsync("/v1/kv/a", "2");

        Assert.Equal("2", (await waiting).Pairs.Single().Value);
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5), "a change must be seen by others within a second or so");
    }
}
