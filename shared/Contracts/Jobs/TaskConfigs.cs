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
public sealed record VmTaskConfig
{
    /// <summary>Direct kernel boot: the kernel image; <see cref="Initrd"/> and <see cref="Cmdline"/> go with it.</summary>
    public string? Kernel { get; init; }

    public string? Initrd { get; init; }
    public string? Cmdline { get; init; }

    /// <summary>Disks in boot order. At least one where there is no kernel.</summary>
    public IReadOnlyList<VmDisk>? Disks { get; init; }

    public IReadOnlyList<VmNetwork>? Networks { get; init; }
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
