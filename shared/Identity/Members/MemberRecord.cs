namespace Saas.Identity.Members;

/// <summary>A person of the tenant. Keys made for a member have the member's role, and end with the membership.</summary>
public sealed record MemberRecord
{
    public required string Id { get; init; }

    /// <summary>Lower case; unique in the tenant.</summary>
    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary>One of <see cref="Access.BuiltInPolicies.Roles"/>.</summary>
    public required string Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
