namespace Saas.Identity.Agents;

/// <summary>Buys one registration of one machine at one site.</summary>
public sealed record EnrolmentTokenRecord
{
    public required string Id { get; init; }
    public required string SiteId { get; init; }

    /// <summary>SHA-256 of the whole token.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Set with <see cref="UsedBy"/> when it was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>The node it bought.</summary>
    public string? UsedBy { get; init; }

    public bool IsOpen(DateTimeOffset now) => UsedAt is null && ExpiresAt > now;
}
