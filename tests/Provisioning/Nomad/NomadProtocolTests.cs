using System.Net.Http.Headers;
using Saas.Contracts.Agents;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Nomad;

public sealed class NomadProtocolTests
{
    [Theory]
    [InlineData("GET", "/v1/job/none", 404, "job not found")]
    [InlineData("GET", "/v1/job/none/dispatch", 405, "Invalid method")]
    [InlineData("GET", "/v1/evaluation/none", 404, "eval not found")]
    [InlineData("GET", "/v1/allocation/none", 404, "alloc not found")]
    [InlineData("GET", "/v1/deployment/none", 404, "deployment not found")]
    [InlineData("PUT", "/v1/deployment/fail/none", 500, "deployment not found")]
    [InlineData("PUT", "/v1/node/none/evaluate", 500, "node not found")]
    [InlineData("PUT", "/v1/node/none/purge", 500, "node not found")]
    [InlineData("GET", "/v1/job/none?namespace=nowhere", 404, "Namespace not found")]
    [InlineData("GET", "/v1/jobs?region=mars", 500, "No path to region")]
    [InlineData("GET", "/v1/jobs?index=x", 400, "Invalid index")]
    [InlineData("GET", "/v1/jobs?wait=soon", 400, "Invalid wait time")]
    [InlineData("GET", "/v1/jobs?filter=Foo%20is%20bar", 400, "failed to create result paginator: failed to read filter expression: ")]
    [InlineData("PUT", "/v1/jobs", 400, "")]
    public async Task Errors_OnNomadsRoutes_AreStatusAndText(string method, string path, int status, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var client = Peer(host, acme);

        var answer = await client.SendAsync(method, path);

        Assert.True(answer.Status == status, answer.ToString());
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
        Assert.Equal("text/plain", answer.MediaType);
    }

    [Fact]
    public async Task Errors_WithoutOrWithABadToken_AreForbidden()
    {
        await using var host = await ProvisioningHost.StartAsync();
        using var anonymous = host.PeerClient();
        using var unknown = host.PeerClient();
        unknown.DefaultRequestHeaders.Add("X-Nomad-Token", "00000000-0000-0000-0000-000000000000");

        var (without, bad) = (await anonymous.SendAsync("GET", "/v1/jobs"), await unknown.SendAsync("GET", "/v1/jobs"));

        Assert.Equal((403, "Permission denied"), (without.Status, without.Text));
        Assert.Equal((403, "ACL token not found"), (bad.Status, bad.Text));
        (await anonymous.SendAsync("GET", AgentProtocol.AssignmentPath)).IsProblem(401, "unauthenticated");
    }

    [Theory]
    [InlineData("/v1/jobs")]
    [InlineData("/v1/job/bad/plan")]
    [InlineData("/v1/validate/job")]
    public async Task Submission_IntoANamespaceThatIsNotThere_IsRefusedInNomadsWords(string path)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("PUT", path, JobTexts.Job("bad", more: ",\"Namespace\":\"nowhere\""));

        Assert.Equal((500, "job \"bad\" is in nonexistent namespace \"nowhere\""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("/v1/jobs?namespace=nowhere")]
    [InlineData("/v1/jobs/statuses?namespace=nowhere")]
    [InlineData("/v1/allocations?namespace=nowhere")]
    [InlineData("/v1/evaluations?namespace=nowhere")]
    [InlineData("/v1/deployments?namespace=nowhere")]
    [InlineData("/v1/services")]
    [InlineData("/v1/service/web")]
    [InlineData("/v1/scaling/policies?type=horizontal")]
    [InlineData("/v1/volumes?type=csi")]
    [InlineData("/v1/plugins?type=csi")]
    [InlineData("/v1/vars")]
    [InlineData("/v1/job/none/allocations")]
    [InlineData("/v1/job/none/evaluations")]
    [InlineData("/v1/job/none/deployments")]
    public async Task Lists_OfWhatIsNotThere_AreEmpty(string path)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("GET", path);

        Assert.Equal((200, "[]"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Errors_OfWhatNomadsServersRefuse_AreItsTexts()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var client = Peer(host, acme);

        var moved = await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job().TrimEnd()[..^1] + ",\"EnforceIndex\":true,\"JobModifyIndex\":7}");
        var invalid = await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: -1, more: ",\"Priority\":700"));

        Assert.Equal((500, "Enforcing job modify index 7: job does not exist"), (moved.Status, moved.Text));
        Assert.Equal(500, invalid.Status);
        Assert.StartsWith("2 errors occurred:\n\t* ", invalid.Text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", invalid.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/v1/jobs", "{\"Job\":{\"ID\":\"web\",\"Type\":\"batch\",\"TaskGroups\":[{\"Name\":\"m\",\"Tasks\":[{\"Name\":\"t\",\"Driver\":\"exec\",\"Config\":{\"command\":\"/bin/true\"}}]}]}}", "cannot update job from type \"service\" to \"batch\"")]
    [InlineData("PUT", "/v1/job/web/dispatch", "{}", "Specified job \"web\" is not a parameterized job")]
    [InlineData("PUT", "/v1/job/none/dispatch", "{}", "parameterized job not found")]
    [InlineData("PUT", "/v1/job/web/periodic/force", null, "can't force launch non-periodic job")]
    [InlineData("PUT", "/v1/job/none/evaluate", null, "job not found")]
    public async Task Errors_OfWhatAJobDoesNotAllow_AreNomadsWords(string method, string path, string? body, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var client = Peer(host, acme);
        await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        var answer = await client.SendAsync(method, path, body);

        Assert.Equal((500, text), (answer.Status, answer.Text));
        Assert.Equal("[]", (await client.SendAsync("GET", "/v1/job/web/services")).Text);
    }

    [Fact]
    public async Task Body_WithoutContentType_IsJson()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var body = new StringContent(JobTexts.Job());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

        using var response = await acme.Client.PostAsync(new Uri("/v1/jobs", UriKind.Relative), body);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/v1/job/web", "/v1/job/web")]
    [InlineData("/v1/job/web/plan", "/v1/job/web/plan")]
    [InlineData("/v1/job/a/periodic-1", "/v1/job/a%2Fperiodic-1")]
    [InlineData("/v1/job/a/b/c/periodic/force", "/v1/job/a%2Fb%2Fc/periodic/force")]
    [InlineData("/v1/job/a%2Fb/summary", "/v1/job/a%2Fb/summary")]
    [InlineData("/v1/job/plan", "/v1/job/plan")]
    [InlineData("/v1/jobs/parse", "/v1/jobs/parse")]
    public void Path_OfAJobWithSlashes_IsEscaped(string path, string expected) => Assert.Equal(expected, JobPaths.Escaped(path));

    [Fact]
    public async Task Pretty_IsIndentedByFour()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());

        Assert.StartsWith("{\n    \"", (await acme.Client.SendAsync("GET", "/v1/job/web?pretty")).Text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static HttpClient Peer(ProvisioningHost host, Customer acme) =>
        host.PeerClient(acme.Client.DefaultRequestHeaders.Authorization!.Parameter);
}
