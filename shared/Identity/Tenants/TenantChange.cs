using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Tenants;

/// <summary>One attempt at a change: what to write beside the tenant's row, and what it takes from the quotas.</summary>
public sealed class TenantChange(TenantScope scope, TenantRecord tenant)
{
    private readonly TenantRecord _before = tenant;

    public TenantScope Scope => scope;

    public TablePartition Rows { get; } = scope.IdentityRows();

    /// <summary>As it will be written.</summary>
    public TenantRecord Tenant { get; set; } = tenant;

    /// <summary>Up to 99; they take effect together with the tenant's row or not at all.</summary>
    public List<TableWrite> Writes { get; } = [];

    /// <summary>False when no credential is concerned: then caches of them stay.</summary>
    public bool ConcernsAccess { get; set; } = true;

    internal bool ChangesAnything => Writes.Count > 0 || !ReferenceEquals(Tenant, _before);

    /// <summary>Takes one place; the error if there is none.</summary>
    public IdentityError? Take(QuotaKind kind)
    {
        var (used, limit) = (Tenant.Used(kind), Plans.Get(Tenant.Plan).Limits[kind]);
        if (used >= limit)
        {
            return new QuotaExceeded(kind, limit, used);
        }

        Tenant = Tenant.WithUsed(kind, used + 1);
        return null;
    }

    public void Return(QuotaKind kind, int places = 1) =>
        Tenant = Tenant.WithUsed(kind, Math.Max(0, Tenant.Used(kind) - places));
}
