using System.Runtime.InteropServices;
using Saas.EdgeAgent.Drivers.Libvirt.Interop;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>What kind of domains this machine runs.</summary>
/// <param name="DomainType"><c>kvm</c>, or <c>qemu</c> for software emulation.</param>
/// <param name="Arch">libvirt's name of the machine's own architecture.</param>
/// <param name="Machine">The board: q35 and virt have PCI Express and ACPI power off.</param>
internal sealed record HostPlatform(string DomainType, string Arch, string Machine, long MemoryBytes)
{
    private const string CpuInfoPath = "/proc/cpuinfo";

    public static HostPlatform Probe(VirConnect connect, LibvirtOptions options)
    {
        var (arch, machine) = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => ("x86_64", "q35"),
            Architecture.Arm64 => ("aarch64", "virt"),
            var other => throw new DriverException(DriverFault.InvalidConfig, $"no virtual machines on {other}"),
        };
        var type = options.DomainType
            ?? (HasHardwareVirtualisation(arch, File.ReadLines(CpuInfoPath)) && connect.Offers("kvm", arch, machine)
                ? "kvm"
                : "qemu");
        return connect.Offers(type, arch, machine)
            ? new HostPlatform(type, arch, machine, connect.NodeMemoryBytes())
            : throw new DriverException(DriverFault.InvalidConfig, $"the hypervisor offers no {type} domains for {arch}");
    }

    /// <summary>
    /// Whether KVM runs guests on the CPU itself. A /dev/kvm that libvirt offers is not enough: inside some virtual machines
    /// it is there without the CPU's vmx or svm (kvm_pvm), opens, starts a domain, and then emulates an ordinary
    /// guest so slowly that it does not get through its boot loader, while QEMU's own emulation boots in seconds.
    /// </summary>
    internal static bool HasHardwareVirtualisation(string arch, IEnumerable<string> cpuInfo) =>
        arch != "x86_64"
        || cpuInfo.Any(line => line.StartsWith("flags", StringComparison.Ordinal)
            && line.Split([' ', '\t', ':']).Any(flag => flag is "vmx" or "svm"));
}
