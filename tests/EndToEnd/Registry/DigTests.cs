using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Registry;

/// <summary>dig asks the agent for what is registered: the whole way from a registration to an answer.</summary>
[Collection("machine")]
public sealed class DigTests(RegistrySite site) : IClassFixture<RegistrySite>
{
    [Fact]
    public async Task A_registered_service_is_found_by_every_form_of_its_name_until_it_fails()
    {
        await RegisterAsync("passing");

        await FoundAsync("10.9.0.1", "mail.service.consul", "A");
        await FoundAsync("10.9.0.1", "mail.service.here.consul", "A");
        await FoundAsync("10.9.0.1", "smtp.mail.service.consul", "A");
        await FoundAsync("10.9.0.1", "m1.node.consul", "A");
        await FoundAsync(" 25 ", "_mail._smtp.service.consul", "SRV");
        await FoundAsync(" 25 ", "mail.service.consul", "SRV", "+tcp");

        await RegisterAsync("critical");
        await Eventually.Async(
            () => DigAsync("mail.service.consul", "A"), seen => !seen.Contains("10.9.0.1", StringComparison.Ordinal), TimeSpan.FromSeconds(10), seen => seen);
        Assert.Contains("NXDOMAIN", await DigAsync("nobody.service.consul", "A"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prepared_query_is_found_by_its_name()
    {
        await RegisterAsync("passing");
        await site.Customer.OkAsync(HttpMethod.Post, "registry", "/v1/query", new JsonObject
        {
            ["Name"] = "post",
            ["Service"] = new JsonObject { ["Service"] = "mail" },
        });

        await FoundAsync("10.9.0.1", "post.query.consul", "A");
    }

    private Task RegisterAsync(string status) => site.Customer.OkAsync(HttpMethod.Put, "registry", "/v1/catalog/register", new JsonObject
    {
        ["Node"] = "m1",
        ["Address"] = "10.9.0.1",
        ["Service"] = new JsonObject { ["Service"] = "mail", ["Port"] = 25, ["Tags"] = new JsonArray("smtp") },
        ["Check"] = new JsonObject { ["CheckID"] = "mail-up", ["Name"] = "up", ["ServiceID"] = "mail", ["Status"] = status },
    });

    private Task<string> FoundAsync(string expected, params string[] question) => Eventually.Async(
        () => DigAsync(question), seen => seen.Contains(expected, StringComparison.Ordinal), TimeSpan.FromSeconds(10), seen => $"{expected} is not in: {seen} {site.Transcript}");

    private async Task<string> DigAsync(params string[] question)
    {
        await using var dig = Child.Start("dig", ["@127.0.0.1", "-p", $"{site.DnsPort}", "+tries=1", "+time=5", .. question]);
        await dig.WaitAsync(TimeSpan.FromSeconds(20));
        return dig.Transcript;
    }
}
