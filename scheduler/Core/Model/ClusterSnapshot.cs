namespace Saas.Scheduler.Core.Model;

/// <summary>
/// The cell at one moment. Planning changes neither.
/// </summary>
/// <param name="Usage">Everything that stands in the nodes' documents, stopping allocations included.</param>
public sealed record ClusterSnapshot(NodeTable Nodes, NodeUsage Usage);

/// <summary>One job to look at.</summary>
/// <param name="Id">Seeds the random choices: the same evaluation of the same snapshot gives the same plan.</param>
/// <param name="Job">Null: it was removed.</param>
/// <param name="Allocations">
/// All in the nodes' documents, and of those that left them the ones that tell what became of the present version.
/// </param>
public sealed record EvaluationRequest(
    string Id, string JobKey, JobSpec? Job, IReadOnlyList<AllocationState> Allocations);
