using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// From a task's config, which a tenant wrote, to a <see cref="VirtualMachine"/>. All faults are collected, so that the user
/// sees them in one message.
/// </summary>
internal sealed class VmTaskConfigReader(LibvirtOptions options)
{
    private const int MaxDisks = 16;
    private const int MaxNetworks = 8;
    private const int MaxCmdlineLength = 2047; // COMMAND_LINE_SIZE of x86, less its NUL
    private const int MaxInterfaceNameLength = 15; // IFNAMSIZ, less its NUL
    private const int MaxNetworkNameLength = 64;

    /// <exception cref="DriverException">InvalidConfig, with every fault found.</exception>
    public VirtualMachine Read(WorkloadSpec spec, long hostMemoryBytes)
    {
        var faults = new List<string>();
        var config = Parse(spec, faults);
        var disks = config.Disks ?? [];
        var networks = config.Networks ?? [];

        if (config.Kernel is null && (config.Initrd is not null || config.Cmdline is not null))
        {
            faults.Add("initrd and cmdline need a kernel");
        }

        if (config.Kernel is null && disks.Count == 0)
        {
            faults.Add("there is neither a kernel nor a disk to boot from");
        }

        if (spec.Vcpus < 1)
        {
            faults.Add("at least one virtual CPU is needed");
        }

        if (spec.MemoryMB < 1 || spec.MemoryMB > hostMemoryBytes >> 20)
        {
            faults.Add($"{spec.MemoryMB} MiB of memory asked for; the node has {hostMemoryBytes >> 20} MiB");
        }

        CheckCount(disks.Count, MaxDisks, "disks", faults);
        CheckCount(networks.Count, MaxNetworks, "networks", faults);

        var machine = new VirtualMachine
        {
            Vcpus = spec.Vcpus,
            MemoryMB = spec.MemoryMB,
            Boot = config.Kernel is { } kernel
                ? new DirectBoot(
                    CheckFile("kernel", kernel, faults),
                    config.Initrd is { } initrd ? CheckFile("initrd", initrd, faults) : null,
                    CheckCmdline(config.Cmdline, faults))
                : null,
            Disks = [.. disks.Select((disk, index) => CheckDisk(disk, index, faults))],
            Networks = [.. networks.Select((network, index) => CheckNetwork(network, index, faults))],
        };
        return faults.Count == 0
            ? machine
            : throw new DriverException(DriverFault.InvalidConfig, string.Join("; ", faults));
    }

    private static VmTaskConfig Parse(WorkloadSpec spec, List<string> faults)
    {
        var task = spec.Task;
        try
        {
            var json = JsonSerializer.SerializeToElement(
                task.Config ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal),
                AgentJson.Default.IReadOnlyDictionaryStringJsonElement);
            if (task.Driver != DriverNames.Qemu)
            {
                return json.Deserialize(AgentJson.Strict.VmTaskConfig) ?? new VmTaskConfig();
            }

            var qemu = json.Deserialize(AgentJson.Strict.QemuTaskConfig) ?? new QemuTaskConfig();
            faults.AddRange(qemu.Unsupported().Select(static fault => $"{fault.Field}: {fault.Message}"));
            return qemu.ToVm(spec.TaskDirectory);
        }
        catch (JsonException fault)
        {
            throw new DriverException(DriverFault.InvalidConfig, $"the config of a {task.Driver} task does not read: {fault.Message}", fault);
        }
    }

    private MachineDisk CheckDisk(VmDisk? disk, int index, List<string> faults)
    {
        var format = disk?.Format ?? "qcow2";
        if (format is not ("qcow2" or "raw"))
        {
            faults.Add($"disks[{index}].format must be qcow2 or raw");
        }

        var path = CheckFile($"disks[{index}].path", disk?.Path ?? "", faults);
        return new MachineDisk(path, format, disk?.ReadOnly ?? false, path.StartsWith("/dev/", StringComparison.Ordinal));
    }

    private static MachineNetwork CheckNetwork(VmNetwork? network, int index, List<string> faults)
    {
        var source = network?.Bridge ?? network?.Network ?? "";
        var isBridge = network?.Bridge is not null;
        if (isBridge == network?.Network is not null)
        {
            faults.Add($"networks[{index}] must have either a network or a bridge");
        }
        else if (source.Length == 0 || source.Length > (isBridge ? MaxInterfaceNameLength : MaxNetworkNameLength)
            || !source.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            faults.Add($"networks[{index}] is no name of a {(isBridge ? "bridge" : "network")}");
        }

        if (network?.Mac is { } mac && !IsUnicastMac(mac))
        {
            faults.Add($"networks[{index}].mac must be a unicast address such as 52:54:00:12:34:56");
        }

        return new MachineNetwork(source, isBridge, network?.Mac);
    }

    private static string? CheckCmdline(string? cmdline, List<string> faults)
    {
        if (cmdline is not null && (cmdline.Length > MaxCmdlineLength || !NodeFile.IsPlainText(cmdline)))
        {
            faults.Add($"cmdline must be at most {MaxCmdlineLength} characters without line breaks or other controls");
        }

        return cmdline;
    }

    private string CheckFile(string what, string path, List<string> faults)
    {
        if (NodeFile.Check(path, options.ImageDirectories) is { } fault)
        {
            faults.Add($"{what} {fault}");
        }

        return path;
    }

    private static void CheckCount(int count, int max, string what, List<string> faults)
    {
        if (count > max)
        {
            faults.Add($"{count} {what} asked for; at most {max} are possible");
        }
    }

    private static bool IsUnicastMac(string mac)
    {
        var octets = mac.Split(':');
        return octets.Length == 6
            && octets.All(octet => octet.Length == 2 && octet.All(char.IsAsciiHexDigit))
            && (Convert.ToByte(octets[0], 16) & 1) == 0;
    }
}
