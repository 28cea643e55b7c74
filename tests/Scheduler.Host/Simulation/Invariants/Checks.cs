using Saas.Cluster;
using Saas.Contracts.Agents;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>All that must hold, found the slow way from the rows.</summary>
internal sealed class Checks(World world)
{
    private readonly RoomChecks _room = new(world);
    private readonly NameChecks _names = new(world);
    private readonly PlacementChecks _placements = new(world);
    private readonly DeploymentChecks _deployments = new(world);
    private readonly PeriodicChecks _periodic = new(world);
    private readonly RestChecks _rest = new(world);

    public string Summary => $"{_placements.Placed} placed, {_placements.Preempted} preempted, {_deployments.Seen} deployments, {_periodic.Launched} launches";

    public void CheckStep(Changes changes)
    {
        _room.Note(changes);
        if (!changes.IsEmpty)
        {
            _room.Check(changes);
            _names.Check();
            _placements.Check(changes);
            _deployments.Check(changes);
        }

        _periodic.Check(changes);
        _rest.CheckDrains();
    }

    /// <summary>An agent starts something beside what runs there.</summary>
    public void CheckStart(string nodeId, AssignedAllocation starts, IEnumerable<AssignedAllocation> running)
    {
        _room.CheckTogether(nodeId, [.. running], "what runs");
        _names.CheckRunsAlone(nodeId, starts);
    }

    public void CheckRest() => _rest.Check();

    /// <param name="blocked">As they were before the new leader came.</param>
    public void CheckNothingIsLeft(Changes changes, IReadOnlyList<EvaluationRecord> blocked) => _rest.CheckNothingIsLeft(changes, blocked);

    public static void Holds(bool condition, Func<string> otherwise)
    {
        if (!condition)
        {
            throw new SimulationException(otherwise());
        }
    }
}
