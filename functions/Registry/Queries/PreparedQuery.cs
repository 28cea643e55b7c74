using System.Text.Json.Serialization;

namespace Saas.Registry.Queries;

/// <summary>A question about a service that was put down to be asked again and again, by id or name. Immutable.</summary>
internal sealed record PreparedQuery
{
    /// <summary>A UUID.</summary>
    public string ID { get; init; } = "";

    /// <summary>Unique without regard to case; of a template the prefix it answers to. Empty: none.</summary>
    public string Name { get; init; } = "";

    /// <summary>The session it ends with; empty: none.</summary>
    public string Session { get; init; } = "";

    /// <summary>A token came with it. Which one is not kept: whoever may execute the query sees what it finds.</summary>
    public bool HadToken { get; init; }

    public QueryTemplate Template { get; init; } = new();
    public ServiceQuery Service { get; init; } = new();

    /// <summary>For DNS, as Go writes durations; empty: none given.</summary>
    public string DnsTtl { get; init; } = "";

    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }

    [JsonIgnore]
    public bool IsTemplate => Template.Type.Length > 0;
}

internal sealed record QueryTemplate
{
    public const string NamePrefixMatch = "name_prefix_match";

    /// <summary><see cref="NamePrefixMatch"/>; empty: the query is no template.</summary>
    public string Type { get; init; } = "";

    /// <summary>Of RE2, on the name asked for; empty: none.</summary>
    public string Regexp { get; init; } = "";

    public bool RemoveEmptyTags { get; init; }
}

/// <summary>Which instances of which service.</summary>
internal sealed record ServiceQuery
{
    public string Service { get; init; } = "";
    public QueryFailover Failover { get; init; } = new();

    /// <summary>Without instances that have a check in warning; those with a critical one are never given.</summary>
    public bool OnlyPassing { get; init; }

    /// <summary>Checks that do not count.</summary>
    public IReadOnlyList<string> IgnoreCheckIDs { get; init; } = [];

    /// <summary>A node's name, <c>_agent</c> or <c>_ip</c>; empty: in any order.</summary>
    public string Near { get; init; } = "";

    /// <summary>An instance has all of them, and none of those with <c>!</c> before them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, string> NodeMeta { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> ServiceMeta { get; init; } = new Dictionary<string, string>();

    /// <summary>Only instances that speak the mesh's protocol.</summary>
    public bool Connect { get; init; }
}

/// <summary>Where else to ask, one after the other, when nothing is found: the nearest, then those named, each once.</summary>
internal sealed record QueryFailover
{
    public int NearestN { get; init; }
    public IReadOnlyList<string> Datacenters { get; init; } = [];

    /// <summary>Datacenters too: the newer way to name them, instead of both others.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];
}
