using System.Diagnostics;
using System.Text;
using Saas.Contracts;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Tests;

/// <summary>
/// What every driver holds to (see <see cref="IWorkloadDriver"/>). An adapter derives one class and gives a harness;
/// it overrides nothing. <see cref="WorkloadDriverContractProof"/> shows that broken drivers fail it.
/// </summary>
public abstract class WorkloadDriverContract(IWorkloadDriverHarness harness) : IAsyncLifetime
{
    private const string StopSignal = "SIGTERM";

    private IWorkloadDriver Driver { get; } = harness.Open();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var driver in (IWorkloadDriver[])[harness.Open(), harness.OpenForOtherNode()])
        {
            foreach (var id in await driver.ListAsync(CancellationToken.None))
            {
                await driver.RemoveAsync(id, CancellationToken.None);
            }
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task TheFingerprintNamesTheDriverAsAnAttribute()
    {
        var capability = await Driver.FingerprintAsync(Ct);

        Assert.True(capability.Fingerprint.Healthy, capability.Fingerprint.Detail);
        Assert.Contains($"driver.{Driver.Name}", capability.Attributes);
    }

    [Fact]
    public async Task AnUnknownWorkloadIsAbsentAndStoppingOrRemovingItSucceeds()
    {
        var id = NewId();

        Assert.Equal(WorkloadState.Absent, (await Driver.InspectAsync(id, Ct)).State);
        await Driver.StopAsync(id, StopSignal, TimeSpan.Zero, Ct);
        await Driver.RemoveAsync(id, Ct);
        Assert.Equal("", await Driver.ReadOutputTailAsync(id, 4096, Ct));
        Assert.Null(await Driver.ReadStatsAsync(id, Ct));
        Assert.DoesNotContain(id, await Driver.ListAsync(Ct));
        await AssertFaultAsync(
            harness.HarmlessSignal is null ? DriverFault.InvalidConfig : DriverFault.NotFound,
            () => Driver.SignalAsync(id, harness.HarmlessSignal ?? "SIGHUP", Ct));
    }

    [Fact]
    public async Task StartingAgainWhileItRunsChangesNothing()
    {
        var spec = harness.LongRunning(NewId());

        await Driver.StartAsync(spec, Ct);
        var first = await InspectAsync(spec.Id, WorkloadState.Running);
        await Driver.StartAsync(spec, Ct);

        Assert.Equal(first, await Driver.InspectAsync(spec.Id, Ct));
        Assert.NotNull(first.StartedAt);
        await AssertInstancesAsync(spec.Id, 1);
    }

    [Fact]
    public async Task ARestartedAgentFindsWhatRunsAndDoesNotStartItAgain()
    {
        var spec = harness.LongRunning(NewId());
        await Driver.StartAsync(spec, Ct);

        var restarted = harness.Open();

        Assert.Contains(spec.Id, await restarted.ListAsync(Ct));
        Assert.Equal(WorkloadState.Running, (await restarted.InspectAsync(spec.Id, Ct)).State);
        await restarted.StartAsync(spec, Ct);
        await AssertInstancesAsync(spec.Id, 1);
        await restarted.StopAsync(spec.Id, StopSignal, harness.Patience, Ct);
        await AssertInstancesAsync(spec.Id, 0);
    }

    [Fact]
    public async Task AStartThatWasCutOffIsFinishedByStartingAgain()
    {
        var spec = harness.LongRunning(NewId());
        await harness.CutOffStartAsync(spec, Ct);

        Assert.Equal(WorkloadState.Starting, (await Driver.InspectAsync(spec.Id, Ct)).State);
        Assert.Contains(spec.Id, await Driver.ListAsync(Ct));
        await AssertInstancesAsync(spec.Id, 0);

        await Driver.StartAsync(spec, Ct);

        await InspectAsync(spec.Id, WorkloadState.Running);
        await AssertInstancesAsync(spec.Id, 1);
    }

    [Fact]
    public async Task AStartThatWasCutOffCanBeStoppedAndRemoved()
    {
        var spec = harness.LongRunning(NewId());
        await harness.CutOffStartAsync(spec, Ct);

        await Driver.StopAsync(spec.Id, StopSignal, TimeSpan.Zero, Ct);
        await Driver.RemoveAsync(spec.Id, Ct);

        Assert.Equal(WorkloadState.Absent, (await Driver.InspectAsync(spec.Id, Ct)).State);
        Assert.DoesNotContain(spec.Id, await Driver.ListAsync(Ct));
        await AssertInstancesAsync(spec.Id, 0);
    }

    [Fact]
    public async Task WhatEndedStaysEndedUntilItIsRemoved()
    {
        var spec = harness.EndingWell(NewId());
        await Driver.StartAsync(spec, Ct);
        var ended = await InspectAsync(spec.Id, WorkloadState.Ended);
        Assert.Equal(0, ended.ExitCode);
        Assert.NotNull(ended.EndedAt);

        await Driver.StartAsync(spec, Ct);
        await Driver.StopAsync(spec.Id, StopSignal, TimeSpan.Zero, Ct);

        Assert.Equal(ended, await Driver.InspectAsync(spec.Id, Ct));
        Assert.Equal(ended, await harness.Open().InspectAsync(spec.Id, Ct));
        await AssertInstancesAsync(spec.Id, 0);
    }

    [Fact]
    public async Task StoppingAsksFirstAndMayBeRepeated()
    {
        var spec = harness.LongRunning(NewId());
        await Driver.StartAsync(spec, Ct);
        await AwaitOutputAsync(spec.Id); // it listens by now

        var watch = Stopwatch.StartNew();
        await Driver.StopAsync(spec.Id, StopSignal, harness.Patience * 2, Ct);

        Assert.True(watch.Elapsed < harness.Patience * 2, "It was forced, not asked.");
        var ended = await Driver.InspectAsync(spec.Id, Ct);
        Assert.Equal(WorkloadState.Ended, ended.State);
        await Driver.StopAsync(spec.Id, StopSignal, harness.Patience, Ct);
        Assert.Equal(ended, await Driver.InspectAsync(spec.Id, Ct));
        await AssertInstancesAsync(spec.Id, 0);
    }

    [Fact]
    public async Task StoppingForcesTheDeafWhenTheGraceIsOver()
    {
        var spec = harness.Deaf(NewId());
        await Driver.StartAsync(spec, Ct);
        await AwaitOutputAsync(spec.Id);

        var grace = TimeSpan.FromMilliseconds(500);
        var watch = Stopwatch.StartNew();
        await Driver.StopAsync(spec.Id, StopSignal, grace, Ct);

        Assert.InRange(watch.Elapsed, grace * 0.9, grace + harness.Patience);
        Assert.Equal(WorkloadState.Ended, (await Driver.InspectAsync(spec.Id, Ct)).State);
        await AssertInstancesAsync(spec.Id, 0);
    }

    [Fact]
    public async Task StoppingWithoutGraceForcesAtOnce()
    {
        var spec = harness.Deaf(NewId());
        await Driver.StartAsync(spec, Ct);

        await Driver.StopAsync(spec.Id, StopSignal, TimeSpan.Zero, Ct);

        Assert.Equal(WorkloadState.Ended, (await Driver.InspectAsync(spec.Id, Ct)).State);
        await AssertInstancesAsync(spec.Id, 0);
    }

    [Fact]
    public async Task RemovingEndsAndForgetsSoThatTheIdMayBeUsedAgain()
    {
        var spec = harness.LongRunning(NewId());
        await Driver.StartAsync(spec, Ct);

        await Driver.RemoveAsync(spec.Id, Ct);
        await Driver.RemoveAsync(spec.Id, Ct);

        Assert.Equal(WorkloadState.Absent, (await Driver.InspectAsync(spec.Id, Ct)).State);
        Assert.DoesNotContain(spec.Id, await Driver.ListAsync(Ct));
        await AssertInstancesAsync(spec.Id, 0);

        await Driver.StartAsync(spec, Ct);
        await InspectAsync(spec.Id, WorkloadState.Running);
        await AssertInstancesAsync(spec.Id, 1);
    }

    [Fact]
    public async Task TwoRunsOfOneTaskAreTwoWorkloads()
    {
        var first = harness.LongRunning(NewId());
        var second = harness.LongRunning(first.Id with { Run = 1 });
        await Driver.StartAsync(first, Ct);
        await Driver.RemoveAsync(first.Id, Ct);
        await Driver.StartAsync(second, Ct);

        Assert.Equal(WorkloadState.Absent, (await Driver.InspectAsync(first.Id, Ct)).State);
        Assert.Equal(WorkloadState.Running, (await Driver.InspectAsync(second.Id, Ct)).State);
        Assert.Contains(second.Id, await Driver.ListAsync(Ct));
        Assert.DoesNotContain(first.Id, await Driver.ListAsync(Ct));
    }

    [Fact]
    public async Task AnotherAgentOnTheMachineDoesNotSeeIt()
    {
        var spec = harness.LongRunning(NewId());
        await Driver.StartAsync(spec, Ct);

        Assert.DoesNotContain(spec.Id, await harness.OpenForOtherNode().ListAsync(Ct));
        await AssertInstancesAsync(spec.Id, 1);
    }

    [Fact]
    public async Task DifferentWorkloadsMayBeWorkedAtOnce()
    {
        var specs = Enumerable.Range(0, 3).Select(_ => harness.LongRunning(NewId())).ToList();

        await Task.WhenAll(specs.Select(spec => Task.Run(() => Driver.StartAsync(spec, Ct), Ct)));
        foreach (var spec in specs)
        {
            await AssertInstancesAsync(spec.Id, 1);
        }

        await Task.WhenAll(specs.Select(spec => Task.Run(() => Driver.StopAsync(spec.Id, StopSignal, TimeSpan.Zero, Ct), Ct)));
        foreach (var spec in specs)
        {
            await AssertInstancesAsync(spec.Id, 0);
        }
    }

    [Fact]
    public async Task AMisconfiguredTaskIsRefusedAndLeavesNothingRunning()
    {
        var spec = harness.Misconfigured(NewId());

        await AssertFaultAsync(DriverFault.InvalidConfig, () => Driver.StartAsync(spec, Ct));

        Assert.NotEqual(WorkloadState.Running, (await Driver.InspectAsync(spec.Id, Ct)).State);
        await AssertInstancesAsync(spec.Id, 0);
        await Driver.RemoveAsync(spec.Id, Ct);
        Assert.Equal(WorkloadState.Absent, (await Driver.InspectAsync(spec.Id, Ct)).State);
    }

    [Fact]
    public async Task ACancelledStartMayBeRepeated()
    {
        var spec = harness.LongRunning(NewId());
        using var cancelled = new CancellationTokenSource();
        cancelled.CancelAfter(TimeSpan.FromMilliseconds(1));
        try
        {
            await Driver.StartAsync(spec, cancelled.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.True(cancelled.IsCancellationRequested);
        }

        await Driver.StartAsync(spec, Ct);

        await InspectAsync(spec.Id, WorkloadState.Running);
        await AssertInstancesAsync(spec.Id, 1);
    }

    [Fact]
    public async Task ACancelledStopLeavesItStoppable()
    {
        var spec = harness.Deaf(NewId());
        await Driver.StartAsync(spec, Ct);
        await AwaitOutputAsync(spec.Id);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Driver.StopAsync(spec.Id, StopSignal, TimeSpan.FromMinutes(5), cancelled.Token));

        Assert.Equal(WorkloadState.Running, (await Driver.InspectAsync(spec.Id, Ct)).State);
        await Driver.StopAsync(spec.Id, StopSignal, TimeSpan.Zero, Ct);
        await AssertInstancesAsync(spec.Id, 0);
    }

    [Fact]
    public async Task TheOutputsEndIsReadToTheAskedLengthAndOutlivesTheStop()
    {
        var spec = harness.LongRunning(NewId());
        await Driver.StartAsync(spec, Ct);

        await AwaitOutputAsync(spec.Id);

        Assert.InRange(Encoding.UTF8.GetByteCount(await Driver.ReadOutputTailAsync(spec.Id, 8, Ct)), 1, 8);
        await Driver.StopAsync(spec.Id, StopSignal, TimeSpan.Zero, Ct);
        Assert.Contains(harness.OutputMarker, await harness.Open().ReadOutputTailAsync(spec.Id, 65_536, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatRunsUsesMemoryAndWhatEndedHasNoStats()
    {
        var spec = harness.LongRunning(NewId());
        await Driver.StartAsync(spec, Ct);

        await Eventually.HoldsAsync(
            () => Driver.ReadStatsAsync(spec.Id, Ct), stats => stats is { MemoryBytes: > 0 }, harness.Patience, "memory in use");

        await Driver.StopAsync(spec.Id, StopSignal, TimeSpan.Zero, Ct);
        Assert.Null(await Driver.ReadStatsAsync(spec.Id, Ct));
    }

    [Fact]
    public async Task ASignalReachesWhatRunsAndAnUnknownOneIsRefused()
    {
        var spec = harness.LongRunning(NewId());
        await Driver.StartAsync(spec, Ct);
        await AwaitOutputAsync(spec.Id);

        await AssertFaultAsync(DriverFault.InvalidConfig, () => Driver.SignalAsync(spec.Id, "SIGNONSENSE", Ct));
        if (harness.HarmlessSignal is { } signal)
        {
            await Driver.SignalAsync(spec.Id, signal, Ct);
        }

        Assert.Equal(WorkloadState.Running, (await Driver.InspectAsync(spec.Id, Ct)).State);
    }

    private static WorkloadId NewId() => new(EntityId.New("alloc", TimeProvider.System), "task", 0);

    private Task<WorkloadStatus> InspectAsync(WorkloadId id, WorkloadState expected) => Eventually.HoldsAsync(
        () => Driver.InspectAsync(id, Ct), status => status.State == expected, harness.Patience, $"{id.Task} is {expected}");

    private Task<string> AwaitOutputAsync(WorkloadId id) => Eventually.HoldsAsync(
        () => Driver.ReadOutputTailAsync(id, 65_536, Ct),
        output => output.Contains(harness.OutputMarker, StringComparison.Ordinal), harness.Patience, $"'{harness.OutputMarker}' in the output");

    private Task<int> AssertInstancesAsync(WorkloadId id, int expected) => Eventually.HoldsAsync(
        () => harness.CountInstancesAsync(id, Ct), count => count == expected, TimeSpan.FromSeconds(2), $"{expected} instance(s)");

    private static async Task AssertFaultAsync(DriverFault fault, Func<Task> call) =>
        Assert.Equal(fault, (await Assert.ThrowsAsync<DriverException>(call)).Fault);
}
