using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Allocations;

/// <summary>An allocation that takes the room of others: it starts when they have ended, whatever happens to the agent.</summary>
public sealed class FollowsTests : AgentScenario
{
    /// <summary>Goes on until the test lets it go, though it was told to stop.</summary>
    private const string StopsWhenLet = "echo ready; trap 'while [ ! -e $NOMAD_ALLOC_DIR/let ]; do sleep 0.05; done; exit 0' TERM; while :; do sleep 0.05; done";

    [Fact]
    public async Task ItStartsWhenAllItFollowsHaveEndedAndStaysPendingUntilThen()
    {
        var (first, second) = (Victim(), Victim());
        var next = Assignments.Shell(RunsOn) with { Follows = [first.Id, second.Id] };
        Agent.Start();
        await RunAsync(first, second);
        Plane.Assign(Evicted(first), Evicted(second), next);
        await KillingAsync(first, second);
        Assert.Equal("Preempted by job shop", Report(first)!.Tasks["main"].Events[^1].Message);
        await UntilAsync(() => Report(next)?.ClientStatus == ClientStatus.Pending, "it is pending");

        Let(first);
        await StatusAsync(first, ClientStatus.Complete);
        await AnotherTickAsync();
        Assert.Empty(Instances(next));
        Assert.Equal(ClientStatus.Pending, Report(next)!.ClientStatus);

        Let(second);
        await StatusAsync(next, ClientStatus.Running);
        Assert.Equal(ClientStatus.Complete, Report(second)!.ClientStatus);
        Assert.False(Report(first)!.Tasks["main"].Failed);
    }

    [Fact]
    public async Task WhatItFollowsLeavesTheDocumentAndIsNotThereAnyMore_ItStarts()
    {
        var victim = Victim();
        var next = Assignments.Shell(RunsOn) with { Follows = [victim.Id, "alloc_never_seen"] };
        Agent.Start();
        await RunAsync(victim);
        Plane.Assign(next); // not told to stop: gone at once
        await KillingAsync(victim);
        await AnotherTickAsync();
        Assert.Empty(Instances(next));

        Let(victim);

        await StatusAsync(next, ClientStatus.Running);
        Assert.Empty(Instances(victim));
    }

    [Fact]
    public async Task TheAgentIsKilledBetween_ItStillWaitsAndStartsOnce()
    {
        await using var agent = new AgentProcess(Plane, Data);
        var victim = Victim();
        var next = Assignments.Shell("echo x >> $NOMAD_ALLOC_DIR/starts; " + RunsOn) with { Follows = [victim.Id] };
        agent.Start();
        await RunAsync(victim);
        Plane.Assign(Evicted(victim), next);
        await KillingAsync(victim);
        for (var kill = 0; kill < 3; kill++)
        {
            await agent.KillAsync();
            var reports = Plane.AllReports.Count;
            agent.Start();
            await Poll.UntilAsync(() => Plane.AllReports.Skip(reports).Any(report => report.Id == next.Id), "it is reported anew", () => agent.Log);
            await AnotherTickAsync();
            Assert.Empty(Instances(next));
        }

        await agent.KillAsync();
        Let(victim);
        agent.Start();

        // It has counted itself before it says so.
        await Poll.UntilAsync(() => Report(next)?.Tasks["main"].OutputTail == "ready\n", "it runs", () => agent.Log);
        Assert.Equal(ClientStatus.Complete, Report(victim)!.ClientStatus);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(Data, "allocs", next.Id, "alloc", "starts")));
    }

    private static AssignedAllocation Victim() => Assignments.Of(
        JobTypes.Service, null, Assignments.Task("main", "/bin/sh", "-c", StopsWhenLet) with { KillTimeout = 60_000_000_000 });

    private static AssignedAllocation Evicted(AssignedAllocation allocation) =>
        allocation with { DesiredStatus = DesiredStatus.Evict, DesiredDescription = "Preempted by job shop" };

    private async Task RunAsync(params AssignedAllocation[] allocations)
    {
        Plane.Assign(allocations);
        foreach (var allocation in allocations)
        {
            await UntilAsync(() => Report(allocation)?.Tasks["main"].OutputTail == "ready\n", $"{allocation.Id} runs");
        }
    }

    private async Task KillingAsync(params AssignedAllocation[] allocations)
    {
        foreach (var allocation in allocations)
        {
            await UntilAsync(() => Report(allocation)!.Tasks["main"].Events[^1].Type == "Killing", $"{allocation.Id} is being stopped");
        }
    }

    /// <summary>The loop looks at everything once a second: after one and a half it has.</summary>
    private static Task AnotherTickAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        return Poll.UntilAsync(() => TimeProvider.System.GetElapsedTime(began) > EdgeAgent.Allocations.AllocationLoop.Tick * 1.5, "a tick");
    }

    private void Let(AssignedAllocation allocation) => File.WriteAllText(Path.Combine(Data, "allocs", allocation.Id, "alloc", "let"), "");
}
