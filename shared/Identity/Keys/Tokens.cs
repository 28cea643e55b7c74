using Saas.Identity.Access;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Keys;

/// <summary>What a key asks for when it makes a token.</summary>
public sealed record TokenRequest
{
    public required string Name { get; init; }

    /// <summary>Names of the caller's own policies or of roles; null: all that the caller may.</summary>
    public IReadOnlyList<string>? Policies { get; init; }

    /// <summary>Confines the token; null: to what the caller is confined to.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Does not end with the caller's key. Not for everybody: the route asks for a permission.</summary>
    public bool IsOrphan { get; init; }

    /// <summary>Zero: as long as may be.</summary>
    public TimeSpan Ttl { get; init; }

    public TimeSpan ExplicitMaxTtl { get; init; }
    public TimeSpan Period { get; init; }
    public bool Renewable { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
}

/// <summary>Tokens: keys that a key makes for a time and that may do no more than it. They count as keys.</summary>
public sealed class Tokens(TenantLedger ledger, TimeProvider time)
{
    public Task<Outcome<IssuedApiKey>> CreateAsync(TenantScope tenant, Principal caller, TokenRequest request, CancellationToken ct) =>
        ledger.ChangeAsync<IssuedApiKey>(
            tenant,
            async (change, token) =>
            {
                var now = time.GetUtcNow();
                if (await ReadAsync(change, caller.Id, token) is not { } parent || parent.RevokedAt is not null || parent.ExpiresAt <= now)
                {
                    return IdentityError.NotFound("parent token");
                }

                var depth = (parent.Token?.Depth ?? 0) + 1;
                if (depth > TokenTerms.MaxDepth)
                {
                    return new IdentityError(IdentityErrorKind.WrongState, $"tokens are made {TokenTerms.MaxDepth} deep at most");
                }

                if (caller.ProjectScope is { } only && (request.ProjectId ?? only) != only)
                {
                    return new IdentityError(IdentityErrorKind.PrivilegeEscalation, "the token would see another project than its parent");
                }

                var granted = Policies(caller, request.Policies);
                if (granted is null || (request.Policies is not null && Grants.FirstBeyond(caller.Policies, granted) is not null))
                {
                    return new IdentityError(IdentityErrorKind.PrivilegeEscalation, "child policies must be subset of parent");
                }

                await KeySweep.RunAsync(change, now, token);
                if (change.Take(QuotaKind.Keys) is { } exceeded)
                {
                    return exceeded;
                }

                var terms = Terms(request, parent, depth, now);
                var issued = ApiKeys.Mint(tenant.Tenant, request.Name, time, blank => Grant(blank, parent, granted, request) with
                {
                    ProjectId = request.ProjectId ?? parent.ProjectId,
                    CreatedBy = parent.Id,
                    Token = terms,
                    ExpiresAt = Earliest(now + terms.Ttl, terms.LastEnd(now), parent.ExpiresAt),
                });
                change.Writes.Add(TableWrite.Insert(
                    IdentityTable.Key(issued.Record.Id), TablePartition.Bytes(issued.Record, IdentityJson.Default.ApiKeyRecord)));
                return issued;
            },
            ct);

