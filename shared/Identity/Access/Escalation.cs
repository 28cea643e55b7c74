namespace Saas.Identity.Access;

/// <summary>Nobody gives what they do not have: not in actions and resources, not in projects, not in time.</summary>
public static class Escalation
{
    /// <summary>Null: the caller may give these policies.</summary>
    public static IdentityError? Find(Principal caller, IReadOnlyList<AccessPolicy> granted)
    {
        if (caller.ProjectScope is { } only)
        {
            return Of($"The caller is confined to project {only}.");
        }

        return Grants.FirstBeyond(caller.Policies, granted) is { } beyond
            ? Of($"The caller itself is not allowed {string.Join(", ", beyond.Actions)} on {string.Join(", ", beyond.Resources)}, or is denied part of it.")
            : null;
    }

    /// <summary>Null: the caller lives as long as what it gives.</summary>
    public static IdentityError? Find(Principal caller, DateTimeOffset? expiresAt) =>
        caller.ExpiresAt is { } end && (expiresAt is null || expiresAt > end)
            ? Of($"The caller's own key expires at {end:yyyy-MM-ddTHH:mm:ssZ}; it can give nothing beyond that.")
            : null;

    private static IdentityError Of(string detail) => new(IdentityErrorKind.PrivilegeEscalation, detail);
}
