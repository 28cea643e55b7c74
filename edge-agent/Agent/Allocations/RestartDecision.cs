using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Allocations;

internal enum RestartVerdict
{
    /// <summary>Start another run at <see cref="RestartDecision.NotBefore"/>.</summary>
    Restart,

    /// <summary>It did what it was for.</summary>
    Complete,

    /// <summary>Failed, and this node tries no more.</summary>
    Fail,
}

/// <summary>
/// What follows a task's end, by Nomad's restart policy: at most so many restarts within an interval that begins with the first of
/// them; then fail, or wait for the interval to end. A batch task that ends with success is complete; a service has
/// no such end and is restarted.
/// </summary>
internal sealed record RestartDecision(RestartVerdict Verdict, DateTimeOffset NotBefore, RestartWindow Window, string Reason)
{
    private const string ModeDelay = "delay";

    /// <summary>A task's own policy, else its group's.</summary>
    public static RestartPolicy? PolicyOf(AssignedAllocation assigned, string task) =>
        assigned.TaskGroup.Tasks?.FirstOrDefault(candidate => candidate.Name == task)?.RestartPolicy ?? assigned.TaskGroup.RestartPolicy;

    /// <param name="exitCode">Null if unknown, which counts as failure.</param>
    /// <param name="now">When it ended.</param>
    public static RestartDecision After(int? exitCode, string jobType, RestartPolicy? policy, RestartWindow window, DateTimeOffset now)
    {
        var isBatch = AllocationHealth.IsBatch(jobType);
        if (isBatch && exitCode == 0)
        {
            return new RestartDecision(RestartVerdict.Complete, now, window, "Task completed");
        }

        var attempts = policy?.Attempts ?? (isBatch ? 3 : 2);
        var interval = Nanoseconds(policy?.Interval) ?? (isBatch ? TimeSpan.FromHours(24) : TimeSpan.FromMinutes(30));
        var delay = Nanoseconds(policy?.Delay) ?? TimeSpan.FromSeconds(15);
        if (attempts <= 0)
        {
            return new RestartDecision(RestartVerdict.Fail, now, window, "Policy allows no restarts");
        }

        // A window from the future is one of a clock that was set back: begin anew rather than count forever.
        var since = window.Since is { } start && start <= now && now - start <= interval ? start : now;
        var count = (since == window.Since ? window.Count : 0) + 1;
        var next = new RestartWindow(count, since);
        if (count <= attempts)
        {
            return new RestartDecision(RestartVerdict.Restart, now + delay, next, "Restart within policy");
        }

        var exceeded = $"Exceeded allowed attempts {attempts} in interval {interval} and mode is \"{policy?.Mode ?? "fail"}\"";
        return policy?.Mode == ModeDelay
            ? new RestartDecision(RestartVerdict.Restart, since + interval, new RestartWindow(0, null), exceeded)
            : new RestartDecision(RestartVerdict.Fail, now, next, exceeded);
    }

    private static TimeSpan? Nanoseconds(long? value) => value is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick) : null;
}
