using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Tests.Fakes;
using Xunit.Sdk;

namespace Saas.EdgeAgent.Tests;

/// <summary>The contract suite must notice a driver that breaks a rule: each of these breaks one.</summary>
public sealed class WorkloadDriverContractProof
{
    public static TheoryData<string, Func<FakeHost, string, IWorkloadDriver>, Func<WorkloadDriverContract, Task>> BrokenDrivers => new()
    {
        { "starts a second instance", (h, n) => new StartsTwice(h, n), suite => suite.StartingAgainWhileItRunsChangesNothing() },
        { "starts again what ended", (h, n) => new StartsTwice(h, n), suite => suite.WhatEndedStaysEndedUntilItIsRemoved() },
        { "knows only what it started itself", (h, n) => new Forgetful(h, n), suite => suite.ARestartedAgentFindsWhatRunsAndDoesNotStartItAgain() },
        { "takes a cut-off start for absent", (h, n) => new Forgetful(h, n), suite => suite.AStartThatWasCutOffIsFinishedByStartingAgain() },
        { "takes others' workloads for its own", (h, _) => new FakeDriver(h, "node_a"), suite => suite.AnotherAgentOnTheMachineDoesNotSeeIt() },
        { "never forces", (h, n) => new Polite(h, n), suite => suite.StoppingForcesTheDeafWhenTheGraceIsOver() },
        { "forgets what it stopped", (h, n) => new Polite(h, n), suite => suite.StoppingAsksFirstAndMayBeRepeated() },
        { "keeps what it should remove", (h, n) => new Hoarder(h, n), suite => suite.RemovingEndsAndForgetsSoThatTheIdMayBeUsedAgain() },
    };

    [Theory]
    [MemberData(nameof(BrokenDrivers), DisableDiscoveryEnumeration = true)]
    public async Task TheSuiteFailsADriverThat(
        string fault, Func<FakeHost, string, IWorkloadDriver> open, Func<WorkloadDriverContract, Task> fact)
    {
        var suite = new Suite(new FakeHarness { Make = open });

        var failure = await Record.ExceptionAsync(() => fact(suite));

        Assert.True(failure is XunitException, $"A driver that {fault} passed: {failure}");
    }

    private sealed class Suite(IWorkloadDriverHarness harness) : WorkloadDriverContract(harness);

    private sealed class StartsTwice(FakeHost host, string node) : FakeDriver(host, node)
    {
        public override Task StartAsync(WorkloadSpec spec, CancellationToken ct)
        {
            Host.Launch(Host.Define(Node, spec.Id, FakeBehaviour.Runs));
            return Task.CompletedTask;
        }
    }

    private sealed class Forgetful(FakeHost host, string node) : FakeDriver(host, node)
    {
        private readonly HashSet<WorkloadId> _mine = [];

        public override Task StartAsync(WorkloadSpec spec, CancellationToken ct)
        {
            _mine.Add(spec.Id);
            return base.StartAsync(spec, ct);
        }

        public override Task<WorkloadStatus> InspectAsync(WorkloadId id, CancellationToken ct) =>
            _mine.Contains(id) ? base.InspectAsync(id, ct) : Task.FromResult(new WorkloadStatus(WorkloadState.Absent));
    }

    private sealed class Polite(FakeHost host, string node) : FakeDriver(host, node)
    {
        public override async Task StopAsync(WorkloadId id, string signal, TimeSpan grace, CancellationToken ct)
        {
            if (Host.Find(Node, id)?.Behaviour != FakeBehaviour.Deaf)
            {
                await RemoveAsync(id, ct);
            }
        }
    }

    private sealed class Hoarder(FakeHost host, string node) : FakeDriver(host, node)
    {
        public override Task RemoveAsync(WorkloadId id, CancellationToken ct) => StopAsync(id, "SIGKILL", TimeSpan.Zero, ct);
    }
}
