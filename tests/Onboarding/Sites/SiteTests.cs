using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Saas.Contracts.Agents;
using Saas.Identity.Agents;
using Saas.Onboarding.Tests.Shared;

namespace Saas.Onboarding.Tests.Sites;

public sealed class SiteTests : IAsyncLifetime
{
    private readonly OnboardingHost _host = new();
    private Caller _owner = null!;

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        _owner = (await _host.SignUpAsync()).Owner;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Create_WithResidencyLabels_KeepsThem()
    {
        var id = await _owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu-central","labels":{"country":"de"}}""");
        var site = await _owner.GetAsync($"/v1/sites/{id}");
        Assert.Equal("de", site.Json.GetProperty("labels").GetProperty("country").GetString());
        (await _owner.PatchAsync($"/v1/sites/{id}", """{"labels":{"country":"de","law":"gdpr"}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, (await _owner.GetAsync($"/v1/sites/{id}")).Json.GetProperty("labels").EnumerateObject().Count());
    }

    [Theory]
    [InlineData("""{"name":"berlin","region":"global"}""", "region")]
    [InlineData("""{"name":"berlin","region":"EU"}""", "region")]
    [InlineData("""{"name":"Berlin!","region":"eu"}""", "name")]
    [InlineData("""{"name":"berlin","region":"eu","labels":{"Land":"de"}}""", "labels")]
    [InlineData("""{"name":"berlin","region":"eu","labels":{"country":null}}""", "labels")]
    [InlineData("""{"name":"berlin","region":"eu","labels":{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1","g":"1","h":"1","i":"1","j":"1","k":"1","l":"1","m":"1","n":"1","o":"1","p":"1","q":"1"}}""", "labels")]
    public async Task Create_RefusedValue_NamesTheField(string body, string field)
    {
        var answer = (await _owner.PostAsync("/v1/sites", body)).ExpectProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(field, answer.Json.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task EnrolmentToken_IsShownOnceAndEnrolsOneMachine()
    {
        var site = await _owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
        var path = $"/v1/sites/{site}/enrolment-tokens";
        var made = (await _owner.PostAsync(path, """{"ttlSeconds":600}""")).Expect(HttpStatusCode.Created);
        Assert.StartsWith("saasenr_", made.Text("token"), StringComparison.Ordinal);
        Assert.Equal(_host.Time.GetUtcNow().AddMinutes(10), made.Json.GetProperty("expiresAt").GetDateTimeOffset());
        var listed = await _owner.GetAsync(path);
        Assert.DoesNotContain(made.Text("token")[^52..], listed.Body, StringComparison.Ordinal);
        Assert.Equal("open", Assert.Single(listed.Items).GetProperty("status").GetString());

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new EnrolRequest(made.Text("token"), Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "host", AgentProtocol.Version);
        var node = (await _host.Services.GetRequiredService<AgentEnrolment>().EnrolAsync(request, CancellationToken.None)).Enrolled!.Agent;

        var used = await _owner.GetAsync($"{path}/{made.Text("id")}");
        Assert.Equal(("used", node.Id), (used.Text("status"), used.Text("nodeId")));
        (await _owner.DeleteAsync($"/v1/sites/{site}")).ExpectProblem(HttpStatusCode.Conflict, "in-use");
    }

    [Fact]
    public async Task Agent_WithItsAccessToken_MayAskWhoItIsAndNothingElse()
    {
        var site = await _owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
        var made = (await _owner.PostAsync($"/v1/sites/{site}/enrolment-tokens", "{}")).Expect(HttpStatusCode.Created);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new EnrolRequest(made.Text("token"), Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "host", AgentProtocol.Version);
        var enrolled = (await _host.Services.GetRequiredService<AgentEnrolment>().EnrolAsync(request, CancellationToken.None)).Enrolled!;
        var now = _host.Time.GetUtcNow().ToUnixTimeSeconds();
        var assertion = AgentAssertion.Sign(
            key, new AssertionClaims(enrolled.Agent.Id, enrolled.Tenant.Tenant.Value, AgentAssertion.Audience, now, now + 60, "1"));
        var token = (await _host.Services.GetRequiredService<AgentCredentials>().IssueTokenAsync(assertion, CancellationToken.None)).Token!;

        using var agent = _host.Holding(token.AccessToken);
        Assert.Equal(enrolled.Agent.Id, (await agent.GetAsync("/v1/whoami")).Expect(HttpStatusCode.OK).Text("id"));
        foreach (var route in _host.Routes.Routes.Where(r => r is { Access.IsPublic: false } && r.Pattern != "/v1/whoami"))
        {
            var path = route.Pattern.Replace("{siteId}", site, StringComparison.Ordinal);
            var answer = await agent.SendAsync(new HttpMethod(route.Method), path, route.Method is "GET" or "DELETE" ? null : "{}");
            Assert.True(answer.Status == HttpStatusCode.Forbidden, $"{route}: {(int)answer.Status}");
        }
    }

    [Fact]
    public async Task EnrolmentToken_TakenBack_EnrolsNobody()
    {
        var site = await _owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
        var made = (await _owner.PostAsync($"/v1/sites/{site}/enrolment-tokens", "{}")).Expect(HttpStatusCode.Created);
        (await _owner.DeleteAsync($"/v1/sites/{site}/enrolment-tokens/{made.Text("id")}")).Expect(HttpStatusCode.NoContent);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new EnrolRequest(made.Text("token"), Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "host", AgentProtocol.Version);
        var outcome = await _host.Services.GetRequiredService<AgentEnrolment>().EnrolAsync(request, CancellationToken.None);
        Assert.Equal(EnrolRefusal.UnknownToken, outcome.Refusal);
        (await _owner.DeleteAsync($"/v1/sites/{site}")).Expect(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(59)]
    [InlineData(2_592_001)]
    [InlineData(-1)]
    public async Task EnrolmentToken_LifeOutOfRange_Is400(int ttl)
    {
        var site = await _owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
        (await _owner.PostAsync($"/v1/sites/{site}/enrolment-tokens", $$"""{"ttlSeconds":{{ttl}}}""")).Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task EnrolmentTokens_ExpiredOnes_GiveTheirPlacesBack()
    {
        var site = await _owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
        var path = $"/v1/sites/{site}/enrolment-tokens";
        for (var i = 0; i < 100; i++)
        {
            (await _owner.PostAsync(path, """{"ttlSeconds":60}""")).Expect(HttpStatusCode.Created);
        }

        (await _owner.PostAsync(path, "{}")).ExpectProblem(HttpStatusCode.Forbidden, "quota-exceeded");
        _host.Time.Advance(TimeSpan.FromSeconds(60));
        (await _owner.PostAsync(path, "{}")).Expect(HttpStatusCode.Created);
    }
}
