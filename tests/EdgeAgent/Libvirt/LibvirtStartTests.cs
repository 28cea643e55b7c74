using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

/// <summary>Starts of real guests: what boots, and what an agent killed at any step of a start leaves behind.</summary>
public sealed class LibvirtStartTests(LibvirtHarness harness) : IClassFixture<LibvirtHarness>, IAsyncLifetime
{
    private readonly WorkloadId _id = new(EntityId.New("alloc", TimeProvider.System), "vm", 0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await harness.Open().RemoveAsync(_id, CancellationToken.None);

    [Fact]
    public async Task AGuestBootsWithTheCpusMemoryDisksAndCommandLineAskedFor()
    {
        var disk = Path.Combine(Path.GetTempPath(), $"{_id.AllocationId}.raw");
        await File.WriteAllBytesAsync(disk, new byte[1 << 20], Ct);
        try
        {
            var config = harness.BootConfig("note=<&\"> x") with { Disks = [new VmDisk { Path = disk, Format = "raw" }] };
            var driver = harness.Open();
            var watch = Stopwatch.StartNew();

            await driver.StartAsync(harness.Spec(_id, config) with { Vcpus = 2 }, Ct);
            var console = await AwaitConsoleAsync(driver, _id);

            TestContext.Current.SendDiagnosticMessage("booted in {0}: {1}", watch.Elapsed, console);
            var uptime = double.Parse(Regex.Match(console, "(?<=uptime=)[0-9.]+", RegexOptions.None, harness.Patience).Value);
            Assert.InRange(uptime, 0, 10);
            Assert.Contains(" cpus=2 ", console, StringComparison.Ordinal);
            Assert.Matches("memory=(9|10|11)[0-9]{4}kB", console);
            Assert.Contains("disks=vda ", console, StringComparison.Ordinal);
            Assert.Contains("note=<&\"> x", console, StringComparison.Ordinal);
            var stats = await driver.ReadStatsAsync(_id, Ct);
            Assert.True(stats!.CpuTime > TimeSpan.Zero, $"CPU time: {stats.CpuTime}");
            Assert.Equal((long)LibvirtHarness.MemoryMB << 20, stats.MemoryBytes);
            Assert.Null((await driver.InspectAsync(_id, Ct)).Reason);
        }
        finally
        {
            await harness.Open().RemoveAsync(_id, Ct);
            File.Delete(disk);
        }
    }

    [Fact]
    public async Task ADiskBootsWhereThereIsNoKernel()
    {
        var disk = Path.Combine(Path.GetTempPath(), $"{_id.AllocationId}.raw");
        await File.WriteAllBytesAsync(disk, BootSectorThatSays("DISK-BOOTED\r\n"), Ct);
        try
        {
            var driver = harness.Open();
            await driver.StartAsync(
                harness.Spec(_id, new VmTaskConfig { Disks = [new VmDisk { Path = disk, Format = "raw", ReadOnly = true }] }), Ct);

            await AwaitConsoleAsync(driver, _id, "DISK-BOOTED");
        }
        finally
        {
            await harness.Open().RemoveAsync(_id, Ct);
            File.Delete(disk);
        }
    }

    /// <summary>The steps of <see cref="DomainStart"/> that were done when the agent was killed.</summary>
    public static TheoryData<string, int> Steps => new()
    {
        { "Defined", 0 },
        { "CreatedPaused", 1 },
        { "ReleasedNotResumed", 1 },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task AStartCutOffAtAnyStepIsFoundAndFinishedWithOneVm(string cutOffAfter, int emulators)
    {
        var spec = harness.LongRunning(_id);
        await CutOffAsync(spec, cutOffAfter);
        Assert.Equal(emulators, await harness.CountInstancesAsync(_id, Ct));
        var restarted = harness.Open();
        Assert.Equal(WorkloadState.Starting, (await restarted.InspectAsync(_id, Ct)).State);

        await restarted.StartAsync(spec, Ct);

        var running = await restarted.InspectAsync(_id, Ct);
        Assert.Equal(WorkloadState.Running, running.State);
        Assert.NotNull(running.StartedAt);
        Assert.Equal(1, await harness.CountInstancesAsync(_id, Ct));
    }

    [Theory]
    [InlineData("Defined", WorkloadState.Starting)]
    [InlineData("CreatedPaused", WorkloadState.Starting)]
    [InlineData("ReleasedNotResumed", WorkloadState.Ended)]
    public async Task AMachineLostDuringAStartCountsAsStartedOnlyIfItsGuestMayHaveRun(string cutOffAfter, WorkloadState expected)
    {
        var spec = harness.LongRunning(_id);
        await CutOffAsync(spec, cutOffAfter);
        foreach (var emulator in LibvirtHarness.EmulatorsOf(harness.DomainOf(_id).Name))
        {
            Process.GetProcessById(emulator).Kill();
        }

        await Eventually.HoldsAsync(
            () => harness.Open().InspectAsync(_id, Ct), status => status.State == expected, harness.Patience, $"{expected}");
    }

    [Fact]
    public async Task ConcurrentStartsGiveOneVm()
    {
        var spec = harness.LongRunning(_id);
        var driver = harness.Open();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => driver.StartAsync(spec, Ct)));

        Assert.Equal(WorkloadState.Running, (await driver.InspectAsync(_id, Ct)).State);
        Assert.Equal(1, await harness.CountInstancesAsync(_id, Ct));
        await driver.StopAsync(_id, "SIGTERM", TimeSpan.Zero, Ct);
        Assert.Equal(WorkloadState.Ended, (await driver.InspectAsync(_id, Ct)).State);
    }

