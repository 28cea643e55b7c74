using Saas.Contracts;

namespace Saas.Identity.Access;

public enum PrincipalKind
{
    ApiKey,
    Agent,
}

/// <summary>Who calls, as authenticated: everything authorization needs, without another look at the store.</summary>
public sealed record Principal
{
    public required TenantId Tenant { get; init; }
    public required PrincipalKind Kind { get; init; }

    /// <summary>The API key's id, or the agent's node id.</summary>
    public required string Id { get; init; }

    /// <summary>For people and the audit log.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<AccessPolicy> Policies { get; init; }

    /// <summary>The tenant's plan: decides limits.</summary>
    public required string Plan { get; init; }

    /// <summary>The only project the principal may see, whatever its policies say; null: all of the tenant's.</summary>
    public string? ProjectScope { get; init; }

    /// <summary>When the credential ends; null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

public sealed record AccessPolicy(string Name, IReadOnlyList<PolicyStatement> Statements);

/// <param name="Actions">Patterns: <c>jobs:submit</c>, <c>jobs:*</c>, <c>*</c>.</param>
/// <param name="Resources">Patterns: <c>project/prj_…/job/*</c>, <c>*</c>. A <c>*</c> matches any run of characters.</param>
public sealed record PolicyStatement(PolicyEffect Effect, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources);

public enum PolicyEffect
{
    Allow,

    /// <summary>Wins over every allow.</summary>
    Deny,
}
