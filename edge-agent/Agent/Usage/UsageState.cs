using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Usage;

/// <summary>One document, so that what was metered and what is yet to be sent can never disagree.</summary>
internal sealed record UsageState
{
    public IReadOnlyDictionary<string, Meter> Meters { get; init; } = new Dictionary<string, Meter>();

    /// <summary>Oldest first; a sample leaves when the control plane has it.</summary>
    public IReadOnlyList<UsageSample> Outbox { get; init; } = [];
}

/// <summary>How far an allocation was metered.</summary>
internal sealed record Meter
{
    public required string ProjectId { get; init; }
    public required int VcpuMilli { get; init; }
    public required int MemoryMib { get; init; }

    /// <summary>Everything before is in samples. Never moves back, so no two windows overlap.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>It runs: time goes on being used.</summary>
    public bool IsOpen { get; init; }
}
