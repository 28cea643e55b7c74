using Saas.Identity.Quotas;

namespace Saas.Identity.Tenants;

public enum TenantStatus
{
    Active,

    /// <summary>By the platform's operators: no credential of the tenant works. Nothing is removed.</summary>
    Suspended,

    /// <summary>By its owner: nothing but taking it back works until <see cref="TenantRecord.PurgeAt"/>, then all is removed.</summary>
    Deleting,
}

/// <summary>
/// The tenant, and how much of its quotas is used. Every write that counts against a quota replaces this row in the
/// same batch: the count is exact, and no two writers can both take the last place.
/// </summary>
public sealed record TenantRecord
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Email { get; init; }

    /// <summary>One of <see cref="Plans.All"/>.</summary>
    public required string Plan { get; init; }

    public required TenantStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Set while <see cref="TenantStatus.Deleting"/>.</summary>
    public DateTimeOffset? PurgeAt { get; init; }

    /// <summary>Why it was suspended, for the tenant to read once it is resumed and for operators.</summary>
    public string? SuspendedReason { get; init; }

    /// <summary>Taken places by <see cref="QuotaNames"/>; absent is 0.</summary>
    public IReadOnlyDictionary<string, int> Usage { get; init; } = new Dictionary<string, int>();

    /// <summary>Keys that <see cref="Keys.ApiKeyRecord.KeepsOwnership"/>: never less than one.</summary>
    public int OwnerKeys { get; init; }

    public int Used(QuotaKind kind) => Usage.GetValueOrDefault(QuotaNames.Of(kind));

    public TenantRecord WithUsed(QuotaKind kind, int used) =>
        this with { Usage = new Dictionary<string, int>(Usage) { [QuotaNames.Of(kind)] = used } };
}
