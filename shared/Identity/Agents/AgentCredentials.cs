using System.Security.Cryptography;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Credentials;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Agents;

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
