using Saas.Identity.Tenants;

namespace Saas.Identity.Keys;

/// <summary>Keeps the count of owner keys, which never falls to none: a tenant cannot lock itself out.</summary>
public static class OwnerKeys
{
    /// <summary>The error if this change would take the last one.</summary>
    public static IdentityError? Change(TenantChange change, ApiKeyRecord before, ApiKeyRecord after)
    {
        var left = change.Tenant.OwnerKeys - (before.KeepsOwnership ? 1 : 0) + (after.KeepsOwnership ? 1 : 0);
        if (left < 1)
        {
            return new IdentityError(
                IdentityErrorKind.LastOwner,
                "This is the last owner key without expiry and project. Make another before you revoke it or let it expire.");
        }

        if (left != change.Tenant.OwnerKeys)
        {
            change.Tenant = change.Tenant with { OwnerKeys = left };
        }

        return null;
    }
}
