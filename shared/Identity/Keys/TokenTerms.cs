namespace Saas.Identity.Keys;

/// <summary>
/// What makes a key a token: one that a key made for a time, by Vault's token API. It works only as long as the key
/// that made it, and does at most what that may.
/// </summary>
public sealed record TokenTerms
{
    /// <summary>A token of a token of a token…: each is a row to read.</summary>
    public const int MaxDepth = 8;

    /// <summary>Vault's own: 768 hours.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(768);

    /// <summary>The key it ends with; null: it stands alone.</summary>
    public string? ParentId { get; init; }

    /// <summary>Of the keys it comes from, from 1.</summary>
    public int Depth { get; init; }

    /// <summary>Given at its making and by a renewal that names none.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>From its making; zero: <see cref="MaxLifetime"/>.</summary>
    public TimeSpan ExplicitMaxTtl { get; init; }

    /// <summary>Every renewal gives this much, without an end but that of its parent; zero: not periodic.</summary>
    public TimeSpan Period { get; init; }

    public bool Renewable { get; init; }

    public DateTimeOffset? RenewedAt { get; init; }

    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>When a token made then ends at the latest, by its own terms; null: no end but its parent's.</summary>
    public DateTimeOffset? LastEnd(DateTimeOffset createdAt) =>
        ExplicitMaxTtl > TimeSpan.Zero ? createdAt + ExplicitMaxTtl
        : Period > TimeSpan.Zero ? null
        : createdAt + MaxLifetime;
}
