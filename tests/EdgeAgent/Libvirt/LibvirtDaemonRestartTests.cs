using System.Diagnostics;
using Saas.Contracts;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

/// <summary>The daemon crashes, or the host reboots, under the driver.</summary>
public sealed class LibvirtDaemonRestartTests(LibvirtHarness harness, PrivateLibvirtDaemon daemon)
    : IClassFixture<LibvirtHarness>, IClassFixture<PrivateLibvirtDaemon>, IAsyncLifetime
{
    private readonly WorkloadId _id = new(EntityId.New("alloc", TimeProvider.System), "vm", 0);
    private readonly LibvirtDriver _driver = harness.OpenDriver(daemon.Options);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private WorkloadSpec Spec(string arguments = "") =>
        harness.Booting(_id, arguments) with { TaskDirectory = daemon.MakeTaskDirectory(_id.AllocationId) };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await harness.OpenDriver(daemon.Options).RemoveAsync(_id, CancellationToken.None);

    [Fact]
    public async Task ADaemonThatDiesGivesTransientAndAfterItsRestartTheSameVmRuns()
    {
        await _driver.StartAsync(Spec(), Ct);
        var before = await _driver.InspectAsync(_id, Ct);
        var emulator = Assert.Single(Emulators());

        await daemon.KillAsync();
        var fault = await Assert.ThrowsAsync<DriverException>(() => _driver.InspectAsync(_id, Ct));
        Assert.Equal(DriverFault.Transient, fault.Fault);
        Assert.False((await _driver.FingerprintAsync(Ct)).Fingerprint.Healthy);
        await daemon.StartAsync();

        Assert.Equal(before, await InspectOnceItAnswersAsync());
        await _driver.StartAsync(Spec(), Ct);
        Assert.Equal([emulator], Emulators());
    }

    [Fact]
    public async Task ADaemonThatHangsGivesTransientForEveryCallUntilItGoesOn()
    {
        var impatient = harness.OpenDriver(daemon.Options with { CallTimeout = TimeSpan.FromSeconds(2), MaxConcurrentCalls = 1 });
        Assert.Empty(await impatient.ListAsync(Ct));

        await daemon.SignalAsync("STOP");
        try
        {
            foreach (var call in (Func<Task>[])[() => impatient.ListAsync(Ct), () => impatient.InspectAsync(_id, Ct)])
            {
                Assert.Equal(DriverFault.Transient, (await Assert.ThrowsAsync<DriverException>(call)).Fault);
            }
        }
        finally
        {
            await daemon.SignalAsync("CONT");
        }

        await Eventually.HoldsAsync(
            () => impatient.FingerprintAsync(Ct), capability => capability.Fingerprint.Healthy, harness.Patience, "an answer");
        Assert.Empty(await impatient.ListAsync(Ct));
    }

    [Fact]
    public async Task AnEndThatWasSeenKeepsItsExitCodeThoughTheDaemonForgetsIt()
    {
        await _driver.StartAsync(Spec("saas.poweroff=0"), Ct);
        var ended = await Eventually.HoldsAsync(
            () => _driver.InspectAsync(_id, Ct), status => status.State == WorkloadState.Ended, harness.Patience, "the end");
        Assert.Equal(0, ended.ExitCode);

        await daemon.KillAsync();
        await daemon.StartAsync();

        Assert.Equal(ended, await InspectOnceItAnswersAsync());
    }

    [Fact]
    public async Task AfterAHostRebootWhatRanHasEndedAndIsNotStartedAgain()
    {
        await _driver.StartAsync(Spec(), Ct);

        await RebootHostAsync();

        var status = await InspectOnceItAnswersAsync();
        Assert.Equal((WorkloadState.Ended, null), (status.State, status.ExitCode));
        Assert.NotNull(status.Reason);
        await _driver.StartAsync(Spec(), Ct);
        Assert.Empty(Emulators());
    }

    [Fact]
    public async Task AfterAHostRebootWhatWasNotReleasedIsStarted()
    {
        var spec = Spec();
        await _driver.RunStepAsync(
            (session, start) =>
            {
                using var domain = start.Define(session, spec);
                DomainStart.Create(domain, DomainStamps.Read(domain)!);
            },
            Ct);

        await RebootHostAsync();

        Assert.Equal(WorkloadState.Starting, (await InspectOnceItAnswersAsync()).State);
        await _driver.StartAsync(spec, Ct);
        Assert.Equal(WorkloadState.Running, (await _driver.InspectAsync(_id, Ct)).State);
        Assert.Single(Emulators());
    }

    /// <summary>Daemon, emulators and /run are gone at once, and only what is on disk is left.</summary>
    private async Task RebootHostAsync()
    {
        await daemon.KillAsync();
        foreach (var emulator in Emulators())
        {
            using var process = Process.GetProcessById(emulator);
            process.Kill();
        }

        await Eventually.HoldsAsync(() => Emulators().Count == 0, harness.Patience, "the emulators' end");
        daemon.ForgetRuntimeState();
        await daemon.StartAsync();
    }

    /// <summary>The first call may still find the dead connection.</summary>
    private async Task<WorkloadStatus> InspectOnceItAnswersAsync()
    {
        try
        {
            return await _driver.InspectAsync(_id, Ct);
        }
        catch (DriverException fault) when (fault.Fault == DriverFault.Transient)
        {
            return await _driver.InspectAsync(_id, Ct);
        }
    }

    private IReadOnlyList<int> Emulators() => LibvirtHarness.EmulatorsOf(harness.DomainOf(_id).Name);
}
