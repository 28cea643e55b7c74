using System.Net;
using Saas.Onboarding.Tests.Shared;

namespace Saas.Onboarding.Tests;

/// <summary>What shows a secret once must show it again to who lost the answer, and to nobody else.</summary>
public class IdempotencyTests(OnboardingHost host) : IClassFixture<OnboardingHost>
{
    private const string SignUp = """{"name":"acme","email":"ops@acme.example"}""";

    [Fact]
    public async Task SignUp_Repeated_IsOneTenantAndTheSameKey()
    {
        var key = Guid.NewGuid().ToString();
        var first = (await host.Anonymous().SendAsync(HttpMethod.Post, "/v1/tenants", SignUp, key)).Expect(HttpStatusCode.Created);
        var second = (await host.Anonymous().SendAsync(HttpMethod.Post, "/v1/tenants", SignUp, key)).Expect(HttpStatusCode.Created);
        Assert.Equal(first.Body, second.Body);
        var other = (await host.Anonymous().SendAsync(HttpMethod.Post, "/v1/tenants", SignUp, Guid.NewGuid().ToString())).Expect(HttpStatusCode.Created);
        Assert.NotEqual(first.Text("id"), other.Text("id"));
    }

    [Fact]
    public async Task SignUp_SameKeyOtherRequest_IsRefused()
    {
        var key = Guid.NewGuid().ToString();
        await host.Anonymous().SendAsync(HttpMethod.Post, "/v1/tenants", SignUp, key);
        var other = await host.Anonymous().SendAsync(
            HttpMethod.Post, "/v1/tenants", """{"name":"other","email":"ops@acme.example"}""", key);
        Assert.True(other.Status is HttpStatusCode.UnprocessableEntity or HttpStatusCode.Conflict, $"{(int)other.Status} {other.Body}");
    }

    [Fact]
    public async Task EnrolmentToken_Repeated_IsOneTokenAndTakesOnePlace()
    {
        var owner = (await host.SignUpAsync()).Owner;
        var site = await owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
        var path = $"/v1/sites/{site}/enrolment-tokens";
        var first = (await owner.SendAsync(HttpMethod.Post, path, "{}", "abc")).Expect(HttpStatusCode.Created);
        var second = (await owner.SendAsync(HttpMethod.Post, path, "{}", "abc")).Expect(HttpStatusCode.Created);
        Assert.Equal(first.Text("token"), second.Text("token"));
        Assert.Single((await owner.GetAsync(path)).Items);
    }

    [Fact]
    public async Task SameKeyOfAnotherTenant_GetsItsOwnAnswer()
    {
        var (one, two) = (await host.SignUpAsync("one"), await host.SignUpAsync("two"));
        var body = """{"name":"ci","role":"developer"}""";
        var first = (await one.Owner.SendAsync(HttpMethod.Post, "/v1/keys", body, "abc")).Expect(HttpStatusCode.Created);
        var second = (await two.Owner.SendAsync(HttpMethod.Post, "/v1/keys", body, "abc")).Expect(HttpStatusCode.Created);
        Assert.NotEqual(first.Text("apiKey"), second.Text("apiKey"));
    }
}
