using System.Security.Cryptography;
using System.Text;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Credentials;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Agents;

public enum TokenRefusal
{
    /// <summary>Not a JWT of the form agents send.</summary>
    Malformed,

    /// <summary>No such node, or not signed with its key: not told apart.</summary>
    UnknownOrForged,

    /// <summary>Issued for something else, or for longer than allowed.</summary>
    WrongClaims,

    /// <summary>The agent's clock and ours differ by more than <see cref="AgentProtocol.AllowedClockSkew"/>.</summary>
    ClockSkew,

    Expired,

    /// <summary>Its <c>jti</c> was used before.</summary>
    Replayed,

    /// <summary>More tokens in a short time than an agent needs: wait.</summary>
    TooMany,

    TenantSuspended,
}

/// <summary>Either a token or why not, with a text for the agent's log.</summary>
public sealed record TokenOutcome(TokenResponse? Token, TokenRefusal Refusal, string Detail)
{
    public static TokenOutcome Issued(TokenResponse token) => new(token, default, "");

    public static TokenOutcome Refused(TokenRefusal refusal, string detail) => new(null, refusal, detail);
}

/// <summary>Turns assertions signed with a machine's key into access tokens of minutes.</summary>
public sealed class AgentCredentials(TenantScopes scopes, TenantLedger ledger, TimeProvider time)
{
    /// <summary>An agent renews while the last one is still in use; more than a few at once is a fault.</summary>
    public const int MaxTokens = 4;

    /// <summary>Bounds the row against an agent that asks in a loop.</summary>
    public const int MaxRememberedAssertions = 64;

    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(15);

    private const int MaxAttempts = 10;

    /// <summary>
    /// An access token for the assertion. The clock is only judged once the signature is right, so that the problem
    /// with the server's time goes to a machine we know.
    /// </summary>
    public async Task<TokenOutcome> IssueTokenAsync(string assertion, CancellationToken ct)
    {
        if (AgentAssertion.ReadUnverified(assertion) is not { } claims
            || !TenantId.TryParse(claims.Ten, out var tenantId) || !EntityId.IsValid(IdPrefixes.Node, claims.Iss)
            || claims.Jti is not { Length: >= 1 and <= 256 })
        {
            return TokenOutcome.Refused(
                TokenRefusal.Malformed, "Expected an ES256 JWT with iss, ten, aud, iat, exp and a jti of 1 to 256 characters.");
        }

        var rows = scopes.For(tenantId).IdentityRows();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await rows.GetAsync(IdentityTable.Agent(claims.Iss), IdentityJson.Default.AgentCredentialRecord, ct) is not { } agent
                || !IsSigned(agent.Value, assertion))
            {
                return TokenOutcome.Refused(
                    TokenRefusal.UnknownOrForged, "No node of this id has enrolled with the key the assertion is signed with.");
            }

            var tenant = await rows.GetAsync(IdentityTable.TenantRow, IdentityJson.Default.TenantRecord, ct);
            if (tenant?.Value.Status != TenantStatus.Active)
            {
                return TokenOutcome.Refused(TokenRefusal.TenantSuspended, "The tenant is suspended.");
            }

            var now = time.GetUtcNow();
            if (AssertionRules.Refuse(claims, agent.Value, now) is { } refused)
            {
                return refused;
            }

