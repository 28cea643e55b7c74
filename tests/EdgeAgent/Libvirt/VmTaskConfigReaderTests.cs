using System.Text.Json;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

public sealed class VmTaskConfigReaderTests : IDisposable
{
    private const long HostMemory = 8L << 30;

    private readonly TestFolder _folder = new();
    private readonly string _file;

    public VmTaskConfigReaderTests()
    {
        _file = Path.Combine(_folder.Path, "image");
        File.WriteAllText(_file, "");
    }

    public static TheoryData<string, string> Faulty => new()
    {
        { "{}", "neither a kernel nor a disk" },
        { """{"initrd":"FILE","disks":[{"path":"FILE"}]}""", "need a kernel" },
        { """{"kernel":"relative/vmlinuz"}""", "absolute path" },
        { """{"kernel":"/etc/../etc/passwd"}""", "without . and .." },
        { """{"kernel":"/no/such/kernel"}""", "does not exist" },
        { """{"kernel":"/etc"}""", "is a folder" },
        { """{"kernel":"/etc/passwd\u0000x"}""", "control characters" },
        { """{"kernel":"FILE","cmdline":"a\nb"}""", "cmdline" },
        { """{"kernel":"FILE","cmdline":"a\uffffb"}""", "cmdline" },
        { """{"kernel":7}""", "does not read" },
        { """{"kernel":"FILE","colour":"red"}""", "colour" },
        { """{"disks":[{}]}""", "disks[0].path is missing" },
        { """{"disks":[{"path":"FILE","format":"vmdk"}]}""", "disks[0].format" },
        { """{"disks":[null]}""", "disks[0].path" },
        { """{"kernel":"FILE","networks":[{}]}""", "either a network or a bridge" },
        { """{"kernel":"FILE","networks":[{"network":"a","bridge":"b"}]}""", "either a network or a bridge" },
        { """{"kernel":"FILE","networks":[{"bridge":"longer-than-15-characters"}]}""", "no name of a bridge" },
        { """{"kernel":"FILE","networks":[{"network":"a/b"}]}""", "no name of a network" },
        { """{"kernel":"FILE","networks":[{"network":"a","mac":"01:00:5e:00:00:01"}]}""", "unicast" },
        { """{"kernel":"FILE","networks":[{"network":"a","mac":"52:54:00"}]}""", "unicast" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Read_FaultyConfig_IsInvalidConfigThatSaysWhy(string config, string complaint)
    {
        var fault = Assert.Throws<DriverException>(() => Read(config));

        Assert.Equal(DriverFault.InvalidConfig, fault.Fault);
        Assert.Contains(complaint, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralFaults_AreAllNamed()
    {
        var fault = Assert.Throws<DriverException>(() => Read("""{"kernel":"/no/kernel","initrd":"/no/initrd"}""", memoryMB: 9_000));

        Assert.Contains("/no/kernel", fault.Message, StringComparison.Ordinal);
        Assert.Contains("/no/initrd", fault.Message, StringComparison.Ordinal);
        Assert.Contains("9000 MiB of memory asked for; the node has 8192 MiB", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FullConfig_GivesTheMachineWithItsDefaults()
    {
        var machine = Read(
            """{"kernel":"FILE","cmdline":"a=<b>","disks":[{"path":"FILE"},{"path":"FILE","format":"raw","readOnly":true}],"networks":[{"network":"default"},{"bridge":"br0","mac":"52:54:00:00:00:01"}]}""");

        Assert.Equal(new DirectBoot(_file, null, "a=<b>"), machine.Boot);
        Assert.Equal(
            [new MachineDisk(_file, "qcow2", false, false), new MachineDisk(_file, "raw", true, false)], machine.Disks);
        Assert.Equal(
            [new MachineNetwork("default", false, null), new MachineNetwork("br0", true, "52:54:00:00:00:01")], machine.Networks);
    }

    [Fact]
    public void Read_NomadsQemuConfig_IsADiskBelowTheTasksFolder()
    {
        File.WriteAllText(Path.Combine(_folder.Make("local"), "system.raw"), "");

        var machine = Read("""{"image_path":"local/system.raw","accelerator":"kvm","graceful_shutdown":true}""", driver: "qemu");

        Assert.Equal([new MachineDisk(Path.Combine(_folder.Path, "local", "system.raw"), "raw", false, false)], machine.Disks);
        var fault = Assert.Throws<DriverException>(() => Read("""{"image_path":"FILE","args":["-nodefaults"],"guest_agent":true}""", driver: "qemu"));
        Assert.Contains("args: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("guest_agent: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LinkOutOfTheImageFolders_IsRefused()
    {
        var images = _folder.Make("images");
        File.WriteAllText(Path.Combine(images, "kernel"), "");
        File.CreateSymbolicLink(Path.Combine(images, "link"), _file);
        var reader = new VmTaskConfigReader(new LibvirtOptions { ImageDirectories = [images] });

        Assert.NotNull(reader.Read(Spec($$"""{"kernel":"{{images}}/kernel"}""", 128), HostMemory).Boot);
        var fault = Assert.Throws<DriverException>(
            () => reader.Read(Spec($$"""{"kernel":"{{images}}/link"}""", 128), HostMemory));
        Assert.Contains("is not in a folder that this node keeps images in", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private VirtualMachine Read(string config, int memoryMB = 128, string driver = DriverNames.Vm) =>
        new VmTaskConfigReader(new LibvirtOptions()).Read(Spec(config, memoryMB, driver), HostMemory);

    private WorkloadSpec Spec(string config, int memoryMB, string driver = DriverNames.Vm) => new()
    {
        Id = new WorkloadId("alloc_1", "vm", 0),
        Task = new JobTask
        {
            Driver = driver,
            Config = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(
                config.Replace("FILE", _file, StringComparison.Ordinal)),
        },
        Vcpus = 1,
        MemoryMB = memoryMB,
        Environment = new Dictionary<string, string>(),
        TaskDirectory = _folder.Path,
    };
}
