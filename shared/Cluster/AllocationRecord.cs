using Saas.Contracts.Agents;

namespace Saas.Cluster;

/// <summary>
/// What is known of an allocation beside its place in the assignment document: what its agent last said, and, once it
/// has left the document, that it was. Written by Provisioning from agents' reports, and by the scheduler for lost ones.
/// </summary>
public sealed record AllocationRecord
{
    public required string Id { get; init; }
    public required string NodeId { get; init; }
    public required string ProjectId { get; init; }
    public required string Region { get; init; }
    public required string JobId { get; init; }
    public required long JobVersion { get; init; }
    public required string JobType { get; init; }
    public required string Group { get; init; }
    public required int Index { get; init; }
    public required string EvaluationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>One of <see cref="Contracts.Jobs.DesiredStatus"/> when this was written.</summary>
    public required string DesiredStatus { get; init; }

    /// <summary>Why it was placed or told to stop, when this was written; empty in rows of older versions.</summary>
    public string DesiredDescription { get; init; } = "";

    /// <summary>One of <see cref="Contracts.Jobs.ClientStatus"/>. A terminal one never changes again.</summary>
    public required string ClientStatus { get; init; }

    public string ClientDescription { get; init; } = "";

    /// <summary>Revision of the last report; -1 where the scheduler declared it lost.</summary>
    public required long Revision { get; init; }

    public string? PreviousAllocation { get; init; }

    /// <summary>
    /// As last reported: the deployment that <see cref="Healthy"/> was found for. The assignment may name a newer one, until
    /// the agent has heard of it.
    /// </summary>
    public string? DeploymentId { get; init; }

    /// <summary>It ran beside the allocation of its name, and nobody had promoted it when this was written.</summary>
    public bool Canary { get; init; }

    /// <summary>
    /// Its node fell silent then, and its group allows for that: set and taken away by the scheduler. What the agent said
    /// before stays as it is, and is true again when the node speaks; until then readers show <c>unknown</c>.
    /// </summary>
    public DateTimeOffset? UnknownSince { get; init; }

    /// <summary>
    /// When a user asked for it to be stopped and placed anew; null: nobody did. The scheduler does so as long as it runs and
    /// was not told to stop.
    /// </summary>
    public DateTimeOffset? MoveAskedAt { get; init; }

    /// <summary>As last reported; see <see cref="AllocationReport.Healthy"/>.</summary>
    public bool? Healthy { get; init; }

    /// <summary>When <see cref="Healthy"/> was found; null where it is, and in rows of older versions.</summary>
    public DateTimeOffset? HealthSince { get; init; }

    /// <summary>It failed, and a user wants it replaced now: neither delay nor attempts of its policy count.</summary>
    public bool ForceReschedule { get; init; }

    /// <summary>
    /// What it reserves, kept for usage that is reported after the allocation has left the document: no agent can bill
    /// more than this. Null where that was not known when the record was written: nothing is billed any more.
    /// </summary>
    public Reservation? Reserved { get; init; }

    /// <summary>By task name: as last reported.</summary>
    public required IReadOnlyDictionary<string, TaskReport> Tasks { get; init; }
}
