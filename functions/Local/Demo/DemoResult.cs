using System.Text.Json.Serialization;

namespace Saas.Local.Demo;

/// <summary>What <c>demo --json</c> prints as its last line.</summary>
internal sealed record DemoResult
{
    public required string TenantId { get; init; }
    public required string ProjectId { get; init; }
    public required string SiteId { get; init; }
    public required string NodeId { get; init; }
    public required string JobId { get; init; }
    public required IReadOnlyList<DemoAllocation> Allocations { get; init; }

    /// <summary>The end of what the guest wrote to its serial console; empty without a VM.</summary>
    public required string Console { get; init; }

    public required DemoUsage Usage { get; init; }
    public required DemoCost Cost { get; init; }

    /// <summary>Everything that was asked for runs, and the guest said that it booted.</summary>
    [JsonIgnore]
    public bool Succeeded { get; init; }
}

/// <param name="SecondsToRunning">From the job's submission; null if it never ran.</param>
internal sealed record DemoAllocation(string Id, string Group, string Driver, string State, double? SecondsToRunning);

internal sealed record DemoUsage(decimal VcpuSeconds, decimal MemoryGibSeconds, decimal ApiCalls);

/// <param name="Amount">In the currency's major unit.</param>
internal sealed record DemoCost(decimal Amount, string Currency);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoResult))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>))]
internal sealed partial class DemoJson : JsonSerializerContext;
