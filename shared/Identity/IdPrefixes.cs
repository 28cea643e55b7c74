namespace Saas.Identity;

/// <summary>Prefixes of the ids of what Identity owns; a tenant's is <see cref="Contracts.TenantId.Prefix"/>.</summary>
public static class IdPrefixes
{
    public const string Project = "prj";
    public const string Site = "site";
    public const string Node = "node";
    public const string Key = "key";
    public const string Member = "mem";
    public const string EnrolmentToken = "enr";
    public const string WrappedAnswer = "wrap";
}
