using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Rows;

/// <summary>Where identity's rows are: one partition a tenant, so that any of them can change in one batch.</summary>
public static class IdentityTable
{
    public const string Name = "identity";

    /// <summary>Tenants that wait for their removal: few, so the timer can look at all of them.</summary>
    public const string Deletions = "identitydeletions";

    public const string TenantRow = "tenant";
    public const string DeletionRow = "deletion";

    public const string ProjectPrefix = "project|";
    public const string ProjectNamePrefix = "projectname|";
    public const string SitePrefix = "site|";
    public const string SiteNamePrefix = "sitename|";
    public const string MemberPrefix = "member|";
    public const string MemberEmailPrefix = "memberemail|";
    public const string KeyPrefix = "key|";
    public const string EnrolmentTokenPrefix = "enrolment|";
    public const string AgentPrefix = "agent|";
    public const string HeldPrefix = "held|";

    public static TablePartition IdentityRows(this TenantScope scope) => scope.Partition(Name);

    public static string Project(string projectId) => ProjectPrefix + TableKeys.Escape(projectId);

    public static string ProjectName(string name) => ProjectNamePrefix + TableKeys.Escape(name);

    public static string Site(string siteId) => SitePrefix + TableKeys.Escape(siteId);

    public static string SiteName(string name) => SiteNamePrefix + TableKeys.Escape(name);

    public static string Member(string memberId) => MemberPrefix + TableKeys.Escape(memberId);

    public static string MemberEmail(string email) => MemberEmailPrefix + TableKeys.Escape(email);

    public static string Key(string keyId) => KeyPrefix + TableKeys.Escape(keyId);

    public static string EnrolmentToken(string tokenId) => EnrolmentTokenPrefix + TableKeys.Escape(tokenId);

    public static string Agent(string nodeId) => AgentPrefix + TableKeys.Escape(nodeId);

    public static string Held(string kind, string owner, string holder) =>
        string.Concat(HeldOf(kind, owner), TableKeys.Escape(holder));

    public static string HeldOf(string kind, string owner) => string.Concat(HeldPrefix, kind, "|", TableKeys.Escape(owner)) + "|";
}

/// <summary>Topics of <see cref="Saas.Storage.Signals.IChangeSignal"/>.</summary>
public static class IdentityTopics
{
    /// <summary>Anything of the tenant's identity changed: caches of it are stale.</summary>
    public static string Of(TenantId tenant) => "identity:" + tenant.Value;
}
