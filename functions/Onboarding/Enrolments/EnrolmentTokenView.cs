using Saas.Identity.Agents;

namespace Saas.Onboarding.Enrolments;

/// <summary>An enrolment token without its secret.</summary>
/// <param name="Status"><c>open</c>, <c>used</c> or <c>expired</c>.</param>
/// <param name="NodeId">The machine it enrolled.</param>
public sealed record EnrolmentTokenView(
    string Id, string SiteId, string Status, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt, string? NodeId)
{
    public static EnrolmentTokenView Of(EnrolmentTokenRecord token, DateTimeOffset now) => new(
        token.Id,
        token.SiteId,
        token.UsedAt is not null ? "used" : token.IsOpen(now) ? "open" : "expired",
        token.CreatedAt,
        token.ExpiresAt,
        token.UsedAt,
        token.UsedBy);
}
