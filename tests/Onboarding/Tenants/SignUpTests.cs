using System.Net;
using Saas.Contracts;
using Saas.Identity.Rows;
using Saas.Onboarding.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Tests.Tenants;

public class SignUpTests(OnboardingHost host) : IClassFixture<OnboardingHost>
{
    [Fact]
    public async Task SignUp_Valid_GivesAnOwnerKeyThatWorksEverywhere()
    {
        var answer = (await host.Anonymous().PostAsync(
            "/v1/tenants", """{"name":"acme","email":"Ops@Acme.example","plan":"dev"}""")).Expect(HttpStatusCode.Created);
        Assert.True(TenantId.TryParse(answer.Text("id"), out _));
        Assert.Equal(("acme", "dev", "ops@acme.example"), (answer.Text("name"), answer.Text("plan"), answer.Text("email")));
        Assert.StartsWith("saas_", answer.Text("apiKey"), StringComparison.Ordinal);

        using var owner = host.Holding(answer.Text("apiKey"));
        var me = (await owner.GetAsync("/v1/whoami")).Expect(HttpStatusCode.OK);
        Assert.Equal(answer.Text("id"), me.Text("tenantId"));
        Assert.Equal("owner", me.Json.GetProperty("policies")[0].GetString());
        var project = Assert.Single((await owner.GetAsync("/v1/projects")).Items);
        Assert.Equal("default", project.GetProperty("name").GetString());
        Assert.Equal("owner", Assert.Single((await owner.GetAsync("/v1/members")).Items).GetProperty("role").GetString());
    }

    [Fact]
    public async Task SignUp_NoPlan_IsDev()
    {
        var answer = await host.Anonymous().PostAsync("/v1/tenants", """{"name":"acme","email":"ops@acme.example"}""");
        Assert.Equal("dev", answer.Expect(HttpStatusCode.Created).Text("plan"));
    }

    [Theory]
    [InlineData("""{"name":"","email":"a@b.example"}""", "name")]
    [InlineData("""{"name":" acme","email":"a@b.example"}""", "name")]
    [InlineData("""{"name":"a\u0007b","email":"a@b.example"}""", "name")]
    [InlineData("""{"name":"acme","email":"not an address"}""", "email")]
    [InlineData("""{"name":"acme","email":"a@b@c.example"}""", "email")]
    [InlineData("""{"name":"acme","email":"a@localhost"}""", "email")]
    [InlineData("""{"name":"acme","email":"a@b.example","plan":"free"}""", "plan")]
    public async Task SignUp_RefusedValue_NamesTheFieldAndWhatWasExpected(string body, string field)
    {
        var answer = (await host.Anonymous().PostAsync("/v1/tenants", body)).ExpectProblem(HttpStatusCode.BadRequest, "invalid-request");
        var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Contains("xpected", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"name":"acme"}""")]
    [InlineData("""{"name":7,"email":"a@b.example"}""")]
    [InlineData("""{"name":null,"email":"a@b.example"}""")]
    [InlineData("""{"name":"acme","email":"a@b.example","admin":true}""")]
    [InlineData("""{"name":"acme","name":"acme","email":"a@b.example"}""")]
    public async Task SignUp_NotTheDocumentExpected_Is400(string body) =>
        (await host.Anonymous().PostAsync("/v1/tenants", body)).Expect(HttpStatusCode.BadRequest);

    [Fact]
    public async Task SignUp_TooLongAName_SaysHowLongItWas()
    {
        var answer = await host.Anonymous().PostAsync("/v1/tenants", $$"""{"name":"{{new string('a', 65)}}","email":"a@b.example"}""");
        Assert.Contains("65 characters", answer.Expect(HttpStatusCode.BadRequest).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignUp_KeyPastedIntoAField_IsNotEchoed()
    {
        var customer = await host.SignUpAsync();
        var answer = await host.Anonymous().PostAsync("/v1/tenants", $$"""{"name":"acme","email":"{{customer.Key}}"}""");
        Assert.DoesNotContain(customer.Key[^20..], answer.Expect(HttpStatusCode.BadRequest).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(customer.Key[..30], answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignUp_HugeBody_Is413() =>
        (await host.Anonymous().PostAsync("/v1/tenants", $$"""{"name":"{{new string('a', 20_000)}}"}"""))
            .Expect(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task SignUp_SecretIsNowhereInTheStore()
    {
        var customer = await host.SignUpAsync();
        var rows = await host.Store.ScanAsync(IdentityTable.Name, TableLimits.MaxPageRows, null, CancellationToken.None);
        var secret = System.Text.Encoding.ASCII.GetBytes(customer.Key[^52..]);
        Assert.All(rows.Rows, row => Assert.Equal(-1, row.Value.Span.IndexOf(secret)));
    }

    [Fact]
    public async Task Plans_Anyone_SeesWhatTheyAllow()
    {
        var plans = (await host.Anonymous().GetAsync("/v1/plans")).Expect(HttpStatusCode.OK).Items;
        Assert.Equal(["dev", "prod"], plans.Select(p => p.GetProperty("name").GetString()!));
        Assert.True(plans[0].GetProperty("quotas").GetProperty("enrolmentTokens").GetInt32() > 0);
    }
}
