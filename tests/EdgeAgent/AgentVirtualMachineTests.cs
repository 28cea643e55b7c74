using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.EdgeAgent.Tests.Libvirt;
using Saas.EdgeAgent.Usage;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests;

/// <summary>The built agent and real VMs: it is killed while it starts one, after it started it, and while that runs.</summary>
public sealed class AgentVirtualMachineTests : IAsyncLifetime
{
    private const int Kills = 8;

    private readonly TempDirectory _folder = new();
    private FakeControlPlane _plane = null!;
    private AgentProcess _agent = null!;
    private string _image = "";

    public async ValueTask InitializeAsync()
    {
        _image = await LibvirtMachine.ImageDirectoryAsync();
        _plane = await FakeControlPlane.StartAsync();
        _agent = new AgentProcess(_plane, _folder.File("data"));
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        using (var driver = new LibvirtDriver(new DriverSettings(_plane.NodeId, _folder.Path), new LibvirtOptions(), TimeProvider.System))
        {
            foreach (var id in await driver.ListAsync(CancellationToken.None))
            {
                await driver.RemoveAsync(id, CancellationToken.None);
            }
        }

        await _plane.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task KilledBeforeDuringAndAfterTheStartThereIsOneVmAndItIsMeteredOnce()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var vm = Guest();
        _plane.Assign(vm);
        for (var kill = 0; kill < Kills; kill++)
        {
            _agent.Start();
            await Task.Delay(random.Next(300, 1200), TestContext.Current.CancellationToken);
            await _agent.KillAsync();
        }

        _agent.Start();
        await UntilAsync(() => Report(vm)?.ClientStatus == ClientStatus.Running, "the VM runs");
        await UntilAsync(() => Report(vm)!.Tasks["vm"].OutputTail?.Contains("SAAS-GUEST-BOOTED", StringComparison.Ordinal) == true, "the guest has booted");
        Assert.Single(LibvirtHarness.EmulatorsOf(Domain(vm)));
        Assert.Equal(0, Report(vm)!.Tasks["vm"].Restarts);

        _plane.Assign(vm.Stopped());
        await UntilAsync(() => Report(vm)!.ClientStatus == ClientStatus.Complete, "the VM is stopped");
        Assert.Empty(LibvirtHarness.EmulatorsOf(Domain(vm)));
        var task = Report(vm)!.Tasks["vm"];
        var ran = UsageWindows.Truncate(task.FinishedAt!.Value) - UsageWindows.Truncate(task.StartedAt!.Value);
        await UntilAsync(() => _plane.Usage.Values.Sum(w => w.VcpuMilliMilliseconds) == (long)ran.TotalMilliseconds * 1000, $"{ran} are metered");
    }

    private static string Domain(AssignedAllocation vm) => $"saas-{vm.Id}-vm-0";

    private AllocationReport? Report(AssignedAllocation vm) => _plane.Reports.GetValueOrDefault(vm.Id);

    private AssignedAllocation Guest() => Assignments.Of(JobTypes.Service, null, new JobTask
    {
        Name = "vm",
        Driver = DriverNames.Vm,
        Config = LibvirtHarness.AsTaskConfig(new VmTaskConfig
        {
            Kernel = Path.Combine(_image, "vmlinuz"), Initrd = Path.Combine(_image, "initrd"), Cmdline = "console=ttyS0 quiet",
        }),
        Resources = new Resources { Cores = 1, MemoryMB = LibvirtHarness.MemoryMB },
        KillTimeout = 30_000_000_000,
    });

    private Task UntilAsync(Func<bool> holds, string what) => Poll.UntilAsync(
        holds, what, () => _agent.Log.Length > 4000 ? _agent.Log[^4000..] : _agent.Log, TimeSpan.FromSeconds(90));
}
