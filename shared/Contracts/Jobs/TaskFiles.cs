using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>
/// A file or archive that the agent downloads before a task first starts. Nomad's <c>artifact</c> block
/// (https://developer.hashicorp.com/nomad/docs/job-specification/artifact), for http and https.
/// </summary>
public sealed record TaskArtifact
{
    /// <summary>An address of http or https, without a user in it. May name what the task's environment has: <c>${NOMAD_META_version}</c>.</summary>
    public string? GetterSource { get; init; }

    /// <summary><c>checksum</c> (<c>sha256:HEX</c>, also md5, sha1 and sha512) and <c>archive</c> (tar, tar.gz, tgz, zip, or false).</summary>
    public IReadOnlyDictionary<string, string>? GetterOptions { get; init; }

    /// <summary>Sent to the source's own host; not to where it redirects.</summary>
    public IReadOnlyDictionary<string, string>? GetterHeaders { get; init; }

    /// <summary>One of <see cref="ArtifactModes"/>; default <c>any</c>.</summary>
    public string? GetterMode { get; init; }

    /// <summary>Nomad's, and refused when true: certificates are checked.</summary>
    public bool? GetterInsecure { get; init; }

    /// <summary>Relative to the task's folder; default <c>local/</c>, in mode file <c>local/NAME</c>.</summary>
    public string? RelativeDest { get; init; }

    /// <summary>Nomad's, and without effect: tasks run as the agent's user, whose the files are.</summary>
    public bool? Chown { get; init; }
}

public static class ArtifactModes
{
    /// <summary>An archive is unpacked into the destination; anything else is put into it under its own name.</summary>
    public const string Any = "any";

    /// <summary>The destination is the file; of an archive, the only one in it.</summary>
    public const string File = "file";

    /// <summary>Only archives.</summary>
    public const string Dir = "dir";
}

/// <summary>
/// A file that the agent writes before each start of a task. Nomad's <c>template</c> block
/// (https://developer.hashicorp.com/nomad/docs/job-specification/template), as far as <see cref="TemplateText"/> goes.
/// </summary>
public sealed record TaskTemplate
{
    /// <summary>A file within the task's folder; empty where <see cref="EmbeddedTmpl"/> is given.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The template itself.</summary>
    public string? EmbeddedTmpl { get; init; }

    /// <summary>Relative to the task's folder.</summary>
    public string? DestPath { get; init; }

    /// <summary>Kept, as all that follows from a change: nothing of what can be rendered ever changes while a task runs.</summary>
    public string? ChangeMode { get; init; }

    public string? ChangeSignal { get; init; }
    public JsonElement? ChangeScript { get; init; }
    public long? Splay { get; init; }
    public bool? Once { get; init; }
    public JsonElement? Wait { get; init; }
    public long? VaultGrace { get; init; }
    public bool? ErrMissingKey { get; init; }

    /// <summary>Octal digits; default <c>0644</c>.</summary>
    public string? Perms { get; init; }

    /// <summary>Nomad's, and refused unless left out: files are the agent's user's.</summary>
    public long? Uid { get; init; }

    public long? Gid { get; init; }

    /// <summary>Default <c>{{</c>.</summary>
    public string? LeftDelim { get; init; }

    public string? RightDelim { get; init; }

    /// <summary>The file is lines of <c>NAME=value</c>, which the task gets in its environment, above its own <c>Env</c>.</summary>
    public bool? Envvars { get; init; }
}