            var token = CredentialText.Mint(CredentialKind.AgentAccessToken, tenantId, claims.Iss);
            var changed = agent.Value with
            {
                Tokens = [.. agent.Value.Tokens.Where(t => t.ExpiresAt > now).TakeLast(MaxTokens - 1), new(CredentialText.Hash(token), now + TokenLifetime)],
                UsedAssertions = [.. agent.Value.UsedAssertions.Where(u => u.ForgetAt > now), AssertionRules.Use(claims, now)],
            };
            var written = await rows.WriteAsync(
                TableWrite.Replace(agent.Row, TablePartition.Bytes(changed, IdentityJson.Default.AgentCredentialRecord), agent.ETag), ct);
            if (written.IsDone)
            {
                // Nothing is signalled: a token no cache knows is looked up, and a fleet renewing would empty them all.
                return TokenOutcome.Issued(new TokenResponse(token, (int)TokenLifetime.TotalSeconds));
            }
        }

        throw new StorageUnavailableException($"The node's credential changed during each of {MaxAttempts} attempts.");
    }

    /// <summary>Ends the registration: its tokens stop working, and its place in the quota is free. Repeating is harmless.</summary>
    public Task<Outcome<AgentCredentialRecord>> RemoveAsync(TenantScope scope, string nodeId, CancellationToken ct) =>
        ledger.ChangeAsync<AgentCredentialRecord>(
            scope,
            async (change, token) =>
            {
                if (await change.Rows.GetAsync(IdentityTable.Agent(nodeId), IdentityJson.Default.AgentCredentialRecord, token) is not { } agent)
                {
                    return IdentityError.NotFound("node");
                }

                change.Writes.Add(TableWrite.Delete(agent.Row, agent.ETag));
                change.Return(QuotaKind.Nodes);
                if (await change.Rows.GetAsync(IdentityTable.Site(agent.Value.SiteId), IdentityJson.Default.SiteRecord, token) is { } site)
                {
                    var left = site.Value with { Nodes = Math.Max(0, site.Value.Nodes - 1) };
                    change.Writes.Add(TableWrite.Replace(
                        site.Row, TablePartition.Bytes(left, IdentityJson.Default.SiteRecord), site.ETag));
                }

                return agent.Value;
            },
            ct);

    private static bool IsSigned(AgentCredentialRecord agent, string assertion)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(agent.PublicKey, out _);
        return AgentAssertion.IsSignedBy(key, assertion);
    }
}

/// <summary>What an assertion with a right signature must hold to besides.</summary>
internal static class AssertionRules
{
    /// <summary>Null: it may be used.</summary>
    public static TokenOutcome? Refuse(AssertionClaims claims, AgentCredentialRecord agent, DateTimeOffset now)
    {
        if (claims.Aud != AgentAssertion.Audience || claims.Exp <= claims.Iat
            || claims.Exp - claims.Iat > (long)AgentProtocol.MaxAssertionLifetime.TotalSeconds)
        {
            return TokenOutcome.Refused(
                TokenRefusal.WrongClaims,
                $"Expected aud {AgentAssertion.Audience} and exp at most {AgentProtocol.MaxAssertionLifetime.TotalSeconds:0} seconds after iat.");
        }

        var seconds = now.ToUnixTimeSeconds();
        var skew = (long)AgentProtocol.AllowedClockSkew.TotalSeconds;
        if (claims.Iat > seconds + skew || claims.Iat < seconds - skew - (claims.Exp - claims.Iat))
        {
            return TokenOutcome.Refused(
                TokenRefusal.ClockSkew,
                $"The machine's clock is off by {Math.Abs((decimal)claims.Iat - seconds)} seconds; {skew} are allowed. The server's time is {now:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        if (claims.Exp < seconds - skew)
        {
            return TokenOutcome.Refused(TokenRefusal.Expired, $"The assertion has expired. The server's time is {now:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        var live = agent.UsedAssertions.Where(u => u.ForgetAt > now).ToList();
        var id = IdHash(claims.Jti);
        if (live.Any(u => u.IdHash.AsSpan().SequenceEqual(id)))
        {
            return TokenOutcome.Refused(TokenRefusal.Replayed, "The assertion was used before. Sign a new one with its own jti.");
        }

        return live.Count >= AgentCredentials.MaxRememberedAssertions
            ? TokenOutcome.Refused(TokenRefusal.TooMany, "Too many access tokens were asked for. Use the last one until it expires.")
            : null;
    }

    /// <summary>Remembered until the latest moment at which <see cref="Refuse"/> would still let its times pass.</summary>
    public static UsedAssertion Use(AssertionClaims claims, DateTimeOffset now)
    {
        var last = DateTimeOffset.FromUnixTimeSeconds(claims.Exp) + AgentProtocol.AllowedClockSkew + TimeSpan.FromSeconds(1);
        return new UsedAssertion(IdHash(claims.Jti), last > now ? last : now);
    }

    private static byte[] IdHash(string jti) => SHA256.HashData(Encoding.UTF8.GetBytes(jti))[..16];
}
