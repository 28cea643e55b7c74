using Saas.Cluster;
using Saas.Scheduler.Core.Reconcile.Deployments;
using CoreGroup = Saas.Scheduler.Core.Reconcile.Deployments.DeploymentGroup;
using StoredGroup = Saas.Cluster.DeploymentGroup;

namespace Saas.Scheduler.Host.Deployments;

/// <summary>Deployments as stored, to deployments as the core plans them, and back.</summary>
internal static class DeploymentMapping
{
    public static Deployment ToCore(DeploymentRecord record) => new()
    {
        Id = record.Id,
        JobVersion = record.JobVersion,
        State = record.Status switch
        {
            DeploymentStatus.Running => DeploymentState.Running,
            DeploymentStatus.Paused => DeploymentState.Paused,
            DeploymentStatus.Successful => DeploymentState.Successful,
            DeploymentStatus.Failed => DeploymentState.Failed,
            DeploymentStatus.Cancelled => DeploymentState.Cancelled,
            _ => throw new InvalidDataException($"No status of a deployment: {record.Status}."),
        },
        Description = record.StatusDescription,
        Groups = record.Groups.ToDictionary(static pair => pair.Key, static pair => ToCore(pair.Value)),
    };

    /// <summary>With what planning found, and what is not planning's as it was.</summary>
    public static DeploymentRecord With(this DeploymentRecord record, Deployment planned, DateTimeOffset now) => record with
    {
        Status = planned.State switch
        {
            DeploymentState.Running => DeploymentStatus.Running,
            DeploymentState.Paused => DeploymentStatus.Paused,
            DeploymentState.Successful => DeploymentStatus.Successful,
            DeploymentState.Failed => DeploymentStatus.Failed,
            DeploymentState.Cancelled => DeploymentStatus.Cancelled,
            _ => throw new InvalidOperationException($"No state of a deployment: {planned.State}."),
        },
        StatusDescription = planned.Description,
        Groups = planned.Groups.ToDictionary(static pair => pair.Key, static pair => ToStored(pair.Value)),
        ModifiedAt = now,
    };

    private static CoreGroup ToCore(StoredGroup group) => new()
    {
        DesiredTotal = group.DesiredTotal,
        DesiredCanaries = group.DesiredCanaries,
        Promoted = group.Promoted,
        AutoRevert = group.AutoRevert,
        AutoPromote = group.AutoPromote,
        PlacedCanaries = group.PlacedCanaries,
        Placed = group.Placed,
        Healthy = group.Healthy,
        Unhealthy = group.Unhealthy,
        ProgressDeadline = group.ProgressDeadline,
        RequireProgressBy = group.RequireProgressBy,
    };

    private static StoredGroup ToStored(CoreGroup group) => new()
    {
        DesiredTotal = group.DesiredTotal,
        DesiredCanaries = group.DesiredCanaries,
        Promoted = group.Promoted,
        AutoRevert = group.AutoRevert,
        AutoPromote = group.AutoPromote,
        PlacedCanaries = group.PlacedCanaries,
        Placed = group.Placed,
        Healthy = group.Healthy,
        Unhealthy = group.Unhealthy,
        ProgressDeadline = group.ProgressDeadline,
        RequireProgressBy = group.RequireProgressBy,
    };
}
