using System.Text.Json;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

/// <summary>Real VMs on <c>qemu:///system</c>, of two agents that nothing else on the machine has.</summary>
public sealed class LibvirtHarness : IWorkloadDriverHarness, IAsyncLifetime
{
    public const int MemoryMB = 128;

    private readonly TestFolder _folder = new();
    private readonly List<LibvirtDriver> _drivers = [];
    private readonly string _nodeId = $"node_{Guid.CreateVersion7():N}";
    private string _image = "";

    public TimeSpan Patience => TimeSpan.FromSeconds(60);
    public string OutputMarker => "SAAS-GUEST-BOOTED";
    public string? HarmlessSignal => null;
    public DriverSettings Settings => new(_nodeId, _folder.Path);
    public string Image => _image;

    public async ValueTask InitializeAsync() => _image = await LibvirtMachine.ImageDirectoryAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var driver in (IWorkloadDriver[])[Open(), OpenForOtherNode()])
        {
            foreach (var id in await driver.ListAsync(CancellationToken.None))
            {
                await driver.RemoveAsync(id, CancellationToken.None);
            }
        }

        _drivers.ForEach(driver => driver.Dispose());
        _folder.Dispose();
    }

    public IWorkloadDriver Open() => OpenDriver(new LibvirtOptions());

    public IWorkloadDriver OpenForOtherNode() =>
        OpenDriver(new LibvirtOptions(), Settings with { NodeId = $"{_nodeId}_other" });

    public LibvirtDriver OpenDriver(LibvirtOptions options, DriverSettings? settings = null)
    {
        var driver = new LibvirtDriver(settings ?? Settings, options, TimeProvider.System);
        lock (_drivers)
        {
            _drivers.Add(driver);
        }

        return driver;
    }

    public WorkloadSpec LongRunning(WorkloadId id) => Booting(id, "");

    public WorkloadSpec Deaf(WorkloadId id) => Booting(id, "saas.deaf");

    public WorkloadSpec EndingWell(WorkloadId id) => Booting(id, "saas.poweroff=0");

    public WorkloadSpec Misconfigured(WorkloadId id) =>
        Spec(id, new VmTaskConfig { Kernel = Path.Combine(_image, "no-such-kernel") });

    public WorkloadSpec Booting(WorkloadId id, string arguments) => Spec(id, BootConfig(arguments));

    public VmTaskConfig BootConfig(string arguments = "") => new()
    {
        Kernel = Path.Combine(_image, "vmlinuz"),
        Initrd = Path.Combine(_image, "initrd"),
        Cmdline = $"console=ttyS0 quiet {arguments}".TrimEnd(),
    };

    public WorkloadSpec Spec(WorkloadId id, VmTaskConfig config) => new()
    {
        Id = id,
        Task = new JobTask { Name = id.Task, Driver = DriverNames.Vm, Config = AsTaskConfig(config) },
        Vcpus = 1,
        MemoryMB = MemoryMB,
        Environment = new Dictionary<string, string>(),
        TaskDirectory = _folder.Make($"allocs/{id.AllocationId}/{id.Task}"),
    };

    public static Dictionary<string, JsonElement> AsTaskConfig(VmTaskConfig config) =>
        JsonSerializer.SerializeToElement(config, Contracts.AgentJson.Default.VmTaskConfig)
            .EnumerateObject()
            .ToDictionary(member => member.Name, member => member.Value);

    /// <summary>Defined, and the agent killed before it created the machine.</summary>
    public async Task CutOffStartAsync(WorkloadSpec spec, CancellationToken ct)
    {
        using var killed = new LibvirtDriver(Settings, new LibvirtOptions(), TimeProvider.System);
        await killed.RunStepAsync((session, start) => start.Define(session, spec).Dispose(), ct);
    }

    public Task<int> CountInstancesAsync(WorkloadId id, CancellationToken ct) =>
        Task.FromResult(EmulatorsOf(DomainOf(id).Name).Count);

    internal WorkloadDomainId DomainOf(WorkloadId id) => WorkloadDomainId.Of(_nodeId, id);

    /// <summary>QEMU processes of the domain, from /proc.</summary>
    public static IReadOnlyList<int> EmulatorsOf(string domainName) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var process) ? process : 0)
            .Where(process => process > 0 && CommandLineOf(process).Contains($"guest={domainName},", StringComparison.Ordinal)),
    ];

    private static string CommandLineOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
