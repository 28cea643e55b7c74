using System.Text.Json;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs.Versions;

public sealed class TagVersionTests
{
    private const string Path = "/v1/job/web/versions/gold/tag";

    [Fact]
    public async Task Tag_NamesAVersion_WhichIsFoundComparedWithAndForgottenByIt()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await WithVersionsAsync(host, 2);

        var answer = await acme.Peer.SendAsync("PUT", Path, """{"Version":0,"Latest":false,"Description":"the good one","Region":"","Namespace":"","SecretID":""}""");

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(("gold", "the good one"), (answer.Json.GetProperty("Name").GetString(), answer.Json.GetProperty("Description").GetString()));
        var versions = await acme.Client.GetJsonAsync("/v1/job/web/versions?diffs=true&diff_tag=gold");
        Assert.Equal(["", "gold"], Tags(versions));
        Assert.Equal(["Edited", "None"], versions.GetProperty("Diffs").EnumerateArray().Select(static diff => diff.GetProperty("Type").GetString()));
        Assert.Equal(JsonValueKind.Null, (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("VersionTag").ValueKind);

        Assert.Equal(200, (await acme.Peer.SendAsync("DELETE", Path)).Status);
        Assert.Equal(["", ""], Tags(await acme.Client.GetJsonAsync("/v1/job/web/versions")));
    }

    [Fact]
    public async Task Tag_OfTheLatest_IsTheJobsUntilItsNextVersion()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await WithVersionsAsync(host, 1);

        await acme.Peer.SendAsync("POST", Path, """{"Latest":true}""");
        Assert.Equal("gold", TagOf(await acme.Client.GetJsonAsync("/v1/job/web")));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 1));
        Assert.Equal("gold", TagOf(await acme.Client.GetJsonAsync("/v1/job/web")));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: 7));
        Assert.Equal("", TagOf(await acme.Client.GetJsonAsync("/v1/job/web")));

        // Going back to it does not make two of the name.
        await acme.Client.SendAsync("POST", "/v1/job/web/revert", """{"JobID":"web","JobVersion":0}""");
        Assert.Equal(["", "", "gold"], Tags(await acme.Client.GetJsonAsync("/v1/job/web/versions")));
    }

    [Fact]
    public async Task VersionWithATag_OutlivesThoseThatAreKept()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await WithVersionsAsync(host, 1);
        await acme.Peer.SendAsync("PUT", Path, """{"Version":0}""");

        for (var count = 2; count <= 9; count++)
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: count));
        }

        var versions = (await acme.Client.GetJsonAsync("/v1/job/web/versions")).GetProperty("Versions").EnumerateArray().Select(static job => job.GetProperty("Version").GetInt64());
        Assert.Equal([8, 7, 6, 5, 4, 3, 0], versions);
    }

    [Theory]
    [InlineData("PUT", "/v1/job/web/versions/gold/tag", """{"Version":7}""", "job \"web\" version 7 not found")]
    [InlineData("PUT", "/v1/job/none/versions/gold/tag", """{"Version":0}""", "job \"none\" version 0 not found")]
    [InlineData("PUT", "/v1/job/web/versions/gold/tag", """{"Version":1,"Latest":true}""", "version must be zero when tagging latest, got: 1")]
    [InlineData("PUT", "/v1/job/web/versions/silver/tag", """{"Version":1}""", "tag \"silver\" already exists on a different version of job \"web\"")]
    [InlineData("DELETE", "/v1/job/web/versions/gold/tag", null, "tag \"gold\" not found on job \"web\"")]
    [InlineData("GET", "/v1/job/web/versions?diffs=true&diff_tag=gold", null, "tag \"gold\" not found")]
    public async Task Tag_ThatCannotBe_IsRefusedInNomadsWords(string method, string path, string? body, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await WithVersionsAsync(host, 2);
        await acme.Peer.SendAsync("PUT", "/v1/job/web/versions/silver/tag", """{"Version":0}""");

        var answer = await acme.Peer.SendAsync(method, path, body);

        Assert.Equal((500, text), (answer.Status, answer.Text));
    }

    private static async Task<Customer> WithVersionsAsync(ProvisioningHost host, int versions)
    {
        var acme = await host.SignUpAsync("acme");
        for (var count = 1; count <= versions; count++)
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: count));
        }

        return acme;
    }

    /// <summary>Newest first; empty: none.</summary>
    private static string[] Tags(JsonElement versions) => [.. versions.GetProperty("Versions").EnumerateArray().Select(TagOf)];

    private static string TagOf(JsonElement job) =>
        job.GetProperty("VersionTag") is { ValueKind: JsonValueKind.Object } tag ? tag.GetProperty("Name").GetString()! : "";
}
