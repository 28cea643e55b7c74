using System.Security.Cryptography;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Credentials;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Agents;

public enum EnrolRefusal
{
    /// <summary>No such token, or a wrong secret: not told apart.</summary>
    UnknownToken,

    Expired,

    /// <summary>Used before, for another key.</summary>
    AlreadyUsed,

    /// <summary>Not a P-256 public key.</summary>
    BadPublicKey,

    /// <summary>The plan's number of nodes is reached.</summary>
    QuotaExceeded,

    TenantSuspended,
}

/// <summary>A machine that enrolled, and where.</summary>
/// <param name="IsNew">False: the same machine asked again.</param>
public sealed record EnrolledAgent(TenantScope Tenant, SiteRecord Site, AgentCredentialRecord Agent, bool IsNew);

/// <summary>Either the machine or why not.</summary>
/// <param name="Error">With the numbers, when a quota refused it.</param>
public sealed record EnrolOutcome(EnrolledAgent? Enrolled, EnrolRefusal Refusal, string Detail, IdentityError? Error = null)
{
    public static EnrolOutcome Refused(EnrolRefusal refusal, string detail, IdentityError? error = null) => new(null, refusal, detail, error);
}

/// <summary>
/// Spends an enrolment token on the registration of a machine's key. Token, credential, site and quota change in one
/// batch, so a token buys exactly one node, and an agent that lost the answer asks again and gets the same node.
/// </summary>
public sealed class AgentEnrolment(TenantScopes scopes, TenantLedger ledger, TimeProvider time)
{
    public async Task<EnrolOutcome> EnrolAsync(EnrolRequest request, CancellationToken ct)
    {
        if (!CredentialText.TryLocate(request.Token, out var kind, out var locator) || kind != CredentialKind.EnrolmentToken)
        {
            return EnrolOutcome.Refused(EnrolRefusal.UnknownToken, "No such enrolment token.");
        }

        if (PublicKeys.ReadP256(request.PublicKey) is not { } publicKey)
        {
            return EnrolOutcome.Refused(
                EnrolRefusal.BadPublicKey, "Expected a P-256 public key: SubjectPublicKeyInfo in base64.");
        }

        var (tenant, tokenId) = CredentialText.Names(kind, locator);
        var scope = scopes.For(tenant);
        var hash = CredentialText.Hash(request.Token);
        var refused = (EnrolOutcome?)null;
        var outcome = await ledger.ChangeAsync<EnrolledAgent>(
            scope,
            async (change, token) =>
            {
                var spent = await SpendAsync(change, tokenId, hash, publicKey, request.Name, token);
                refused = spent.Enrolled is null ? spent : null;
                return spent.Enrolled is { } enrolled ? enrolled : new IdentityError(IdentityErrorKind.WrongState, spent.Detail);
            },
            ct);
        return outcome.IsDone
            ? new EnrolOutcome(outcome.Value, default, "")
            : refused ?? EnrolOutcome.Refused(EnrolRefusal.UnknownToken, "No such enrolment token.");
    }

    private async Task<EnrolOutcome> SpendAsync(
        TenantChange change, string tokenId, byte[] hash, byte[] publicKey, string name, CancellationToken ct)
    {
        var row = await change.Rows.GetAsync(
            IdentityTable.EnrolmentToken(tokenId), IdentityJson.Default.EnrolmentTokenRecord, ct);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.Value.Hash, hash))
        {
            return EnrolOutcome.Refused(EnrolRefusal.UnknownToken, "No such enrolment token.");
        }

        if (change.Tenant.Status != TenantStatus.Active)
        {
            return EnrolOutcome.Refused(EnrolRefusal.TenantSuspended, "The tenant is suspended.");
        }

        var site = await change.Rows.GetAsync(IdentityTable.Site(row.Value.SiteId), IdentityJson.Default.SiteRecord, ct);
        if (site is null)
        {
            return EnrolOutcome.Refused(EnrolRefusal.UnknownToken, "The token's site was removed.");
        }

        if (row.Value.UsedBy is { } usedBy)
        {
            return await RepeatAsync(change, usedBy, publicKey, site.Value, ct);
        }

        var now = time.GetUtcNow();
        if (row.Value.ExpiresAt <= now)
        {
            return EnrolOutcome.Refused(EnrolRefusal.Expired, $"The enrolment token expired at {row.Value.ExpiresAt:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        if (change.Take(QuotaKind.Nodes) is { } exceeded)
        {
            return EnrolOutcome.Refused(EnrolRefusal.QuotaExceeded, exceeded.Detail, exceeded);
        }

        var agent = new AgentCredentialRecord
        {
            Id = EntityId.New(IdPrefixes.Node, time),
            SiteId = site.Value.Id,
            Name = name,
            PublicKey = publicKey,
            EnrolledAt = now,
        };
        var used = row.Value with { UsedAt = now, UsedBy = agent.Id };
        var grown = site.Value with { Nodes = site.Value.Nodes + 1 };
        change.Return(QuotaKind.EnrolmentTokens);
        change.Writes.Add(TableWrite.Replace(row.Row, TablePartition.Bytes(used, IdentityJson.Default.EnrolmentTokenRecord), row.ETag));
        change.Writes.Add(TableWrite.Replace(site.Row, TablePartition.Bytes(grown, IdentityJson.Default.SiteRecord), site.ETag));
        change.Writes.Add(TableWrite.Insert(
            IdentityTable.Agent(agent.Id), TablePartition.Bytes(agent, IdentityJson.Default.AgentCredentialRecord)));
        return new EnrolOutcome(new EnrolledAgent(change.Scope, grown, agent, IsNew: true), default, "");
    }

    private static async Task<EnrolOutcome> RepeatAsync(
        TenantChange change, string nodeId, byte[] publicKey, SiteRecord site, CancellationToken ct)
    {
        var agent = await change.Rows.GetAsync(IdentityTable.Agent(nodeId), IdentityJson.Default.AgentCredentialRecord, ct);
        return agent is not null && agent.Value.PublicKey.AsSpan().SequenceEqual(publicKey)
            ? new EnrolOutcome(new EnrolledAgent(change.Scope, site, agent.Value, IsNew: false), default, "")
            : EnrolOutcome.Refused(EnrolRefusal.AlreadyUsed, "The enrolment token was used before, with another key. Make a new one.");
    }
}

internal static class PublicKeys
{
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>SubjectPublicKeyInfo of a point on P-256, in the one form it has; null for anything else.</summary>
    public static byte[]? ReadP256(string base64)
    {
        var bytes = new byte[128];
        if (base64.Length > 160 || !Convert.TryFromBase64String(base64, bytes, out var length))
        {
            return null;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(bytes.AsSpan(0, length), out var read);
            return read == length && key.ExportParameters(false).Curve.Oid.Value == P256 ? key.ExportSubjectPublicKeyInfo() : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
