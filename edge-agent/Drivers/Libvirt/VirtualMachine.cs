namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>A task's VM with everything checked and every default filled in: what is left is to write it down.</summary>
internal sealed record VirtualMachine
{
    public required int Vcpus { get; init; }
    public required int MemoryMB { get; init; }

    /// <summary>Null: the first disk boots.</summary>
    public required DirectBoot? Boot { get; init; }

    public required IReadOnlyList<MachineDisk> Disks { get; init; }
    public required IReadOnlyList<MachineNetwork> Networks { get; init; }
}

internal sealed record DirectBoot(string Kernel, string? Initrd, string? Cmdline);

/// <param name="IsBlockDevice">A device of the host rather than a file.</param>
internal sealed record MachineDisk(string Path, string Format, bool ReadOnly, bool IsBlockDevice);

/// <param name="IsBridge">Whether <paramref name="Source"/> is a bridge of the host rather than a libvirt network.</param>
internal sealed record MachineNetwork(string Source, bool IsBridge, string? Mac);
