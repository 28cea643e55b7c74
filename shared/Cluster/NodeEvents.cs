namespace Saas.Cluster;

/// <summary>Nomad's DrainMetadata.</summary>
public sealed record LastDrain
{
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>One of <see cref="DrainStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Who asked for it last: a key's or a member's id.</summary>
    public string AccessorId { get; init; } = "";

    /// <summary>What they noted; null: nothing.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
}

public static class DrainStatus
{
    public const string Draining = "draining";

    /// <summary>Nothing was left that had to go.</summary>
    public const string Complete = "complete";

    public const string Canceled = "canceled";
}

/// <summary>Something that happened to a node, for people.</summary>
/// <param name="Subsystem">One of <see cref="NodeEvents"/>.</param>
public sealed record NodeEvent(string Message, string Subsystem, DateTimeOffset At);

/// <summary>Events in Nomad's words, and how they get into a node's row.</summary>
public static class NodeEvents
{
    /// <summary>The newest are kept, as many as in Nomad.</summary>
    public const int Kept = 10;

    public const string Cluster = "Cluster";
    public const string Drain = "Drain";

    public const string Registered = "Node registered";
    public const string HeartbeatMissed = "Node heartbeat missed";
    public const string HeardAgain = "Node reregistered by heartbeat";
    public const string Eligible = "Node marked as eligible for scheduling";
    public const string Ineligible = "Node marked as ineligible for scheduling";
    public const string DrainSet = "Node drain strategy set";
    public const string DrainUpdated = "Node drain strategy updated";
    public const string DrainDisabled = "Node drain disabled";
    public const string DrainComplete = "Node drain complete";

    /// <summary>The node with one more event, and the index that a change of its row gets.</summary>
    public static NodeRecord With(this NodeRecord node, string message, string subsystem, DateTimeOffset at) => node with
    {
        Events = [.. (node.Events ?? []).TakeLast(Kept - 1), new NodeEvent(message, subsystem, at)],
        ModifyIndex = node.ModifyIndex + 1,
    };
}
