using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Discovery.Model;

/// <summary>The last known state of a check of a node, or of one of its services.</summary>
public sealed record HealthCheck
{
    public required string Node { get; init; }

    /// <summary>Unique on the node.</summary>
    public required string CheckID { get; init; }

    public string Name { get; init; } = "";

    /// <summary>One of <see cref="HealthStatus"/>.</summary>
    public required string Status { get; init; }

    public string Notes { get; init; } = "";
    public string Output { get; init; } = "";

    /// <summary>Empty: the check is of the node.</summary>
    public string ServiceID { get; init; } = "";

    public string ServiceName { get; init; } = "";
    public IReadOnlyList<string> ServiceTags { get; init; } = [];

    /// <summary><c>http</c>, <c>tcp</c>, <c>ttl</c>, <c>script</c>, <c>grpc</c>, <c>alias</c>; empty if not known.</summary>
    public string Type { get; init; } = "";

    public string Interval { get; init; } = "";
    public string Timeout { get; init; } = "";
    public int ExposedPort { get; init; }

    /// <summary>Kept and given back as it came. Null: none.</summary>
    public JsonElement? Definition { get; init; }

    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }

    [JsonIgnore]
    public bool IsOfNode => ServiceID.Length == 0;
}

/// <summary>Statuses of checks, and how several add up: the worst decides.</summary>
public static class HealthStatus
{
    public const string Passing = "passing";
    public const string Warning = "warning";
    public const string Critical = "critical";

    /// <summary>In questions only: whatever the status is.</summary>
    public const string Any = "any";

    /// <summary>Of what an operator took out of service; in aggregates only.</summary>
    public const string Maintenance = "maintenance";

    /// <summary>Check ids of maintenance: the node's, and the beginning of a service's.</summary>
    public const string NodeMaintenance = "_node_maintenance";

    public const string ServiceMaintenancePrefix = "_service_maintenance:";

    /// <summary>The check that says whether a node's agent is alive.</summary>
    public const string AgentAlive = "serfHealth";

    public static bool IsStatus(string status) => status is Passing or Warning or Critical;

    /// <summary>0 passing, 1 warning, 2 critical or anything else.</summary>
    public static int Severity(string status) => status switch
    {
        Passing => 0,
        Warning => 1,
        _ => 2,
    };
}
