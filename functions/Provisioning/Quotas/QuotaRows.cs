using Saas.Cluster;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Quotas;

internal static class QuotaRows
{
    /// <summary>Of all projects and regions, by region and project.</summary>
    public static async Task<IReadOnlyList<ProjectQuota>> ListAsync(TenantScope tenant, CancellationToken ct)
    {
        var quotas = new List<ProjectQuota>();
        await foreach (var row in tenant.ProjectQuotasOf().ReadAllAsync(RowRange.All, ClusterJson.Default.ProjectQuota, ct))
        {
            quotas.Add(row.Value);
        }

        return quotas;
    }

    public static string Row(string region, string projectId) => $"{region}|{projectId}";

    /// <summary>The tenant's, by name.</summary>
    public static async Task<IReadOnlyList<string>> RegionsAsync(TenantScope tenant, CancellationToken ct) =>
        [.. (await tenant.SitesAsync(ct)).Select(static site => site.Region).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
