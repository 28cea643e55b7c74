namespace Saas.Scheduler.Core.Reconcile.Deployments;

/// <summary>What users read as a deployment's status description.</summary>
public static class DeploymentDescriptions
{
    public const string Running = "Rolling out";
    public const string AwaitsPromotion = "Rolling out; canaries wait to be promoted";
    public const string AwaitsAutoPromotion = "Rolling out; canaries are promoted when all are healthy";
    public const string Successful = "Rolled out completely";
    public const string FailedUnhealthy = "Failed: an allocation is unhealthy";
    public const string FailedProgress = "Failed: no progress until the deadline";
    public const string NewerVersion = "Cancelled: the job has a newer version";
    public const string JobStopped = "Cancelled: the job was stopped";

    internal static string OfRunning(IReadOnlyDictionary<string, DeploymentGroup> groups)
    {
        var description = Running;
        foreach (var group in groups.Values)
        {
            if (group.IsCanarying && !group.AutoPromote)
            {
                return AwaitsPromotion;
            }

            description = group.IsCanarying ? AwaitsAutoPromotion : description;
        }

        return description;
    }
}
