using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// How long a task goes on after its services left discovery because it is to be stopped: Nomad's <c>shutdown_delay</c> of the
/// group, then the task's own. Meanwhile those who follow the catalog learn that it is gone, and what they had sent is
/// answered. A task that failed, a stray and an earlier run have none: nobody is to be sent to them.
/// </summary>
internal static class ShutdownDelay
{
    /// <summary>The platform allows no more; this is the second lock.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static TimeSpan Of(AssignedAllocation assigned, string task) => Clamp(assigned.TaskGroup.ShutdownDelay)
        + Clamp(assigned.TaskGroup.Tasks?.FirstOrDefault(candidate => candidate.Name == task)?.ShutdownDelay);

    /// <summary>
    /// Whether its delay has not begun. One that ends later than it would if it began now is of a clock that was set back, or of
    /// a job whose delay was shortened meanwhile: it begins anew, and ends sooner.
    /// </summary>
    public static bool IsToBegin(TaskRecord task, TimeSpan delay, DateTimeOffset now) =>
        task.StopNotBefore is { } at ? at > now + delay : delay > TimeSpan.Zero;

    private static TimeSpan Clamp(long? nanoseconds) =>
        TimeSpan.FromTicks(Math.Clamp((nanoseconds ?? 0) / TimeSpan.NanosecondsPerTick, 0, Longest.Ticks));
}
