using Saas.Contracts.Agents;

namespace Saas.Cluster;

/// <summary>A machine of the tenant.</summary>
public sealed record NodeRecord
{
    public required string Id { get; init; }

    /// <summary>Host name at enrolment; the fingerprint has the present one.</summary>
    public string Name { get; init; } = "";

    public required string SiteId { get; init; }

    /// <summary>Name of its site: Nomad's datacenter.</summary>
    public required string Datacenter { get; init; }

    public required string Region { get; init; }

    /// <summary>Labels of its site, as <c>${meta.residency.…}</c> for constraints.</summary>
    public required IReadOnlyDictionary<string, string> Meta { get; init; }

    /// <summary>One of <see cref="NodeStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Null until the agent has sent its first.</summary>
    public NodeFingerprint? Fingerprint { get; init; }

    public required DateTimeOffset EnrolledAt { get; init; }
    public required DateTimeOffset StatusChangedAt { get; init; }

    /// <summary>Nothing new is placed on it: its operator's choice, or left behind by a drain.</summary>
    public bool Ineligible { get; init; }

    /// <summary>It is being emptied; null: it is not.</summary>
    public NodeDrain? Drain { get; init; }

    /// <summary>What became of the last drain, or becomes of this one; null: there never was one.</summary>
    public LastDrain? LastDrain { get; init; }

    /// <summary>What happened to it, oldest first; at most <see cref="NodeEvents.Kept"/>.</summary>
    public IReadOnlyList<NodeEvent>? Events { get; init; }

    /// <summary>Of this row alone: rises with every change but heartbeats.</summary>
    public long ModifyIndex { get; init; }

    /// <summary>Its credential was taken away: it is down and stays so. The row is left for the names in its allocations.</summary>
    public bool Revoked { get; init; }
}

/// <summary>Nomad's drain: move everything away, at the pace of each group's migrate block.</summary>
/// <param name="StartedAt">By the clock of whoever asked for it.</param>
/// <param name="Deadline">What is left when it has passed is stopped at once. Null: no deadline. Zero: everything at once.</param>
/// <param name="IgnoreSystemJobs">Leave system and sysbatch jobs where they are; else they go last.</param>
public sealed record NodeDrain(DateTimeOffset StartedAt, TimeSpan? Deadline, bool IgnoreSystemJobs);

public static class NodeStatus
{
    /// <summary>Enrolled, no fingerprint yet.</summary>
    public const string Initializing = "initializing";

    public const string Ready = "ready";

    /// <summary>Not heard from for its heartbeat TTL; its allocations are lost.</summary>
    public const string Down = "down";

    /// <summary>
    /// Not heard from for its heartbeat TTL, and some group on it allows for that: those allocations are unknown until it
    /// speaks again or their time is over; the others are lost.
    /// </summary>
    public const string Disconnected = "disconnected";
}

/// <summary>Bumped when the node's agent was heard. Only its change has a meaning, never a clock.</summary>
public sealed record HeartbeatRecord(long Counter);
