namespace Saas.Identity.Access;

/// <summary>How resources are called in policies and in routes' access declarations.</summary>
public static class ResourceNames
{
    public const string Tenant = "tenant";
    public const string Members = "member";
    public const string Keys = "key";
    public const string Audit = "audit";
    public const string ProjectPrefix = "project/";

    public static string Project(string projectId) => ProjectPrefix + projectId;

    public static string Job(string projectId, string jobId) => string.Concat(ProjectPrefix, projectId, "/job/", jobId);

    public static string Member(string memberId) => "member/" + memberId;

    public static string Key(string keyId) => "key/" + keyId;

    public static string Site(string siteId) => "site/" + siteId;

    public static string Node(string nodeId) => "node/" + nodeId;

    public static string NodePool(string name) => "nodepool/" + name;
}
