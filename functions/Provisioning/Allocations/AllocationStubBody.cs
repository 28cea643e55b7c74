using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Provisioning.Allocations;

/// <summary>Nomad's AllocListStub. Members have the meaning of those of <see cref="AllocationBody"/>.</summary>
internal sealed record AllocationStubBody
{
    public required string ID { get; init; }
    public required string EvalID { get; init; }
    public required string Name { get; init; }
    public required string Namespace { get; init; }
    public required string NodeID { get; init; }
    public required string NodeName { get; init; }
    public required string JobID { get; init; }
    public required string JobType { get; init; }
    public required long JobVersion { get; init; }
    public required string TaskGroup { get; init; }

    /// <summary>With <c>resources=true</c>; else left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required AllocatedResourcesBody? AllocatedResources { get; init; }

    public required string DesiredStatus { get; init; }
    public required string DesiredDescription { get; init; }
    public required string ClientStatus { get; init; }
    public required string ClientDescription { get; init; }
    public required DesiredTransitionBody DesiredTransition { get; init; }

    /// <summary>Null with <c>task_states=false</c>.</summary>
    public required IReadOnlyDictionary<string, TaskStateBody>? TaskStates { get; init; }

    /// <summary>Our own in a stub, as <see cref="PreviousAllocation"/>.</summary>
    public required string DeploymentID { get; init; }

    public required AllocDeploymentStatusBody? DeploymentStatus { get; init; }
    public string FollowupEvalID { get; init; } = "";
    public required string PreviousAllocation { get; init; }
    public required string NextAllocation { get; init; }
    public JsonElement? RescheduleTracker { get; init; }
    public IReadOnlyList<string>? PreemptedAllocations { get; init; }
    public string PreemptedByAllocation { get; init; } = "";
    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }
    public required long CreateTime { get; init; }
    public required long ModifyTime { get; init; }
}
