using System.Text.Json.Serialization;

namespace Saas.Contracts.Jobs;

/// <summary><see cref="JobTask.Config"/> of driver <c>exec</c>, as Nomad's exec and raw_exec drivers name it.</summary>
public sealed record ExecTaskConfig
{
    /// <summary>Absolute path, or a name found on the agent's PATH.</summary>
    public string? Command { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Absolute path; default is the task's own folder.</summary>
    [JsonPropertyName("work_dir")]
    public string? WorkDir { get; init; }
}

/// <summary><see cref="JobTask.Config"/> of driver <c>vm</c>. Paths are files on the node.</summary>
public record VmTaskConfig
{
    /// <summary>Direct kernel boot: the kernel image; <see cref="Initrd"/> and <see cref="Cmdline"/> go with it.</summary>
    public string? Kernel { get; init; }

    public string? Initrd { get; init; }
    public string? Cmdline { get; init; }

    /// <summary>Disks in boot order. At least one where there is no kernel.</summary>
    public IReadOnlyList<VmDisk>? Disks { get; init; }

    public IReadOnlyList<VmNetwork>? Networks { get; init; }
}

/// <summary>
/// <see cref="JobTask.Config"/> of driver <c>qemu</c>: that of <c>vm</c>, and what Nomad's qemu driver names. Members of Nomad's
/// that libvirt leaves no room for may only say nothing.
/// </summary>
public sealed record QemuTaskConfig : VmTaskConfig
{
    /// <summary>The first disk, read and written: absolute, or below the task's folder. <c>raw</c> where its name ends so, else qcow2.</summary>
    [JsonPropertyName("image_path")]
    public string? ImagePath { get; init; }

    /// <summary>Default <c>virtio</c>, and nothing else.</summary>
    [JsonPropertyName("drive_interface")]
    public string? DriveInterface { get; init; }

    /// <summary><c>kvm</c> or <c>tcg</c>: the node has the faster one it can, whichever is named.</summary>
    public string? Accelerator { get; init; }

    /// <summary>Every VM is asked to power off before it is forced, so that both values do.</summary>
    [JsonPropertyName("graceful_shutdown")]
    public bool? GracefulShutdown { get; init; }

    [JsonPropertyName("guest_agent")]
    public bool? GuestAgent { get; init; }

    public string? Emulator { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    [JsonPropertyName("port_map")]
    public IReadOnlyDictionary<string, int>? PortMap { get; init; }

    /// <summary>What may not be said, and why not.</summary>
    public IEnumerable<(string Field, string Message)> Unsupported()
    {
        if (DriveInterface is not (null or "" or "virtio"))
        {
            yield return ("drive_interface", $"Disks are virtio; {DriveInterface} came.");
        }

        if (Accelerator is not (null or "" or "kvm" or "tcg"))
        {
            yield return ("accelerator", $"Expected kvm or tcg; {Accelerator} came.");
        }

        if (GuestAgent == true)
        {
            yield return ("guest_agent", "The agent speaks to no guest agent.");
        }

        if (!string.IsNullOrEmpty(Emulator))
        {
            yield return ("emulator", "libvirt chooses the emulator.");
        }

        if (Args is { Count: > 0 })
        {
            yield return ("args", "libvirt makes QEMU's command line: give kernel, disks and networks instead.");
        }

        if (PortMap is { Count: > 0 })
        {
            yield return ("port_map", "A VM has network cards of its own: give networks instead.");
        }
    }

    /// <summary>With <see cref="ImagePath"/> as the first disk.</summary>
    /// <param name="taskDirectory">Where a relative path begins.</param>
    public VmTaskConfig ToVm(string taskDirectory) => new()
    {
        Kernel = Kernel,
        Initrd = Initrd,
        Cmdline = Cmdline,
        Networks = Networks,
        Disks = string.IsNullOrEmpty(ImagePath) ? Disks
            : [new VmDisk { Path = Path.Combine(taskDirectory, ImagePath), Format = ImagePath.EndsWith(".raw", StringComparison.Ordinal) ? "raw" : "qcow2" }, .. Disks ?? []],
    };
}

public sealed record VmDisk
{
    public string? Path { get; init; }

    /// <summary><c>qcow2</c> (default) or <c>raw</c>.</summary>
    public string? Format { get; init; }

    public bool? ReadOnly { get; init; }
}

/// <summary>One virtio network card: a libvirt network by name or a host bridge.</summary>
public sealed record VmNetwork
{
    public string? Network { get; init; }
    public string? Bridge { get; init; }

    /// <summary>Default: libvirt chooses.</summary>
    public string? Mac { get; init; }
}
