namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>Where the vm driver finds its hypervisor. The defaults suit a Debian machine with <c>libvirt-daemon-system</c>.</summary>
public sealed record LibvirtOptions
{
    /// <summary>A libvirt URI of this machine; files named in a task are files here.</summary>
    public string Uri { get; init; } = "qemu:///system";

    /// <summary><c>kvm</c> or <c>qemu</c> (software emulation); null: kvm where the CPU and the daemon offer it.</summary>
    public string? DomainType { get; init; }

    /// <summary>Folders that kernels, initrds and disks must lie in, links resolved. Empty: anywhere on the node.</summary>
    public IReadOnlyList<string> ImageDirectories { get; init; } = [];

    /// <summary>Calls to the daemon at a time, and threads for them; 1 to 64. More wait their turn.</summary>
    public int MaxConcurrentCalls { get; init; } = 4;

    /// <summary>How long a call may take, and may wait for its turn, before it counts as <see cref="DriverFault.Transient"/>.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
