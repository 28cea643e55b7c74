using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Keys;

namespace Saas.Onboarding.Keys;

/// <summary>A key without its secret, which nobody can show again.</summary>
public sealed record KeyView(
    string Id,
    string Name,
    string? Role,
    IReadOnlyList<PolicyDocument>? Policies,
    string? MemberId,
    string? ProjectId,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt)
{
    public static KeyView Of(ApiKeyRecord key) => new(
        key.Id, key.Name, key.Role, key.Policies?.Select(PolicyDocument.Of).ToArray(), key.MemberId, key.ProjectId,
        key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt, key.LastUsedAt);
}

/// <summary>A policy as written on the wire.</summary>
public sealed record PolicyDocument(string Name, IReadOnlyList<StatementDocument> Statements)
{
    public static PolicyDocument Of(AccessPolicy policy) => new(
        policy.Name,
        [.. policy.Statements.Select(s => new StatementDocument(
            s.Effect == PolicyEffect.Deny ? StatementDocument.Deny : StatementDocument.Allow, s.Actions, s.Resources))]);

    public AccessPolicy ToPolicy() => new(
        Name,
        [.. Statements.Select(s => new PolicyStatement(
            s.Effect == StatementDocument.Deny ? PolicyEffect.Deny : PolicyEffect.Allow, s.Actions, s.Resources))]);
}

/// <param name="Effect"><c>allow</c> or <c>deny</c>.</param>
public sealed record StatementDocument(string Effect, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources)
{
    public const string Allow = "allow";
    public const string Deny = "deny";
}

/// <summary>What key routes ask access to.</summary>
internal static class KeyResources
{
    public static readonly string All = ResourceNames.Key("*");

    /// <summary>The route's key.</summary>
    public static string One(ApiRequest request) => ResourceNames.Key(request.Route("keyId"));
}
