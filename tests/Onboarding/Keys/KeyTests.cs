using System.Net;
using Saas.Onboarding.Tests.Shared;

namespace Saas.Onboarding.Tests.Keys;

public sealed class KeyTests : IAsyncLifetime
{
    private readonly OnboardingHost _host = new();
    private Customer _customer = null!;

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        _customer = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Caller Owner => _customer.Owner;

    [Fact]
    public async Task Create_SecretIsShownOnceAndListsNeverHaveIt()
    {
        var (id, secret) = await Owner.CreateKeyAsync("""{"name":"ci","role":"developer"}""");
        var one = (await Owner.GetAsync($"/v1/keys/{id}")).Expect(HttpStatusCode.OK);
        var all = (await Owner.GetAsync("/v1/keys")).Expect(HttpStatusCode.OK);
        Assert.DoesNotContain(secret[^52..], one.Body + all.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", one.Body + all.Body, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, all.Items.Length);
    }

    [Fact]
    public async Task Revoke_KeyIsRefusedAtOnce_AndRepeatingIsHarmless()
    {
        var (id, secret) = await Owner.CreateKeyAsync("""{"name":"ci","role":"developer"}""");
        using var ci = _host.Holding(secret);
        (await ci.GetAsync("/v1/tenant")).Expect(HttpStatusCode.OK);
        (await Owner.DeleteAsync($"/v1/keys/{id}")).Expect(HttpStatusCode.NoContent);
        (await ci.GetAsync("/v1/tenant")).Expect(HttpStatusCode.Unauthorized);
        (await Owner.DeleteAsync($"/v1/keys/{id}")).Expect(HttpStatusCode.NoContent);
        Assert.Equal(1, await UsedAsync("keys"));
    }

    [Fact]
    public async Task Expiry_Passed_KeyIsRefused()
    {
        var end = _host.Time.GetUtcNow().AddHours(1);
        var (_, secret) = await Owner.CreateKeyAsync($$"""{"name":"ci","role":"developer","expiresAt":"{{end:O}}"}""");
        using var ci = _host.Holding(secret);
        (await ci.GetAsync("/v1/tenant")).Expect(HttpStatusCode.OK);
        _host.Time.Advance(TimeSpan.FromHours(1));
        (await ci.GetAsync("/v1/tenant")).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Update_Expiry_TakesEffectAtOnce()
    {
        var (id, secret) = await Owner.CreateKeyAsync("""{"name":"ci","role":"developer"}""");
        var end = _host.Time.GetUtcNow().AddMinutes(1);
        (await Owner.PatchAsync($"/v1/keys/{id}", $$"""{"expiresAt":"{{end:O}}"}""")).Expect(HttpStatusCode.OK);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        (await _host.Holding(secret).GetAsync("/v1/tenant")).Expect(HttpStatusCode.Unauthorized);
        (await Owner.PatchAsync($"/v1/keys/{id}", """{"neverExpires":true}""")).ExpectProblem(HttpStatusCode.Conflict, "wrong-state");
    }

    [Fact]
    public async Task LastOwnerKey_CannotBeRevokedOrMadeToExpire()
    {
        var first = Assert.Single((await Owner.GetAsync("/v1/keys")).Items).GetProperty("id").GetString();
        var end = _host.Time.GetUtcNow().AddDays(1);
        (await Owner.DeleteAsync($"/v1/keys/{first}")).ExpectProblem(HttpStatusCode.Conflict, "last-owner-key");
        (await Owner.PatchAsync($"/v1/keys/{first}", $$"""{"expiresAt":"{{end:O}}"}""")).ExpectProblem(HttpStatusCode.Conflict, "last-owner-key");

        var (_, second) = await Owner.CreateKeyAsync("""{"name":"second","role":"owner"}""");
        (await Owner.DeleteAsync($"/v1/keys/{first}")).Expect(HttpStatusCode.NoContent);
        (await _host.Holding(second).GetAsync("/v1/keys")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TwoOwnerKeysRevokedAtOnce_OneStays()
    {
        var ids = new List<string> { Assert.Single((await Owner.GetAsync("/v1/keys")).Items).GetProperty("id").GetString()! };
        var callers = new List<Caller> { Owner };
        for (var i = 0; i < 5; i++)
        {
            var (id, secret) = await Owner.CreateKeyAsync("""{"name":"more","role":"owner"}""");
            ids.Add(id);
            callers.Add(_host.Holding(secret));
        }

        var answers = await Task.WhenAll(ids.Select((id, i) => callers[i].DeleteAsync($"/v1/keys/{id}")));
        Assert.Single(answers, a => a.Problem == "last-owner-key");
        Assert.Equal(5, answers.Count(a => a.Status == HttpStatusCode.NoContent));
    }

    [Theory]
    [InlineData("""{"name":"k","role":"owner","policies":[{"name":"p","statements":[]}]}""")]
    [InlineData("""{"name":"k"}""")]
    [InlineData("""{"name":"k","role":"agent"}""")]
    [InlineData("""{"name":"k","role":"owner","expiresAt":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"k","policies":[]}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[{"effect":"permit","actions":["*"],"resources":["*"]}]}]}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[{"effect":"allow","actions":["agent:report"],"resources":["*"]}]}]}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[{"effect":"allow","actions":[],"resources":["*"]}]}]}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[{"effect":"allow","actions":[null],"resources":["*"]}]}]}""")]
    [InlineData("""{"name":"k","policies":[null]}""")]
    [InlineData("""{"name":"k","policies":[{"name":"p","statements":[null]}]}""")]
    [InlineData("""{"name":"k","role":"owner","projectId":"default"}""")]
    public async Task Create_NotAKeyThereCanBe_Is400(string body) =>
        (await Owner.PostAsync("/v1/keys", body)).ExpectProblem(HttpStatusCode.BadRequest, "invalid-request");

    [Fact]
    public async Task ProjectKey_SeesOnlyItsProject()
    {
        var other = await Owner.CreateAsync("/v1/projects", """{"name":"other"}""");
        var (_, secret) = await Owner.CreateKeyAsync($$"""{"name":"k","role":"owner","projectId":"{{_customer.ProjectId}}"}""");
        using var confined = _host.Holding(secret);
        Assert.Equal(_customer.ProjectId, Assert.Single((await confined.GetAsync("/v1/projects")).Items).GetProperty("id").GetString());
        (await confined.GetAsync($"/v1/projects/{_customer.ProjectId}")).Expect(HttpStatusCode.OK);
        (await confined.GetAsync($"/v1/projects/{other}")).Expect(HttpStatusCode.Forbidden);
        foreach (var path in (string[])["/v1/tenant", "/v1/keys", "/v1/members", "/v1/sites"])
        {
            (await confined.GetAsync(path)).Expect(HttpStatusCode.Forbidden);
        }

        (await confined.PostAsync("/v1/projects", """{"name":"third"}""")).Expect(HttpStatusCode.Forbidden);
        (await confined.GetAsync("/v1/whoami")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task MemberKey_FollowsTheMembersRoleAndEndsWithTheMembership()
    {
        var member = await Owner.CreateAsync("/v1/members", """{"email":"dev@acme.example","name":"Dev","role":"developer"}""");
        var (_, secret) = await Owner.CreateKeyAsync($$"""{"name":"k","memberId":"{{member}}"}""");
        using var key = _host.Holding(secret);
        (await key.GetAsync("/v1/keys")).Expect(HttpStatusCode.Forbidden);
        (await Owner.PatchAsync($"/v1/members/{member}", """{"role":"auditor"}""")).Expect(HttpStatusCode.OK);
        (await key.GetAsync("/v1/keys")).Expect(HttpStatusCode.OK);
        (await Owner.DeleteAsync($"/v1/members/{member}")).Expect(HttpStatusCode.NoContent);
        (await key.GetAsync("/v1/keys")).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal((1, 1), (await UsedAsync("keys"), await UsedAsync("members")));
    }

    [Fact]
    public async Task ExpiredKeys_GiveTheirPlacesBackWhenTheyAreNeeded()
    {
        var limit = (await Owner.GetAsync("/v1/tenant")).Json.GetProperty("quotas").GetProperty("keys").GetProperty("limit").GetInt32();
        var end = _host.Time.GetUtcNow().AddHours(1);
        for (var i = 1; i < limit; i++)
        {
            await Owner.CreateKeyAsync($$"""{"name":"k","role":"developer","expiresAt":"{{end:O}}"}""");
        }

        var full = (await Owner.PostAsync("/v1/keys", """{"name":"k","role":"developer"}""")).ExpectProblem(HttpStatusCode.Forbidden, "quota-exceeded");
        Assert.Contains($"{limit} keys", full.Text("detail"), StringComparison.Ordinal);
        _host.Time.Advance(TimeSpan.FromHours(1));
        (await Owner.PostAsync("/v1/keys", """{"name":"k","role":"developer"}""")).Expect(HttpStatusCode.Created);
    }

    private async Task<int> UsedAsync(string quota) =>
        (await Owner.GetAsync("/v1/tenant")).Json.GetProperty("quotas").GetProperty(quota).GetProperty("used").GetInt32();
}