    /// <summary>Gives a renewable token more time: <paramref name="increment"/>, or what it was made with; of a periodic one its period.</summary>
    /// <returns>The token; WrongState where it is not renewable.</returns>
    public Task<Outcome<ApiKeyRecord>> RenewAsync(TenantScope tenant, string keyId, TimeSpan increment, CancellationToken ct) =>
        ledger.ChangeAsync<ApiKeyRecord>(
            tenant,
            async (change, token) =>
            {
                var now = time.GetUtcNow();
                if (await change.Rows.GetAsync(IdentityTable.Key(keyId), IdentityJson.Default.ApiKeyRecord, token) is not { } row)
                {
                    return IdentityError.NotFound("token");
                }

                if (row.Value is not { Token: { Renewable: true } terms, RevokedAt: null } key || key.ExpiresAt <= now)
                {
                    return new IdentityError(IdentityErrorKind.WrongState, "lease is not renewable");
                }

                var wanted = terms.Period > TimeSpan.Zero ? terms.Period : increment > TimeSpan.Zero ? increment : terms.Ttl;
                var parent = terms.ParentId is { } id ? await ReadAsync(change, id, token) : null;
                var renewed = key with
                {
                    ExpiresAt = Earliest(now + wanted, terms.LastEnd(key.CreatedAt), parent?.ExpiresAt),
                    Token = terms with { RenewedAt = now },
                };
                change.Writes.Add(TableWrite.Replace(
                    row.Row, TablePartition.Bytes(renewed, IdentityJson.Default.ApiKeyRecord), row.ETag));
                return renewed;
            },
            ct);

    private static async ValueTask<ApiKeyRecord?> ReadAsync(TenantChange change, string keyId, CancellationToken ct) =>
        (await change.Rows.GetAsync(IdentityTable.Key(keyId), IdentityJson.Default.ApiKeyRecord, ct))?.Value;

    /// <summary>Null: one of them is neither the caller's nor a role.</summary>
    private static List<AccessPolicy>? Policies(Principal caller, IReadOnlyList<string>? names)
    {
        var found = new List<AccessPolicy>();
        foreach (var name in (names ?? []).Distinct(StringComparer.Ordinal))
        {
            if (name == BuiltInPolicies.Self.Name)
            {
                continue;
            }

            if ((caller.Policies.FirstOrDefault(policy => policy.Name == name) ?? BuiltInPolicies.Roles.GetValueOrDefault(name)) is not { } policy)
            {
                return null;
            }

            found.Add(policy);
        }

        return found;
    }

    private static ApiKeyRecord Grant(ApiKeyRecord blank, ApiKeyRecord parent, List<AccessPolicy> granted, TokenRequest request)
    {
        if (request.Policies is null)
        {
            return blank with { Role = parent.Role, Policies = parent.Policies, MemberId = parent.MemberId };
        }

        return granted is [{ Name: var name } only] && BuiltInPolicies.Roles.GetValueOrDefault(name) == only
            ? blank with { Role = name }
            : blank with { Policies = granted };
    }

    private static TokenTerms Terms(TokenRequest request, ApiKeyRecord parent, int depth, DateTimeOffset now)
    {
        var ttl = request.Period > TimeSpan.Zero ? request.Period : request.Ttl > TimeSpan.Zero ? request.Ttl : TokenTerms.MaxLifetime;
        return new TokenTerms
        {
            ParentId = request.IsOrphan ? null : parent.Id,
            Depth = depth,
            Ttl = AtMost(ttl, TokenTerms.MaxLifetime),
            ExplicitMaxTtl = MaxTtl(request, parent, now),
            Period = AtMost(request.Period, TokenTerms.MaxLifetime),
            Renewable = request.Renewable,
            Meta = request.Meta,
        };
    }

    /// <summary>Nobody gives more time than it has: an orphan, that no parent ends, could be renewed past its maker's end.</summary>
    private static TimeSpan MaxTtl(TokenRequest request, ApiKeyRecord parent, DateTimeOffset now)
    {
        if (!request.IsOrphan || parent.ExpiresAt - now is not { } left)
        {
            return request.ExplicitMaxTtl;
        }

        return request.ExplicitMaxTtl > TimeSpan.Zero ? AtMost(request.ExplicitMaxTtl, left) : left;
    }

    private static TimeSpan AtMost(TimeSpan time, TimeSpan max) => time > max ? max : time;

    private static DateTimeOffset Earliest(DateTimeOffset end, params ReadOnlySpan<DateTimeOffset?> others)
    {
        foreach (var other in others)
        {
            end = other < end ? other.Value : end;
        }

        return end;
    }
}