    [Fact]
    public async Task AGuestSavedByItsHostIsRestoredByAStart()
    {
        var spec = harness.LongRunning(_id);
        var driver = harness.Open();
        await driver.StartAsync(spec, Ct);
        var started = (await driver.InspectAsync(_id, Ct)).StartedAt;

        await LibvirtMachine.RunAsync("virsh", "-c", "qemu:///system", "managedsave", harness.DomainOf(_id).Name);

        Assert.Equal(WorkloadState.Starting, (await driver.InspectAsync(_id, Ct)).State);
        await driver.StartAsync(spec, Ct);
        Assert.Equal(new WorkloadStatus(WorkloadState.Running, StartedAt: started), await driver.InspectAsync(_id, Ct));
        await AwaitConsoleAsync(driver, _id);
    }

    [Fact]
    public async Task DomainsOfOthersAreNeitherListedNorTouched()
    {
        var name = $"foreign-{_id.AllocationId}";
        var xml = Path.Combine(Path.GetTempPath(), $"{name}.xml");
        await File.WriteAllTextAsync(
            xml,
            $"<domain type='qemu'><name>{name}</name><memory>65536</memory><os><type>hvm</type></os>"
            + "<metadata><saas:workload xmlns:saas='urn:saas:workload:1' phase='nonsense'/></metadata></domain>",
            Ct);
        await LibvirtMachine.RunAsync("virsh", "-c", "qemu:///system", "define", xml);
        try
        {
            var ours = harness.LongRunning(_id);
            await harness.CutOffStartAsync(ours, Ct);

            Assert.Equal([_id], await harness.Open().ListAsync(Ct));
            Assert.Empty(await harness.OpenForOtherNode().ListAsync(Ct));
        }
        finally
        {
            await LibvirtMachine.RunAsync("virsh", "-c", "qemu:///system", "undefine", name);
            File.Delete(xml);
        }
    }

    private Task<string> AwaitConsoleAsync(IWorkloadDriver driver, WorkloadId id, string? words = null) => Eventually.HoldsAsync(
        () => driver.ReadOutputTailAsync(id, 4096, Ct),
        console => console.Contains(words ?? harness.OutputMarker, StringComparison.Ordinal),
        harness.Patience,
        "the guest's first words");

    /// <summary>A BIOS boot sector in a disk of 1 MiB: writes the text to the first serial port and halts.</summary>
    private static byte[] BootSectorThatSays(string text)
    {
        byte[] code =
        [
            0x31, 0xC0, 0x8E, 0xD8, // ds = 0
            0xBE, 0x16, 0x7C, // si = the text, behind the code
            0xBA, 0xF8, 0x03, // dx = COM1
            0xAC, 0x84, 0xC0, 0x74, 0x03, // next: al = *si++; if 0, go to end
            0xEE, 0xEB, 0xF8, // out dx, al; go to next
            0xFA, 0xF4, 0xEB, 0xFD, // end: halt
        ];
        var disk = new byte[1 << 20];
        code.CopyTo(disk, 0);
        Encoding.ASCII.GetBytes(text).CopyTo(disk, code.Length);
        disk[510] = 0x55;
        disk[511] = 0xAA;
        return disk;
    }

    private async Task CutOffAsync(WorkloadSpec spec, string after)
    {
        using var killed = harness.OpenDriver(new LibvirtOptions());
        await killed.RunStepAsync(
            (session, start) =>
            {
                using var domain = start.Define(session, spec);
                var stamp = DomainStamps.Read(domain)!;
                if (after != "Defined")
                {
                    DomainStart.Create(domain, stamp);
                }

                if (after == "ReleasedNotResumed")
                {
                    start.MarkReleased(domain, stamp);
                }
            },
            Ct);
    }
}
