using Saas.Cluster;
using Saas.Contracts;
using Saas.Provisioning.Jobs;
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

/// <summary>Nomad's Evaluation.</summary>
internal sealed record EvaluationBody
{
    public required string ID { get; init; }
    public required string Namespace { get; init; }
    public required int Priority { get; init; }
    public required string Type { get; init; }
    public required string TriggeredBy { get; init; }
    public required string JobID { get; init; }
    public required long JobModifyIndex { get; init; }
    public required string Status { get; init; }
    public required string StatusDescription { get; init; }

    /// <summary>When the job is looked at again by itself, to replace what failed; null: nothing waits.</summary>
    public required DateTimeOffset? WaitUntil { get; init; }

    /// <summary>The deployment it went on with; empty: none.</summary>
    public required string DeploymentID { get; init; }

    /// <summary>By task group; null where everything was placed.</summary>
    public required IReadOnlyDictionary<string, AllocMetricBody>? FailedTGAllocs { get; init; }

    /// <summary>Our own: the same for groups of which something was placed, with the scores of the first nodes chosen. Null: nothing was.</summary>
    public required IReadOnlyDictionary<string, AllocMetricBody>? PlacedTGAllocs { get; init; }

    public required IReadOnlyDictionary<string, int> QueuedAllocations { get; init; }
    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }
    public required long CreateTime { get; init; }
    public required long ModifyTime { get; init; }

    public static EvaluationBody Of(EvaluationRecord record, string projectName) => new()
    {
        ID = record.Id,
        Namespace = projectName,
        Priority = record.Priority,
        Type = record.JobType,
        TriggeredBy = record.TriggeredBy,
        JobID = record.JobId,
        JobModifyIndex = record.JobModifyIndex,
        Status = record.Status,
        StatusDescription = record.StatusDescription,
        WaitUntil = record.WaitUntil,
        DeploymentID = record.DeploymentId ?? "",
        FailedTGAllocs = MetricsOf(record.FailedPlacements),
        PlacedTGAllocs = MetricsOf(record.Placements),
        QueuedAllocations = record.FailedPlacements.ToDictionary(pair => pair.Key, pair => pair.Value.Missing),
        CreateIndex = record.JobModifyIndex,
        ModifyIndex = record.JobModifyIndex,
        CreateTime = record.CreatedAt.ToUnixNanoseconds(),
        ModifyTime = record.ModifiedAt.ToUnixNanoseconds(),
    };

    private static Dictionary<string, AllocMetricBody>? MetricsOf(IReadOnlyDictionary<string, PlacementFailure>? groups) =>
        groups is not { Count: > 0 } ? null : groups.ToDictionary(group => group.Key, group => AllocMetricBody.Of(group.Value));
}
