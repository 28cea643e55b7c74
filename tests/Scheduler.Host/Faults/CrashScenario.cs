namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>Something the cell can be asked for, and what it must come to, whatever fails on the way.</summary>
/// <param name="Prepare">Before the faults.</param>
/// <param name="Act">In the midst of them.</param>
/// <param name="Expected">As <see cref="Settlement"/> says it.</param>
internal sealed record CrashScenario(string Name, Func<Play, Task> Prepare, Func<Play, Task> Act, IReadOnlyList<string> Expected)
{
    public static IReadOnlyDictionary<string, CrashScenario> All { get; } = new[]
    {
        JobScenarios.AllAtOnce, JobScenarios.Placing, JobScenarios.Purge, JobScenarios.Periodic, JobScenarios.Pruning,
        RollOutScenarios.Rolling, RollOutScenarios.Canary, RollOutScenarios.AutoRevert,
        NodeScenarios.Down, NodeScenarios.Disconnect, NodeScenarios.Drain,
        RoomScenarios.Preemption, RoomScenarios.Quota,
    }.ToDictionary(static scenario => scenario.Name);

    public static TheoryData<string> Names => [.. All.Keys];

    public override string ToString() => Name;
}
