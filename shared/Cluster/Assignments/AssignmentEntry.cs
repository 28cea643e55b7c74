using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Assignments;

/// <summary>
/// One allocation on its way into a document, by reference to what the writer already has in memory: an id may be
/// formatted on the stack. See <see cref="AssignedAllocation"/> for the meaning of what is named as there.
/// </summary>
public readonly ref struct AssignmentEntry
{
    public required ReadOnlySpan<char> Id { get; init; }
    public required AssignmentGroup Group { get; init; }

    /// <summary>From 0.</summary>
    public required int Index { get; init; }

    public required string EvaluationId { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>One of <see cref="Contracts.Jobs.DesiredStatus"/>; null: run.</summary>
    public string? DesiredStatus { get; init; }

    /// <summary>Why, for people; null or empty: nothing to say.</summary>
    public string? Description { get; init; }

    /// <summary>The allocation this one replaces; empty: none.</summary>
    public ReadOnlySpan<char> PreviousAllocation { get; init; }

    /// <summary>Empty: none.</summary>
    public ReadOnlySpan<char> DeploymentId { get; init; }

    public bool Canary { get; init; }

    /// <summary>Whether it has become well, as far as its deployment counts it; null: not yet known.</summary>
    public bool? Healthy { get; init; }

    public ReadOnlySpan<PortEntry> Ports { get; init; }
    public ReadOnlySpan<AssignedDevice> Devices { get; init; }

    /// <summary>Ids of allocations whose room it takes.</summary>
    public ReadOnlySpan<string> Follows { get; init; }

    /// <summary>What its node scored; kept to four decimal places. Null: not ranked.</summary>
    public double? Score { get; init; }
}

/// <summary>As <see cref="AssignedPort"/>; null stands for <c>default</c> and for no address.</summary>
public readonly record struct PortEntry(string Label, int Value, int To = 0, string? HostNetwork = null, string? HostIp = null);
