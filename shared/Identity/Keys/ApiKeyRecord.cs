using System.Text.Json.Serialization;
using Saas.Identity.Access;

namespace Saas.Identity.Keys;

/// <summary>
/// An API key. What it may do is exactly one of: a role, its own policies, or the role of the member it is for.
/// </summary>
public sealed record ApiKeyRecord
{
    public required string Id { get; init; }

    /// <summary>For people; need not be unique.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>One of <see cref="BuiltInPolicies.Roles"/>.</summary>
    public string? Role { get; init; }

    public IReadOnlyList<AccessPolicy>? Policies { get; init; }
    public string? MemberId { get; init; }

    /// <summary>The only project it may see; null: all.</summary>
    public string? ProjectId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Id of the key that made it; null for the first one.</summary>
    public string? CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Of a token that another key made for a time; null: an API key.</summary>
    public TokenTerms? Token { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>
    /// An owner's key that stays one: unconfined, without expiry, and no member's, whose role may change. A tenant
    /// always has one, so nobody locks themselves out.
    /// </summary>
    [JsonIgnore]
    public bool KeepsOwnership =>
        Role == BuiltInPolicies.Owner && ProjectId is null && ExpiresAt is null && RevokedAt is null;
}
