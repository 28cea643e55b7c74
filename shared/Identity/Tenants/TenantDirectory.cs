using Saas.Contracts;
using Saas.Identity.Agents;
using Saas.Identity.Projects;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Tenants;

/// <summary>Looks up in a tenant what other apps refer to. Reads the store; nothing is cached.</summary>
public static class TenantDirectory
{
    public static async Task<TenantRecord?> FindTenantAsync(this TenantScope scope, CancellationToken ct) =>
        (await scope.IdentityRows().GetAsync(IdentityTable.TenantRow, IdentityJson.Default.TenantRecord, ct))?.Value;

    /// <param name="idOrName">An id, or a name; null or empty is <see cref="ProjectRecord.DefaultName"/>.</param>
    public static async Task<ProjectRecord?> FindProjectAsync(this TenantScope scope, string? idOrName, CancellationToken ct)
    {
        var rows = scope.IdentityRows();
        var id = string.IsNullOrEmpty(idOrName) ? ProjectRecord.DefaultName : idOrName;
        if (!EntityId.IsValid(IdPrefixes.Project, id))
        {
            if (id.Length > IdentityLimits.MaxNameLength
                || await rows.GetAsync(IdentityTable.ProjectName(id), IdentityJson.Default.NameRecord, ct) is not { } name)
            {
                return null;
            }

            id = name.Value.Id;
        }

        return (await rows.GetAsync(IdentityTable.Project(id), IdentityJson.Default.ProjectRecord, ct))?.Value;
    }

    public static async Task<SiteRecord?> FindSiteAsync(this TenantScope scope, string siteId, CancellationToken ct) =>
        EntityId.IsValid(IdPrefixes.Site, siteId)
            ? (await scope.IdentityRows().GetAsync(IdentityTable.Site(siteId), IdentityJson.Default.SiteRecord, ct))?.Value
            : null;

    /// <summary>All sites of the tenant, oldest first.</summary>
    public static async Task<IReadOnlyList<SiteRecord>> SitesAsync(this TenantScope scope, CancellationToken ct)
    {
        var sites = new List<SiteRecord>();
        var range = RowRange.Prefix(IdentityTable.SitePrefix);
        await foreach (var row in scope.IdentityRows().ReadAllAsync(range, IdentityJson.Default.SiteRecord, ct))
        {
            sites.Add(row.Value);
        }

        return sites;
    }

    /// <summary>All projects of the tenant, oldest first.</summary>
    public static async Task<IReadOnlyList<ProjectRecord>> ProjectsAsync(this TenantScope scope, CancellationToken ct)
    {
        var projects = new List<ProjectRecord>();
        var range = RowRange.Prefix(IdentityTable.ProjectPrefix);
        await foreach (var row in scope.IdentityRows().ReadAllAsync(range, IdentityJson.Default.ProjectRecord, ct))
        {
            projects.Add(row.Value);
        }

        return projects;
    }

    /// <summary>Null if no such machine is enrolled.</summary>
    public static async Task<AgentCredentialRecord?> FindAgentAsync(this TenantScope scope, string nodeId, CancellationToken ct) =>
        EntityId.IsValid(IdPrefixes.Node, nodeId)
            ? (await scope.IdentityRows().GetAsync(IdentityTable.Agent(nodeId), IdentityJson.Default.AgentCredentialRecord, ct))?.Value
            : null;
}
