using System.Text.Json;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Search;

public sealed class SearchTests
{
    [Fact]
    public async Task Prefix_FindsOfEachKindAtMostTwenty_AndSaysWhetherThereAreMore()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        for (var i = 0; i < 21; i++)
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job($"web-{i:00}"));
        }

        var jobs = (await acme.Client.SendAsync("POST", "/v1/search", """{"Prefix":"web","Context":"jobs"}""")).Json;
        Assert.Equal(20, jobs.GetProperty("Matches").GetProperty("jobs").GetArrayLength());
        Assert.True(jobs.GetProperty("Truncations").GetProperty("jobs").GetBoolean());
        var node = (await acme.Client.SendAsync("PUT", "/v1/search", $$"""{"Prefix":"{{agent.NodeId[..12]}}","Context":"all"}""")).Json;
        Assert.Equal($"[\"{agent.NodeId}\"]", node.GetProperty("Matches").GetProperty("nodes").GetRawText());
        Assert.Equal("[]", node.GetProperty("Matches").GetProperty("jobs").GetRawText());
        Assert.Equal(13, node.GetProperty("Truncations").EnumerateObject().Count());
        var evaluations = (await acme.Client.SendAsync("PUT", "/v1/search", """{"Prefix":"eval_","Context":"evals"}""")).Json;
        Assert.True(evaluations.GetProperty("Truncations").GetProperty("evals").GetBoolean());
    }

    /// <summary>Its query options are in the body as well as in the query.</summary>
    [Theory]
    [InlineData("/v1/search", "Prefix")]
    [InlineData("/v1/search/fuzzy", "Text")]
    public async Task Search_AsNomadsGoClientAsks_Finds(string path, string member)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("webshop"));

        var answer = await acme.Peer.SendAsync(
            "PUT", path, $$"""
            {"{{member}}":"webs","Context":"jobs","Region":"","Namespace":"","AllowStale":false,"WaitIndex":0,"WaitTime":0,{{(member == "Text" ? "\"Prefix\":\"\"," : "")}}
            "Params":null,"Headers":null,"AuthToken":"","Filter":"","PerPage":0,"NextToken":"","Reverse":false}
            """);

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Contains("webshop", answer.Json.GetProperty("Matches").GetProperty("jobs")[0].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fuzzy_FindsInJobs_TheEarlierAndShorterFirst()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await host.AgentAsync(acme);
        foreach (var id in (string[])["my-server", "server", "serving"])
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(id));
        }

        var found = (await acme.Client.SendAsync("POST", "/v1/search/fuzzy", """{"Text":"SERV","Context":"all"}""")).Json.GetProperty("Matches");

        Assert.Equal(["server", "serving", "my-server"], Ids(found.GetProperty("jobs")));
        Assert.Equal("""{"ID":"server","Scope":["default","my-server","main"]}""", found.GetProperty("tasks")[0].GetRawText());
        Assert.False(found.TryGetProperty("nodes", out _));
        var commands = (await acme.Client.SendAsync("POST", "/v1/search/fuzzy", """{"Text":"sleep"}""")).Json.GetProperty("Matches").GetProperty("commands");
        Assert.Equal(["/bin/sleep"], Ids(commands).Distinct());
        var nodes = (await acme.Client.SendAsync("POST", "/v1/search/fuzzy", """{"Text":"machine","Context":"nodes"}""")).Json.GetProperty("Matches");
        Assert.Equal(["machine-1"], Ids(nodes.GetProperty("nodes")));
    }

    [Fact]
    public async Task Search_FindsOnlyWhatTheCallerMayList()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var other = await host.AddProjectAsync(acme, "other");
        await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs?namespace=other", JobTexts.Job("webshop"));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("website"));
        using var confined = await host.KeyAsync(acme, "developer", other.Id);

        var all = (await confined.SendAsync("POST", "/v1/search?namespace=*", """{"Prefix":"","Context":"all"}""")).Json.GetProperty("Matches");
        var fuzzy = (await confined.SendAsync("POST", "/v1/search/fuzzy?namespace=*", """{"Text":"web"}""")).Json.GetProperty("Matches");
        var ofOne = (await acme.Client.SendAsync("POST", "/v1/search", """{"Prefix":"web","Context":"jobs"}""")).Json.GetProperty("Matches");

        Assert.Equal(
            ("[\"webshop\"]", "[]", "[\"other\"]"),
            (all.GetProperty("jobs").GetRawText(), all.GetProperty("nodes").GetRawText(), all.GetProperty("namespaces").GetRawText()));
        Assert.Equal(["webshop"], Ids(fuzzy.GetProperty("jobs")));
        Assert.Equal("[\"website\"]", ofOne.GetProperty("jobs").GetRawText());
    }

    [Theory]
    [InlineData("/v1/search", """{"Prefix":"x","Context":"moons"}""", 500, "context must be one of [")]
    [InlineData("/v1/search/fuzzy", """{"Text":"x"}""", 500, "fuzzy search query must be at least 2 characters, got 1")]
    [InlineData("/v1/search/fuzzy", "[]", 400, "")]
    public async Task Search_BadInput_IsRefusedWithNomadsText(string path, string body, int status, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("POST", path, body);

        Assert.Equal(status, answer.Status);
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Ids(JsonElement matches) => matches.EnumerateArray().Select(static match => match.GetProperty("ID").GetString());
}
