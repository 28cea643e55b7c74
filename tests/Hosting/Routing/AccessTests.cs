using System.Net;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;
using Saas.Identity.Access;

namespace Saas.Hosting.Tests.Routing;

public sealed class AccessTests
{
    private static readonly RouteAccess Read = RouteAccess.Requires("things:read", r => $"thing/{r.Route("id")}");

    private static TestModule Things() => new TestModule()
        .Get("/v1/things/{id}", Read, r => Results.Text($"{r.Tenant.Tenant}/{r.Route("id")}"))
        .Get("/v1/open", RouteAccess.Public("a test"), _ => Results.Text("open"));

    [Theory]
    [InlineData("Authorization", "Bearer " + TestApp.OwnerKey)]
    [InlineData("Authorization", "bearer " + TestApp.OwnerKey)]
    [InlineData("X-Vault-Token", TestApp.OwnerKey)]
    [InlineData("X-Consul-Token", TestApp.OwnerKey)]
    [InlineData("X-Nomad-Token", TestApp.OwnerKey)]
    public async Task EveryHeaderOfACredentialIsRead(string header, string value)
    {
        await using var app = await TestApp.StartAsync(Things());
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/things/7");
        request.Headers.TryAddWithoutValidation(header, value);
        var response = await app.Anonymous.SendAsync(request);
        Assert.Equal($"{app.Tenant}/7", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task WithoutACredentialTheAnswerNamesTheScheme()
    {
        await using var app = await TestApp.StartAsync(Things());
        var response = await app.Anonymous.GetAsync("/v1/things/7");
        await response.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("open", await app.Anonymous.GetStringAsync("/v1/open"));
    }

    [Theory]
    [InlineData(AuthenticationFailure.Malformed, HttpStatusCode.Unauthorized, "credential-malformed")]
    [InlineData(AuthenticationFailure.Unknown, HttpStatusCode.Unauthorized, "credential-unknown")]
    [InlineData(AuthenticationFailure.Expired, HttpStatusCode.Unauthorized, "credential-expired")]
    [InlineData(AuthenticationFailure.Revoked, HttpStatusCode.Unauthorized, "credential-revoked")]
    [InlineData(AuthenticationFailure.TenantSuspended, HttpStatusCode.Forbidden, "tenant-suspended")]
    public async Task EveryFailureOfACredentialHasItsOwnProblem(AuthenticationFailure failure, HttpStatusCode status, string problem)
    {
        await using var app = await TestApp.StartAsync(Things());
        app.Keys.Fail(TestApp.OwnerKey, failure);
        var response = await app.Client.GetAsync("/v1/things/7");
        await response.ProblemAsync(status, problem);
        Assert.Equal(status == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task AForbiddenActionIsNamed()
    {
        await using var app = await TestApp.StartAsync(Things());
        app.Keys.Add(TestApp.OwnerKey, TenantId.New(TimeProvider.System), "dev", "other:*");
        var response = await app.Client.GetAsync("/v1/things/7");
        var problem = await response.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.Contains("things:read", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
