using System.Net;
using Saas.Onboarding.Tests.Shared;

namespace Saas.Onboarding.Tests.Keys;

/// <summary>A key that may make keys and members, but is no owner: whatever it tries, it gains nothing.</summary>
public sealed class EscalationTests : IAsyncLifetime
{
    private const string Limited =
        """{"name":"hr","policies":[{"name":"hr","statements":[{"effect":"allow","actions":["keys:*","members:*","jobs:read"],"resources":["*"]},{"effect":"deny","actions":["jobs:read"],"resources":["project/prj_secret/*"]}]}]}""";

    private readonly OnboardingHost _host = new();
    private Customer _customer = null!;
    private Caller _limited = null!;

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        _customer = await _host.SignUpAsync();
        _limited = _host.Holding((await _customer.Owner.CreateKeyAsync(Limited)).Secret);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"k","role":"owner"}""")]
    [InlineData("""{"name":"k","role":"auditor"}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[{"effect":"allow","actions":["*"],"resources":["*"]}]}]}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[{"effect":"allow","actions":["jobs:*"],"resources":["*"]}]}]}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[{"effect":"allow","actions":["jobs:read"],"resources":["*"]}]}]}""")]
    public async Task CreateKey_StrongerThanTheCreator_IsRefused(string body) =>
        (await _limited.PostAsync("/v1/keys", body)).ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");

    [Fact]
    public async Task CreateKey_WithinTheCreatorsOwn_IsMade() => (await _limited.PostAsync(
        "/v1/keys",
        """{"name":"k","policies":[{"name":"p","statements":[{"effect":"allow","actions":["jobs:read"],"resources":["project/prj_1/*"]}]}]}"""))
        .Expect(HttpStatusCode.Created);

    [Fact]
    public async Task CreateKey_ForAMemberWhoMayMore_IsRefused()
    {
        var owner = Assert.Single((await _limited.GetAsync("/v1/members")).Items).GetProperty("id").GetString();
        (await _limited.PostAsync("/v1/keys", $$"""{"name":"k","memberId":"{{owner}}"}""")).ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");
    }

    [Fact]
    public async Task Member_GivenAStrongerRole_IsRefused()
    {
        (await _limited.PostAsync("/v1/members", """{"email":"me@acme.example","name":"Me","role":"owner"}"""))
            .ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");
        var member = await _customer.Owner.CreateAsync("/v1/members", """{"email":"dev@acme.example","name":"Dev","role":"developer"}""");
        (await _limited.PatchAsync($"/v1/members/{member}", """{"role":"owner"}"""))
            .ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");
    }

    [Fact]
    public async Task Key_MakesNothingThatOutlivesIt()
    {
        var end = _host.Time.GetUtcNow().AddHours(1);
        var (id, secret) = await _customer.Owner.CreateKeyAsync($$"""{"name":"short","role":"owner","expiresAt":"{{end:O}}"}""");
        using var brief = _host.Holding(secret);
        (await brief.PostAsync("/v1/keys", """{"name":"k","role":"owner"}""")).ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");
        (await brief.PostAsync("/v1/keys", $$"""{"name":"k","role":"owner","expiresAt":"{{end.AddSeconds(1):O}}"}"""))
            .ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");
        (await brief.PatchAsync($"/v1/keys/{id}", """{"neverExpires":true}""")).ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");
        (await brief.PostAsync("/v1/keys", $$"""{"name":"k","role":"owner","expiresAt":"{{end:O}}"}""")).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task UpdateKey_MoreTimeForAStrongerKey_IsRefused()
    {
        var end = _host.Time.GetUtcNow().AddHours(1);
        var (id, _) = await _customer.Owner.CreateKeyAsync($$"""{"name":"o","role":"owner","expiresAt":"{{end:O}}"}""");
        (await _limited.PatchAsync($"/v1/keys/{id}", """{"neverExpires":true}""")).ExpectProblem(HttpStatusCode.Forbidden, "privilege-escalation");
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("developer")]
    [InlineData("auditor")]
    public async Task Role_BelowOwner_MakesNeitherKeysNorMembers(string role)
    {
        using var caller = _host.Holding((await _customer.Owner.CreateKeyAsync($$"""{"name":"k","role":"{{role}}"}""")).Secret);
        (await caller.PostAsync("/v1/keys", $$"""{"name":"k","role":"{{role}}"}""")).Expect(HttpStatusCode.Forbidden);
        (await caller.PostAsync("/v1/members", $$"""{"email":"a@b.example","name":"A","role":"{{role}}"}""")).Expect(HttpStatusCode.Forbidden);
        (await caller.DeleteAsync("/v1/tenant")).Expect(HttpStatusCode.Forbidden);
    }
}
