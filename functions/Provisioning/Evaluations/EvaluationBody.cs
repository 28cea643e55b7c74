using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Cluster;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Evaluations;

/// <summary>
/// Nomad's Evaluation. One that waits for room has a blocked one behind it (see <see cref="EvaluationChain"/>); there are no other
/// chains: what waits for a time is in no evaluation until then.
/// </summary>
internal sealed record EvaluationBody
{
    public required string ID { get; init; }
    public required string Namespace { get; init; }
    public required int Priority { get; init; }
    public required string Type { get; init; }
    public required string TriggeredBy { get; init; }
    public required string JobID { get; init; }
    public required long JobModifyIndex { get; init; }
    public string NodeID { get; init; } = "";
    public long NodeModifyIndex { get; init; }

    /// <summary>The deployment it went on with; empty: none.</summary>
    public required string DeploymentID { get; init; }

    public required string Status { get; init; }
    public required string StatusDescription { get; init; }
    public long Wait { get; init; }

    /// <summary>When the job is looked at again by itself, to replace what failed; Go's zero time: nothing waits.</summary>
    public required DateTime WaitUntil { get; init; }

    public string NextEval { get; init; } = "";
    public string PreviousEval { get; init; } = "";
    public string BlockedEval { get; init; } = "";

    /// <summary>With <c>related=true</c>: the others of its chain; else left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EvaluationBody>? RelatedEvals { get; init; }

    /// <summary>By task group; null where everything was placed.</summary>
    public required IReadOnlyDictionary<string, AllocMetricBody>? FailedTGAllocs { get; init; }

    /// <summary>Our own: the same for groups of which something was placed, with the scores of the first nodes chosen. Null: nothing was.</summary>
    public required IReadOnlyDictionary<string, AllocMetricBody>? PlacedTGAllocs { get; init; }

    public JsonElement? PlanAnnotations { get; init; }
    public IReadOnlyDictionary<string, string>? ClassEligibility { get; init; }
    public bool EscapedComputedClass { get; init; }

    /// <summary>The project whose quota has too little left; empty: none has.</summary>
    public required string QuotaLimitReached { get; init; }

    public bool AnnotatePlan { get; init; }
    public required IReadOnlyDictionary<string, int> QueuedAllocations { get; init; }
    public long SnapshotIndex { get; init; }
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
        DeploymentID = record.DeploymentId ?? "",
        Status = record.Status,
        StatusDescription = record.StatusDescription,
        WaitUntil = record.WaitUntil?.UtcDateTime ?? GoTime.Zero,
        FailedTGAllocs = MetricsOf(record.FailedPlacements),
        PlacedTGAllocs = MetricsOf(record.Placements),
        QuotaLimitReached = record.FailedPlacements.Values.Any(static group => group.QuotaExhausted is { Count: > 0 }) ? projectName : "",
        QueuedAllocations = QueuedOf(record),
        CreateIndex = record.JobModifyIndex,
        ModifyIndex = record.JobModifyIndex,
        CreateTime = record.CreatedAt.ToUnixNanoseconds(),
        ModifyTime = record.ModifiedAt.ToUnixNanoseconds(),
    };

    /// <summary>0: all of the group was placed.</summary>
    private static Dictionary<string, int> QueuedOf(EvaluationRecord record)
    {
        var queued = (record.Placements ?? new Dictionary<string, PlacementFailure>()).ToDictionary(static group => group.Key, static _ => 0);
        foreach (var (group, failure) in record.FailedPlacements)
        {
            queued[group] = failure.Missing;
        }

        return queued;
    }

    private static Dictionary<string, AllocMetricBody>? MetricsOf(IReadOnlyDictionary<string, PlacementFailure>? groups) =>
        groups is not { Count: > 0 } ? null : groups.ToDictionary(static group => group.Key, static group => AllocMetricBody.Of(group.Value));
}
