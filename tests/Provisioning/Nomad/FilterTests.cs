using System.Text.Json;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Nomad;

public sealed class FilterTests
{
    [Theory]
    [InlineData("ID == \"web-2\"", "web-2")]
    [InlineData("Status == pending and Priority == 70", "web-1")]
    [InlineData("Meta.team == blue", "web-2")]
    [InlineData("Meta is empty", "api,web-1")]
    [InlineData("\"mars\" in Datacenters", "")]
    [InlineData("TaskGroups.Name == main and TaskGroups.Tasks.Driver == exec", "api,web-1,web-2")]
    [InlineData("TaskGroups.Count != 1", "api")]
    [InlineData("ID matches \"^web-\" and not Stop == true", "web-1,web-2")]
    public async Task List_WithAFilter_HasThoseOfWhichItHolds(string filter, string expected)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("api", count: 4));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("web-1", more: ",\"Priority\":70"));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("web-2", more: ",\"Meta\":{\"team\":\"blue\"}"));

        var list = await acme.Client.GetJsonAsync($"/v1/jobs?filter={Uri.EscapeDataString(filter)}");

        Assert.Equal(expected, Ids(list));
    }

    [Fact]
    public async Task List_ReversedInPages_ComesBackwards()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        foreach (var id in (string[])["a", "b", "c"])
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(id));
        }

        var first = await acme.Client.SendAsync("GET", "/v1/jobs?reverse=true&per_page=2");
        var second = await acme.Client.SendAsync("GET", $"/v1/jobs?reverse=true&per_page=2&next_token={first.Headers["X-Nomad-NextToken"]}");

        Assert.Equal(("c,b", "a"), (Ids(first.Json), Ids(second.Json)));
        Assert.False(second.Headers.ContainsKey("X-Nomad-NextToken"));
    }

    private static string Ids(JsonElement list) => string.Join(',', list.EnumerateArray().Select(job => job.GetProperty("ID").GetString()));
}
