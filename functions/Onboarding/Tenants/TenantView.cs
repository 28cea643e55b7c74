using Saas.Identity.Quotas;
using Saas.Identity.Tenants;

namespace Saas.Onboarding.Tenants;

/// <summary>A tenant as its people see it.</summary>
/// <param name="PurgeAt">Only while it is being deleted.</param>
public sealed record TenantView(
    string Id,
    string Name,
    string Email,
    string Plan,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PurgeAt,
    IReadOnlyDictionary<string, QuotaView> Quotas)
{
    public static TenantView Of(TenantRecord tenant) => new(
        tenant.Id,
        tenant.Name,
        tenant.Email,
        tenant.Plan,
        StatusName(tenant.Status),
        tenant.CreatedAt,
        tenant.PurgeAt,
        Plans.Get(tenant.Plan).Limits.ToDictionary(
            limit => QuotaNames.Of(limit.Key), limit => new QuotaView(limit.Value, tenant.Used(limit.Key))));

    public static string StatusName(TenantStatus status) => status switch
    {
        TenantStatus.Active => "active",
        TenantStatus.Suspended => "suspended",
        TenantStatus.Deleting => "deleting",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}

public sealed record QuotaView(int Limit, int Used);
