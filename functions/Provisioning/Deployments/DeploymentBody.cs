using Saas.Cluster;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Deployments;

/// <summary>Nomad's Deployment.</summary>
internal sealed record DeploymentBody
{
    public required string ID { get; init; }
    public required string Namespace { get; init; }
    public required string JobID { get; init; }
    public required long JobVersion { get; init; }
    public required long JobModifyIndex { get; init; }
    public required long JobSpecModifyIndex { get; init; }
    public required long JobCreateIndex { get; init; }

    /// <summary>Never: a job is placed in one region.</summary>
    public bool IsMultiregion { get; init; }

    public required IReadOnlyDictionary<string, DeploymentStateBody> TaskGroups { get; init; }
    public required string Status { get; init; }
    public required string StatusDescription { get; init; }
    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required long CreateTime { get; init; }

    public required long ModifyTime { get; init; }

    public static DeploymentBody Of(DeploymentRecord record, string projectName) => new()
    {
        ID = record.Id,
        Namespace = projectName,
        JobID = record.JobId,
        JobVersion = record.JobVersion,
        JobModifyIndex = record.JobModifyIndex,
        JobSpecModifyIndex = record.JobModifyIndex,
        JobCreateIndex = record.JobCreateIndex,
        TaskGroups = record.Groups.ToDictionary(static pair => pair.Key, static pair => DeploymentStateBody.Of(pair.Value)),
        Status = record.Status,
        StatusDescription = record.StatusDescription,
        CreateIndex = record.JobModifyIndex,
        ModifyIndex = Math.Max(record.JobModifyIndex, record.ModifyIndex),
        CreateTime = record.CreatedAt.ToUnixNanoseconds(),
        ModifyTime = record.ModifiedAt.ToUnixNanoseconds(),
    };
}

/// <summary>Nomad's DeploymentState: one group of the deployment.</summary>
internal sealed record DeploymentStateBody
{
    public required bool AutoRevert { get; init; }
    public required bool AutoPromote { get; init; }

    /// <summary>Nanoseconds; 0: none.</summary>
    public required long ProgressDeadline { get; init; }

    /// <summary>The year 1, as Go says "no time", where nothing is waited for.</summary>
    public required DateTime RequireProgressBy { get; init; }

    public required bool Promoted { get; init; }

    /// <summary>Null: none.</summary>
    public required IReadOnlyList<string>? PlacedCanaries { get; init; }

    public required int DesiredCanaries { get; init; }
    public required int DesiredTotal { get; init; }
    public required int PlacedAllocs { get; init; }
    public required int HealthyAllocs { get; init; }
    public required int UnhealthyAllocs { get; init; }

    public static DeploymentStateBody Of(DeploymentGroup group) => new()
    {
        AutoRevert = group.AutoRevert,
        AutoPromote = group.AutoPromote,
        ProgressDeadline = (group.ProgressDeadline ?? TimeSpan.Zero).Ticks * TimeSpan.NanosecondsPerTick,
        RequireProgressBy = group.RequireProgressBy?.UtcDateTime ?? GoTime.Zero,
        Promoted = group.Promoted,
        PlacedCanaries = group.PlacedCanaries.Count == 0 ? null : group.PlacedCanaries,
        DesiredCanaries = group.DesiredCanaries,
        DesiredTotal = group.DesiredTotal,
        PlacedAllocs = group.Placed,
        HealthyAllocs = group.Healthy,
        UnhealthyAllocs = group.Unhealthy,
    };
}
