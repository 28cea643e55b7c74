using Saas.Cluster;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Evaluations;

internal static class EvaluationRows
{
    /// <summary>Of one project, oldest first.</summary>
    public static async Task<IReadOnlyList<EvaluationRecord>> ListAsync(
        TenantScope tenant, string projectId, Func<EvaluationRecord, bool> isWanted, CancellationToken ct)
    {
        var found = new List<EvaluationRecord>();
        var range = RowRange.Prefix(ClusterTables.EvaluationRowPrefix);
        await foreach (var row in tenant.JobsOf(projectId).ReadAllAsync(range, ClusterJson.Default.EvaluationRecord, ct))
        {
            if (isWanted(row.Value))
            {
                found.Add(row.Value);
            }
        }

        return found;
    }

    public static async ValueTask<EvaluationRecord?> FindAsync(TenantScope tenant, string projectId, string id, CancellationToken ct) =>
        EntityId.IsValid("eval", id)
            ? (await tenant.JobsOf(projectId).GetAsync(ClusterTables.EvaluationRow(id), ClusterJson.Default.EvaluationRecord, ct))?.Value
            : null;
}
