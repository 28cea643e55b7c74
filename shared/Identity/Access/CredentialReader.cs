using Saas.Contracts;
using Saas.Identity.Agents;
using Saas.Identity.Credentials;
using Saas.Identity.Keys;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Identity.Access;

/// <summary>Reads what the store has about a credential, and turns it into the principal it stands for.</summary>
internal sealed class CredentialReader(TenantScopes scopes, Authorizer authorizer, IChangeSignal signal, TimeProvider time)
{
    /// <summary>Null if there is no such key or node.</summary>
    public async Task<CachedCredential?> ReadAsync(CredentialKind kind, TenantId tenantId, string entityId, CancellationToken ct)
    {
        var topic = IdentityTopics.Of(tenantId);
        var version = signal.Version(topic);
        var loadedAt = time.GetTimestamp();
        var rows = scopes.For(tenantId).IdentityRows();
        var found = await rows.GetAsync(IdentityTable.TenantRow, IdentityJson.Default.TenantRecord, ct) is not { } tenant
            ? null
            : kind == CredentialKind.ApiKey
                ? await ReadKeyAsync(rows, tenantId, tenant.Value, entityId, ct)
                : await ReadAgentAsync(rows, tenantId, tenant.Value, entityId, ct);
        return found is null ? null : found with { Topic = topic, Version = version, LoadedAt = loadedAt };
    }

    private async Task<CachedCredential?> ReadKeyAsync(
        TablePartition rows, TenantId tenantId, TenantRecord tenant, string keyId, CancellationToken ct)
    {
        if (await rows.GetAsync(IdentityTable.Key(keyId), IdentityJson.Default.ApiKeyRecord, ct) is not { } row)
        {
            return null;
        }

        var key = row.Value;
        var lineage = await LineageAsync(rows, key, ct);
        var secrets = new[] { new AcceptedSecret(key.Hash, lineage.ExpiresAt) };
        if (lineage.IsRevoked || await PoliciesAsync(rows, key, ct) is not { } policies)
        {
            return Refused(secrets, AuthenticationFailure.Revoked);
        }

        var principal = new Principal
        {
            Tenant = tenantId,
            Kind = PrincipalKind.ApiKey,
            Id = key.Id,
            Name = key.Name,
            Plan = tenant.Plan,
            Policies = policies,
            ProjectScope = key.ProjectId,
            ExpiresAt = lineage.ExpiresAt,
        };
        return tenant.Status switch
        {
            TenantStatus.Active => Accepted(secrets, principal),
            TenantStatus.Deleting when MayRestore(principal) =>
                Accepted(secrets, principal with { Policies = [BuiltInPolicies.Restoring, BuiltInPolicies.Self] }),
            _ => Refused(secrets, AuthenticationFailure.TenantSuspended),
        };
    }

    private static async Task<CachedCredential?> ReadAgentAsync(
        TablePartition rows, TenantId tenantId, TenantRecord tenant, string nodeId, CancellationToken ct)
    {
        if (await rows.GetAsync(IdentityTable.Agent(nodeId), IdentityJson.Default.AgentCredentialRecord, ct) is not { } row)
        {
            return null;
        }

        var secrets = row.Value.Tokens.Select(t => new AcceptedSecret(t.Hash, t.ExpiresAt)).ToArray();
        return tenant.Status != TenantStatus.Active
            ? Refused(secrets, AuthenticationFailure.TenantSuspended)
            : Accepted(secrets, new Principal
            {
                Tenant = tenantId,
                Kind = PrincipalKind.Agent,
                Id = nodeId,
                Name = row.Value.Name,
                Plan = tenant.Plan,
                Policies = [BuiltInPolicies.ForNode(nodeId), BuiltInPolicies.Self],
            });
    }

    /// <summary>A token ends with the key that made it, and that with its own: nothing has to be written to them for it.</summary>
    private static async Task<(bool IsRevoked, DateTimeOffset? ExpiresAt)> LineageAsync(TablePartition rows, ApiKeyRecord key, CancellationToken ct)
    {
        var (isRevoked, end) = (key.RevokedAt is not null, key.ExpiresAt);
        for (var parentId = key.Token?.ParentId; parentId is not null && !isRevoked;)
        {
            var parent = (await rows.GetAsync(IdentityTable.Key(parentId), IdentityJson.Default.ApiKeyRecord, ct))?.Value;
            isRevoked = parent is null || parent.RevokedAt is not null || await PoliciesAsync(rows, parent, ct) is null;
            end = end is null || parent?.ExpiresAt < end ? parent?.ExpiresAt ?? end : end;
            parentId = parent?.Token?.ParentId;
        }

        return (isRevoked, end);
    }

    /// <summary>Null if the key is a member's who has left.</summary>
    private static async Task<IReadOnlyList<AccessPolicy>?> PoliciesAsync(TablePartition rows, ApiKeyRecord key, CancellationToken ct)
    {
        var role = key.Role;
        if (key.MemberId is { } memberId)
        {
            if (await rows.GetAsync(IdentityTable.Member(memberId), IdentityJson.Default.MemberRecord, ct) is not { } member)
            {
                return null;
            }

            role = member.Value.Role;
        }

        return role is null
            ? [.. key.Policies ?? [], BuiltInPolicies.Self]
            : [BuiltInPolicies.Roles[role], BuiltInPolicies.Self];
    }

    private bool MayRestore(Principal principal) =>
        authorizer.Decide(principal, BuiltInPolicies.RestoreAction, ResourceNames.Tenant).IsAllowed;

    private static CachedCredential Accepted(AcceptedSecret[] secrets, Principal principal) =>
        new(secrets, principal, default, "", 0, 0);

    private static CachedCredential Refused(AcceptedSecret[] secrets, AuthenticationFailure failure) =>
        new(secrets, null, failure, "", 0, 0);
}
