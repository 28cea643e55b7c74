using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// By what an allocation counts as healthy: its group's <c>update</c> block, else its <c>migrate</c> block, else for service
/// jobs Nomad's defaults. With or without a deployment, because drains and the updates of system jobs go on by it as well.
/// </summary>
/// <param name="MinHealthy">So long everything must be well without a break.</param>
/// <param name="Deadline">Not healthy after so long is unhealthy.</param>
/// <param name="NeedsChecks">The checks of its services must be well, too.</param>
internal sealed record HealthRules(TimeSpan MinHealthy, TimeSpan Deadline, bool NeedsChecks)
{
    private static readonly TimeSpan DefaultMinHealthy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(5);

    /// <returns>
    /// Null: the agent has no say. Somebody else says so (<c>manual</c>), or nobody asks (batch jobs). By hand it can only be
    /// said within a deployment; without one, what the group has beside that counts.
    /// </returns>
    public static HealthRules? Of(AssignedAllocation assigned)
    {
        var group = assigned.TaskGroup;
        var isByHand = group.Update?.HealthCheck == HealthChecks.Manual;
        if (isByHand && assigned.DeploymentId is not null)
        {
            return null;
        }

        return group switch
        {
            { Update: { } update } when !isByHand || assigned.JobType != JobTypes.Service => Of(update.HealthCheck, update.MinHealthyTime, update.HealthyDeadline),
            { Migrate: { } migrate } => Of(migrate.HealthCheck, migrate.MinHealthyTime, migrate.HealthyDeadline),
            _ when assigned.JobType == JobTypes.Service => Of(null, null, null),
            _ => null,
        };
    }

    private static HealthRules Of(string? check, long? minHealthy, long? deadline) =>
        new(Of(minHealthy) ?? DefaultMinHealthy, Of(deadline) ?? DefaultDeadline, check != HealthChecks.TaskStates);

    private static TimeSpan? Of(long? nanoseconds) => nanoseconds is null
        ? null
        : TimeSpan.FromTicks(Math.Max(0, nanoseconds.Value / TimeSpan.NanosecondsPerTick));
}
