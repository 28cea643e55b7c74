using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>
/// A folder of the node that the group is placed beside. Nomad's <c>volume</c> block. Its path is in the environment of the
/// group's tasks.
/// </summary>
public sealed record VolumeRequest
{
    /// <summary>The group's own name for it; as its key.</summary>
    public string? Name { get; init; }

    /// <summary><c>host</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The name under which the node offers it.</summary>
    public string? Source { get; init; }

    /// <summary>Default false: only nodes that offer it for writing.</summary>
    public bool? ReadOnly { get; init; }

    // Nomad's, and refused unless empty: named here, so that the refusal can say why.
    public bool? Sticky { get; init; }
    public bool? PerAlloc { get; init; }
    public string? AccessMode { get; init; }
    public string? AttachmentMode { get; init; }
    public JsonElement? MountOptions { get; init; }
}

/// <summary>Nomad's <c>volume_mount</c> block. Refused: no driver here gives a task a file system of its own to mount into.</summary>
public sealed record VolumeMount
{
    public string? Volume { get; init; }
    public string? Destination { get; init; }
    public bool? ReadOnly { get; init; }
    public string? PropagationMode { get; init; }
    public string? SELinuxLabel { get; init; }
}

public static class VolumeTypes
{
    public const string Host = "host";
}
