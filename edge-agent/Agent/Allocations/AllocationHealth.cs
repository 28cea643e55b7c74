using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Allocations;

/// <summary>What the agent remembers of an allocation's health, on disk.</summary>
/// <param name="Watched">Time that counts towards the deadline, up to some seconds ago.</param>
/// <param name="Healthy">Null: not known yet. Once known it stays, as long as the deployment is the same.</param>
/// <param name="DeploymentId">What it counts for, or counted for: with another one all begins anew. Null: no deployment.</param>
internal sealed record HealthRecord(TimeSpan Watched, bool? Healthy, string? DeploymentId);

/// <summary>What one look found.</summary>
/// <param name="Fault">What is not well, for people; null: nothing.</param>
/// <param name="Restarts">Of all tasks together: another number than before is a break.</param>
internal sealed record HealthLook(string? Fault, int Restarts);

/// <summary>
/// Whether an allocation is healthy, from one look to the next. Pure.
///
/// Naive: compare the wall clock with the time of receipt. Then a clock that is set ahead fails a roll-out. Instead only time
/// counts that passed between two looks of one agent by the monotonic clock, and of a long pause (a frozen machine) only
/// <see cref="LongestStep"/>. Of what is on disk an agent that starts takes over how much of the deadline had passed, and looks
/// for at least <see cref="HealthRules.MinHealthy"/> itself before the deadline may strike: a restart of the agent makes nothing
/// unhealthy. It makes nothing healthy either: the well time begins anew. Cost: an agent that starts over and over again never
/// decides, and the deployment's progress deadline must.
/// </summary>
internal sealed record AllocationHealth
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(10);

    /// <summary>Time that counts towards the deadline; more than on disk.</summary>
    public TimeSpan Watched { get; init; }

    /// <summary>How much of it this agent saw itself.</summary>
    public TimeSpan Seen { get; private init; }

    /// <summary>For how long all is well without a break; null: it is not.</summary>
    public TimeSpan? Well { get; private init; }

    public bool? Healthy { get; private init; }

    /// <summary>Why it is unhealthy, for people.</summary>
    public string Reason { get; private init; } = "";

    private int Restarts { get; init; }

    /// <param name="passed">Monotonic time since the last look of this agent; zero for its first.</param>
    public AllocationHealth Next(HealthRules rules, HealthLook look, TimeSpan passed)
    {
        if (Healthy is not null)
        {
            return this;
        }

        var step = passed < LongestStep ? passed : LongestStep;
        var goesOn = Well is not null && look.Restarts == Restarts;
        var next = this with
        {
            Watched = Watched + step,
            Seen = Seen + step,
            Well = look.Fault is not null ? null : goesOn ? Well + step : TimeSpan.Zero,
            Restarts = look.Restarts,
        };
        if (next.Well >= rules.MinHealthy)
        {
            return next with { Healthy = true };
        }

        return next.Watched >= rules.Deadline && next.Seen >= rules.MinHealthy
            ? next with
            {
                Healthy = false,
                Reason = $"Not healthy within {rules.Deadline.TotalSeconds:0.#} s: {look.Fault ?? $"well for less than {rules.MinHealthy.TotalSeconds:0.#} s"}",
            }
            : next;
    }

    /// <summary>What is remembered for the deployment it is assigned for now; null: nothing.</summary>
    public static HealthRecord? Remembered(AllocationRecord record) =>
        record.Health is { } health && health.DeploymentId == record.Assigned.DeploymentId ? health : null;

    /// <summary>
    /// What the control plane is told, for the deployment it is assigned for now. A task that failed for good makes it unhealthy in the same breath, and a batch that is
    /// done healthy: the report of the end is the last one that is listened to.
    /// </summary>
    public static bool? Of(AllocationRecord record) =>
        Remembered(record)?.Healthy is { } known ? known
        : HealthRules.Of(record.Assigned) is null ? null
        : HasFailed(record) ? false
        : record.IsTerminal && record.Assigned.DesiredStatus == DesiredStatus.Run && IsBatch(record.Assigned.JobType) ? true
        : null;

    public static bool IsBatch(string jobType) => jobType is JobTypes.Batch or JobTypes.SysBatch;

    private static bool HasFailed(AllocationRecord record) => record.Fault is not null || record.Tasks.Any(task => task.Failed);
}
