using System.Security.Cryptography;
using Saas.Contracts.Agents;
using Saas.Identity.Access;
using Saas.Identity.Agents;
using Saas.Identity.Tenants;
using Saas.Identity.Tests.Shared;
using Saas.Storage;

namespace Saas.Identity.Tests.Agents;

public sealed class AgentCredentialsTests : IAsyncLifetime
{
    private readonly IdentityBench _bench = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private TenantScope _scope = null!;
    private string _node = "";

    public async ValueTask InitializeAsync()
    {
        (_scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(_scope, await _bench.AddSiteAsync(_scope));
        _node = (await _bench.Enrolment.EnrolAsync(IdentityBench.Request(token, _key), CancellationToken.None)).Enrolled!.Agent.Id;
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Issue_SignedAssertion_GivesATokenThatAuthenticatesTheNode()
    {
        var token = (await IssueAsync(Claims())).Token;
        Assert.Equal(900, token!.ExpiresInSeconds);
        var principal = (await AuthenticateAsync(token.AccessToken)).Principal!;
        Assert.Equal((PrincipalKind.Agent, _node), (principal.Kind, principal.Id));
        Assert.True(_bench.Authorizer.Decide(principal, "agent:assignment", "node/" + _node).IsAllowed);
    }

    [Fact]
    public async Task Issue_Again_TheTokenBeforeStaysUntilItExpires()
    {
        var first = (await IssueAsync(Claims())).Token!.AccessToken;
        Assert.NotNull((await AuthenticateAsync(first)).Principal);
        var second = (await IssueAsync(Claims())).Token!.AccessToken;
        Assert.NotNull((await AuthenticateAsync(second)).Principal);
        Assert.NotNull((await AuthenticateAsync(first)).Principal);
        _bench.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(AuthenticationFailure.Expired, (await AuthenticateAsync(first)).Failure);
    }

    [Fact]
    public async Task Issue_NodeRemoved_ItsTokensStopAtOnce()
    {
        var token = (await IssueAsync(Claims())).Token!.AccessToken;
        Assert.NotNull((await AuthenticateAsync(token)).Principal);
        await _bench.Credentials.RemoveAsync(_scope, _node, CancellationToken.None);
        Assert.Equal(AuthenticationFailure.Unknown, (await AuthenticateAsync(token)).Failure);
        Assert.Equal(TokenRefusal.UnknownOrForged, (await IssueAsync(Claims())).Refusal);
    }

    [Fact]
    public async Task Issue_SameAssertionTwice_IsAReplayForAsLongAsItsTimesWouldPass()
    {
        var assertion = AgentAssertion.Sign(_key, Claims());
        Assert.NotNull((await IssueAsync(assertion)).Token);
        var last = TokenRefusal.Replayed;
        for (var second = 0; second < 900 && last == TokenRefusal.Replayed; second += 15)
        {
            last = (await IssueAsync(assertion)).Refusal;
            _bench.Time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.True(last is TokenRefusal.Expired or TokenRefusal.ClockSkew, $"It ended with {last}.");
    }

    [Fact]
    public async Task Issue_AssertionsOfOneIdAtOnce_ExactlyOneToken()
    {
        var assertion = AgentAssertion.Sign(_key, Claims());
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => IssueAsync(assertion))));
        Assert.Single(outcomes, o => o.Token is not null);
        Assert.All(outcomes.Where(o => o.Token is null), o => Assert.Equal(TokenRefusal.Replayed, o.Refusal));
    }

    [Fact]
    public async Task Issue_SignedWithAnotherKey_IsRefusedAsAnUnknownNodeIs()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = await IssueAsync(AgentAssertion.Sign(other, Claims()));
        var unknown = await IssueAsync(AgentAssertion.Sign(_key, Claims() with { Iss = Contracts.EntityId.New("node", _bench.Time) }));
        Assert.Equal(TokenRefusal.UnknownOrForged, forged.Refusal);
        Assert.Equal(forged, unknown);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task Issue_ClockTenMinutesOff_IsRefusedNamingTheServersTime(int minutes)
    {
        var refused = await IssueAsync(Claims(TimeSpan.FromMinutes(minutes)));
        Assert.Equal(TokenRefusal.ClockSkew, refused.Refusal);
        Assert.Contains("2026-01-01T00:00:00Z", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("600 seconds", refused.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-100)]
    [InlineData(100)]
    public async Task Issue_ClockALittleOff_IsAccepted(int seconds) =>
        Assert.NotNull((await IssueAsync(Claims(TimeSpan.FromSeconds(seconds)))).Token);

    [Fact]
    public async Task Issue_WrongAudienceOrTooLongALife_IsRefused()
    {
        Assert.Equal(TokenRefusal.WrongClaims, (await IssueAsync(Claims() with { Aud = "other" })).Refusal);
        var claims = Claims();
        Assert.Equal(TokenRefusal.WrongClaims, (await IssueAsync(claims with { Exp = claims.Iat + 301 })).Refusal);
        Assert.Equal(TokenRefusal.WrongClaims, (await IssueAsync(claims with { Exp = claims.Iat })).Refusal);
        Assert.Equal(TokenRefusal.WrongClaims, (await IssueAsync(claims with { Iat = long.MinValue, Exp = long.MaxValue })).Refusal);
        Assert.Equal(TokenRefusal.WrongClaims, (await IssueAsync(claims with { Iat = long.MaxValue, Exp = long.MinValue })).Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("not an assertion")]
    public async Task Issue_NotAnAssertion_IsMalformed(string assertion) =>
        Assert.Equal(TokenRefusal.Malformed, (await IssueAsync(assertion)).Refusal);

    [Fact]
    public async Task Issue_InALoop_IsStoppedAndTheRowStaysSmall()
    {
        var outcomes = new List<TokenOutcome>();
        for (var i = 0; i < 80; i++)
        {
            outcomes.Add(await IssueAsync(Claims()));
        }

        Assert.Equal(AgentCredentials.MaxRememberedAssertions, outcomes.Count(o => o.Token is not null));
        Assert.Equal(TokenRefusal.TooMany, outcomes[^1].Refusal);
        Assert.Equal(AgentCredentials.MaxTokens, (await _scope.FindAgentAsync(_node, CancellationToken.None))!.Tokens.Count);
        _bench.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.NotNull((await IssueAsync(Claims())).Token);
    }

    [Fact]
    public async Task Issue_TenantBeingDeleted_IsRefused()
    {
        await _bench.Removal.BeginAsync(_scope, TimeSpan.FromDays(1), CancellationToken.None);
        Assert.Equal(TokenRefusal.TenantSuspended, (await IssueAsync(Claims())).Refusal);
    }

    private AssertionClaims Claims(TimeSpan clockOff = default)
    {
        var now = (_bench.Time.GetUtcNow() + clockOff).ToUnixTimeSeconds();
        return new AssertionClaims(_node, _scope.Tenant.Value, AgentAssertion.Audience, now, now + 60, Guid.NewGuid().ToString("n"));
    }

    private Task<TokenOutcome> IssueAsync(AssertionClaims claims) => IssueAsync(AgentAssertion.Sign(_key, claims));

    private Task<TokenOutcome> IssueAsync(string assertion) => _bench.Credentials.IssueTokenAsync(assertion, CancellationToken.None);

    private async Task<AuthenticationResult> AuthenticateAsync(string token) =>
        await _bench.Authenticator.AuthenticateAsync(token, CancellationToken.None);
}
