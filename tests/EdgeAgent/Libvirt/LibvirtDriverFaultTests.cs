using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

/// <summary>What a broken task or machine looks like to the agent.</summary>
public sealed class LibvirtDriverFaultTests(LibvirtHarness harness) : IClassFixture<LibvirtHarness>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutTheDaemonTheFingerprintIsUnhealthyAndCallsAreTransient()
    {
        var driver = harness.OpenDriver(new LibvirtOptions { Uri = "qemu+unix:///system?socket=/nonexistent/libvirt-sock" });

        var capability = await driver.FingerprintAsync(Ct);

        Assert.False(capability.Fingerprint.Healthy);
        Assert.Contains("/nonexistent/libvirt-sock", capability.Fingerprint.Detail, StringComparison.Ordinal);
        Assert.Empty(capability.Attributes);
        var fault = await Assert.ThrowsAsync<DriverException>(() => driver.ListAsync(Ct));
        Assert.Equal(DriverFault.Transient, fault.Fault);
    }

    [Fact]
    public async Task WithoutTheLibraryTheFingerprintIsUnhealthyAndCallsAreTransient()
    {
        using var driver = new LibvirtDriver(
            harness.Settings, new LibvirtOptions(), _ => throw new DllNotFoundException("libvirt.so.0"), TimeProvider.System);

        var capability = await driver.FingerprintAsync(Ct);

        Assert.False(capability.Fingerprint.Healthy);
        Assert.Contains("libvirt.so.0", capability.Fingerprint.Detail, StringComparison.Ordinal);
        var fault = await Assert.ThrowsAsync<DriverException>(() => driver.ListAsync(Ct));
        Assert.Equal(DriverFault.Transient, fault.Fault);
    }

    public static TheoryData<string> Refused => ["no such network", "kernel that is none", "kernel in a closed folder", "huge memory", "thousands of CPUs"];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task WhatTheHypervisorRefusesIsInvalidConfigAndLeavesNothing(string what)
    {
        var id = new WorkloadId(EntityId.New("alloc", TimeProvider.System), "vm", 0);
        var good = harness.Booting(id, "");
        var (spec, complaint) = what switch
        {
            "no such network" => (With(harness.BootConfig() with { Networks = [new VmNetwork { Network = "no-such" }] }), "no-such"),
            "kernel that is none" => (With(harness.BootConfig() with { Kernel = NoKernel() }), "refuses the machine"),
            "kernel in a closed folder" => (With(harness.BootConfig() with { Kernel = ClosedKernel() }), "Permission denied"),
            "huge memory" => (good with { MemoryMB = int.MaxValue }, "the node has"),
            "thousands of CPUs" => (good with { Vcpus = 5_000 }, "CPU"),
            _ => throw new InvalidOperationException(what),
        };
        var driver = harness.Open();

        var fault = await Assert.ThrowsAsync<DriverException>(() => driver.StartAsync(spec, Ct));

        Assert.True(fault.Fault == DriverFault.InvalidConfig, fault.Message);
        Assert.True(fault.Message.Contains(complaint, StringComparison.Ordinal), fault.Message);
        Assert.Equal(WorkloadState.Absent, (await driver.InspectAsync(id, Ct)).State);

        // The same id with a config that works starts.
        if (what == "kernel that is none")
        {
            await driver.StartAsync(good, Ct);
            Assert.Equal(WorkloadState.Running, (await driver.InspectAsync(id, Ct)).State);
            await driver.RemoveAsync(id, Ct);
        }

        WorkloadSpec With(VmTaskConfig config) => harness.Spec(id, config);
    }

    /// <summary>Under a folder that only its owner may search, as a home folder is; QEMU is another user.</summary>
    private string ClosedKernel()
    {
        var copy = Path.Combine(harness.Settings.StateDirectory, "vmlinuz");
        File.Copy(Path.Combine(harness.Image, "vmlinuz"), copy, overwrite: true);
        return copy;
    }

    /// <summary>A readable file that no loader takes for a kernel.</summary>
    private string NoKernel() => Path.Combine(harness.Image, "stamp");
}
