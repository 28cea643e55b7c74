using Saas.Discovery.Model;

namespace Saas.Discovery.Sync;

/// <summary>
/// What an edge agent tells the registry of its node: everything (<see cref="Full"/>), what changed since its last message,
/// or, with nothing in it, only that it lives. POST <see cref="SyncProtocol.NodePath"/>, per project.
/// <para>
/// Messages may come twice, late or out of order. A generation begins with a full message and ends when the registry has
/// given the node up; what belongs to an ended or older generation changes nothing, so a late message revives nothing.
/// Within a generation changes carry consecutive sequence numbers from 1 (the full message has 0).
/// </para>
/// </summary>
public sealed record NodeSync
{
    /// <summary>Above that of every full message before; the agent keeps it on disk.</summary>
    public required long Generation { get; init; }

    /// <summary>Of this change; a life sign without changes repeats the last one.</summary>
    public required long Sequence { get; init; }

    /// <summary>What is not in the message is not on the node any more.</summary>
    public bool Full { get; init; }

    /// <summary>The node itself: with every full message; null otherwise.</summary>
    public Node? Node { get; init; }

    public IReadOnlyList<ServiceInstance> Services { get; init; } = [];
    public IReadOnlyList<HealthCheck> Checks { get; init; } = [];
    public IReadOnlyList<string> RemovedServices { get; init; } = [];
    public IReadOnlyList<string> RemovedChecks { get; init; } = [];

    /// <summary>After so long without a message the node counts as dead: 5 s to 10 min.</summary>
    public int TtlSeconds { get; init; } = 30;

    /// <summary>How far other nodes were measured to be; at most 16.</summary>
    public IReadOnlyList<RoundTrip> RoundTrips { get; init; } = [];
}

/// <param name="Node">The other node's name.</param>
/// <param name="Seconds">There and back; above 0, at most 10.</param>
public sealed record RoundTrip(string Node, double Seconds);

/// <summary>The registry's answer to a <see cref="NodeSync"/>.</summary>
public sealed record NodeSyncResult
{
    public required SyncOutcome Outcome { get; init; }

    /// <summary>The newest generation known; a full message needs a higher one after <see cref="SyncOutcome.Stale"/>.</summary>
    public required long Generation { get; init; }

    /// <summary>The datacenter the node is in.</summary>
    public required string Datacenter { get; init; }

    /// <summary>The index after the change.</summary>
    public required ulong Index { get; init; }

    /// <summary>The id of the project that <c>ns</c> means: a name and an id may mean the same one.</summary>
    public string Project { get; init; } = "";
}

public enum SyncOutcome
{
    /// <summary>Applied, or had been before; the lease is renewed.</summary>
    Done,

    /// <summary>The registry does not know what the change is based on: send everything, in a new generation.</summary>
    FullNeeded,

    /// <summary>The generation is not above the newest known: send everything in one above that.</summary>
    Stale,
}

/// <summary>
/// The catalog's changes since an index, for agents. GET <see cref="SyncProtocol.FeedPath"/> with <c>index</c>, <c>wait</c>
/// (seconds, 0 to 60), <c>ns</c> and <c>dc</c>.
/// </summary>
public sealed record CatalogDelta
{
    /// <summary>Ask with it for what comes next.</summary>
    public required ulong Index { get; init; }

    public required string Datacenter { get; init; }

    /// <summary>What is not in <see cref="Nodes"/> is gone.</summary>
    public bool Full { get; init; }

    /// <summary>Whole nodes that changed.</summary>
    public IReadOnlyList<Catalog.NodeSnapshot> Nodes { get; init; } = [];

    public IReadOnlyList<string> RemovedNodes { get; init; } = [];
}

/// <summary>Paths of the Registry app for agents.</summary>
public static class SyncProtocol
{
    public const string NodePath = "/v1/agent/registry/node";
    public const string FeedPath = "/v1/agent/registry/feed";

    /// <summary>GET: runs a prepared query for the agent's DNS. Query: <c>name</c>, <c>ns</c>, <c>dc</c>; see <see cref="QueryAnswer"/>.</summary>
    public const string QueryPath = "/v1/agent/registry/query";

    /// <summary>GET: the names of the tenant's datacenters.</summary>
    public const string DatacentersPath = "/v1/agent/registry/datacenters";

    public const int MaxServices = 2000;
    public const int MaxChecks = 8000;
    public const int MaxRoundTrips = 16;
    public const int MaxBodyBytes = 8 * 1024 * 1024;
    public const int MinTtlSeconds = 5;
    public const int MaxTtlSeconds = 600;
}

/// <summary>What a prepared query found, for DNS.</summary>
/// <param name="Instances">In the order they are to be given.</param>
/// <param name="Datacenter">Where they are; after a failover not where was asked.</param>
/// <param name="TtlSeconds">The query's own DNS TTL; null: none given.</param>
public sealed record QueryAnswer(IReadOnlyList<CheckServiceNode> Instances, string Datacenter, int? TtlSeconds);
