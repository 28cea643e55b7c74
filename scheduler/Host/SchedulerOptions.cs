using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Saas.Scheduler.Host;

/// <summary>Times and sizes of the scheduler. The defaults suit production and a laptop alike.</summary>
public sealed record SchedulerOptions
{
    /// <summary>
    /// How long a cell stays with a leader that is not heard from: the most that a dead host costs. It renews three
    /// times within it.
    /// </summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A node silent for this long is down. Agents are told the same by Provisioning.</summary>
    public TimeSpan HeartbeatTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often heartbeats are read: what detection may add to <see cref="HeartbeatTtl"/>.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often everything is looked at anew: the most that a lost message costs.</summary>
    public TimeSpan ResyncEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages taken from the inbox at once, and jobs of them planned together.</summary>
    public int InboxBatch { get; init; } = 1000;

    /// <summary>Jobs planned and committed together at most.</summary>
    public int JobsPerRound { get; init; } = 4096;

    /// <summary>How long a message may be worked on before another host may take it.</summary>
    public TimeSpan InboxLock { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages of one cell that wait in memory; beyond it they go back to the queue.</summary>
    public int CellBacklog { get; init; } = 10_000;

    /// <summary>Plans per round that may fail because a row was not as believed, before the cell is loaded anew.</summary>
    public int MaxCommitAttempts { get; init; } = 5;

    /// <summary>How long ended evaluations, and allocations that others replaced, stay readable.</summary>
    public TimeSpan HistoryRetention { get; init; } = TimeSpan.FromHours(48);

    /// <summary>With <c>SAAS_LEASE_TTL_SECONDS</c> and <c>SAAS_HEARTBEAT_TTL_SECONDS</c> where they are set.</summary>
    /// <exception cref="InvalidOperationException">One of them is no number from 1 to 3600.</exception>
    public static SchedulerOptions From(IConfiguration configuration)
    {
        var defaults = new SchedulerOptions();
        return defaults with
        {
            LeaseTtl = Seconds(configuration, "SAAS_LEASE_TTL_SECONDS") ?? defaults.LeaseTtl,
            HeartbeatTtl = Seconds(configuration, "SAAS_HEARTBEAT_TTL_SECONDS") ?? defaults.HeartbeatTtl,
        };
    }

    private static TimeSpan? Seconds(IConfiguration configuration, string name)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidOperationException($"{name} must be a number of seconds from 1 to 3600.");
    }
}
