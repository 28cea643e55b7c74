namespace Saas.Scheduler.Core.Reconcile.Deployments;

/// <summary>What users read as a deployment's status description: Nomad's texts, because its clients tell deployments apart by them.</summary>
public static class DeploymentDescriptions
{
    public const string Running = "Deployment is running";
    public const string AwaitsPromotion = "Deployment is running but requires manual promotion";
    public const string AwaitsAutoPromotion = "Deployment is running pending automatic promotion";
    public const string Successful = "Deployment completed successfully";
    public const string FailedUnhealthy = "Failed due to unhealthy allocations";
    public const string FailedProgress = "Failed due to progress deadline";
    public const string NewerVersion = "Cancelled due to newer version of job";
    public const string JobStopped = "Cancelled because job is stopped";

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
