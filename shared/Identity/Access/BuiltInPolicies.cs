using System.Collections.Frozen;

namespace Saas.Identity.Access;

/// <summary>
/// The roles. They only ever allow, so that holding two of them gives the union. Actions are named
/// <c>things:verb</c>; a new app adds its own to the roles that should have them: nobody but the owner gets them unasked.
/// </summary>
public static class BuiltInPolicies
{
    public const string Owner = "owner";
    public const string Operator = "operator";
    public const string Developer = "developer";
    public const string Auditor = "auditor";
    public const string Agent = "agent";

    /// <summary>The principal itself.</summary>
    public const string SelfResource = "self";

    /// <summary>What every principal may ask: who am I, and what may I.</summary>
    public const string SelfAction = "self:read";

    /// <summary>Giving back the own key or token, and renewing it: whoever has it may.</summary>
    public const string SelfRevokeAction = "self:revoke";

    public const string SelfRenewAction = "self:renew";

    /// <summary>Putting something of one's own aside for the holder of a wrapping token.</summary>
    public const string SelfWrapAction = "self:wrap";

    /// <summary>Takes back the deletion of the tenant; beside reading the tenant all that is left during the grace period.</summary>
    public const string RestoreAction = "tenant:restore";

    /// <summary>Roles people and keys can be given. An agent's is made for its node.</summary>
    public static readonly FrozenDictionary<string, AccessPolicy> Roles = new[]
    {
        Allow(Owner, "*"),
        Allow(
            Operator,
            "tenant:read", "plans:read", "projects:*", "sites:*", "enrolments:*", "nodes:*", "nodepools:*", "jobs:*", "allocations:*",
            "evaluations:*", "deployments:*", "quotas:*", "scheduler:*", "cluster:*", "usage:read", "members:list", "members:read", "keys:list", "keys:read", "audit:read",
            "transit:*", "kv:*", "mounts:*", "tokens:*", "catalog:*", "registry-kv:*", "sessions:*", "txn:apply",
            "queries:*", "intentions:*", "events:*", "coordinates:*"),
        Allow(
            Developer,
            "tenant:read", "plans:read", "projects:list", "projects:read", "sites:list", "sites:read", "nodes:list",
            "nodes:read", "nodepools:list", "nodepools:read", "jobs:*", "allocations:*", "evaluations:*", "deployments:*", "quotas:list", "quotas:read",
            "scheduler:read", "cluster:read", "usage:read",
            "transit:create", "transit:read", "transit:list", "transit:rotate", "transit:encrypt", "transit:decrypt", "transit:rewrap",
            "transit:datakey", "transit:random", "transit:hash", "transit:hmac", "transit:sign", "transit:verify", "kv:*", "mounts:read", "tokens:*",
            "catalog:*", "registry-kv:*", "sessions:*", "txn:apply",
            "queries:*", "intentions:read", "intentions:check", "events:*", "coordinates:read"),
        Allow(
            Auditor,
            "tenant:read", "plans:read", "projects:list", "projects:read", "sites:list", "sites:read", "enrolments:list",
            "enrolments:read", "nodes:list", "nodes:read", "nodepools:list", "nodepools:read", "jobs:list", "jobs:read", "jobs:parse", "allocations:list",
            "allocations:read", "evaluations:list", "evaluations:read", "deployments:list", "deployments:read", "quotas:list", "quotas:read",
            "scheduler:read", "cluster:read", "usage:read", "members:list", "members:read",
            "keys:list", "keys:read", "audit:read", "transit:list", "transit:read", "kv:list", "mounts:read",
            "catalog:read", "registry-kv:list", "sessions:read",
            "queries:read", "intentions:read", "intentions:check", "events:read", "coordinates:read"),
    }.ToFrozenDictionary(policy => policy.Name, StringComparer.Ordinal);

    public static readonly AccessPolicy Self =
        new("self", [new PolicyStatement(PolicyEffect.Allow, [SelfAction, SelfRevokeAction, SelfRenewAction, SelfWrapAction], [SelfResource])]);

    /// <summary>What is left to those who may restore a tenant that is being deleted.</summary>
    public static readonly AccessPolicy Restoring = new(
        "restoring", [new PolicyStatement(PolicyEffect.Allow, ["tenant:read", RestoreAction], [ResourceNames.Tenant])]);

    /// <summary>An agent's: the channel of its own node and nothing else.</summary>
    public static AccessPolicy ForNode(string nodeId) => new(
        Agent,
        [
            new PolicyStatement(
                PolicyEffect.Allow,
                [Authorizer.AgentActions + "*"],
                [ResourceNames.Node(nodeId), ResourceNames.Node(nodeId) + "/*"]),
        ]);

    private static AccessPolicy Allow(string role, params string[] actions) =>
        new(role, [new PolicyStatement(PolicyEffect.Allow, actions, ["*"])]);
}
