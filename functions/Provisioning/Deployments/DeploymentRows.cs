using Saas.Cluster;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Deployments;

internal static class DeploymentRows
{
    /// <summary>Null if the project has no such deployment.</summary>
    public static async ValueTask<Document<DeploymentRecord>?> GetAsync(TenantScope tenant, string projectId, string id, CancellationToken ct) =>
        EntityId.IsValid("dep", id)
            ? await tenant.JobsOf(projectId).GetAsync(ClusterTables.DeploymentRow(id), ClusterJson.Default.DeploymentRecord, ct)
            : null;

    /// <summary>Of one project, oldest first.</summary>
    public static async Task<IReadOnlyList<DeploymentRecord>> ListAsync(
        TenantScope tenant, string projectId, string prefix, Func<DeploymentRecord, bool> isWanted, CancellationToken ct)
    {
        var found = new List<DeploymentRecord>();
        if (!prefix.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            return found;
        }

        var range = RowRange.Prefix(ClusterTables.DeploymentRow(prefix));
        await foreach (var row in tenant.JobsOf(projectId).ReadAllAsync(range, ClusterJson.Default.DeploymentRecord, ct))
        {
            if (isWanted(row.Value))
            {
                found.Add(row.Value);
            }
        }

        return found;
    }
}
