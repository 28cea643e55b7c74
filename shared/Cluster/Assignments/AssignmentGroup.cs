namespace Saas.Cluster.Assignments;

/// <summary>
/// What all allocations of a task group of one job version have in common. A document names it once, however many of
/// them it has; writers that use one object for equal ones are spared comparisons.
/// </summary>
/// <param name="JobType">One of <see cref="Contracts.Jobs.JobTypes"/>.</param>
/// <param name="Group">Name of the task group.</param>
/// <param name="Definition">Hash of the task group: see <see cref="Assignments.Definition"/>.</param>
public sealed record AssignmentGroup(
    string ProjectId, string JobId, long JobVersion, string JobType, string Group, string Definition)
{
    /// <summary>Of what tells groups of one document apart; the rest is for <see cref="object.Equals(object)"/>.</summary>
    public override int GetHashCode() => HashCode.Combine(JobId, JobVersion, Group);
}
