using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>What agents can download. Where a text names the task's environment, the agent looks at what becomes of it.</summary>
internal static class ArtifactRules
{
    private static readonly string[] Archives = ["tar", "tar.gz", "tgz", "zip", "false", "0"];

    /// <summary>Hexadecimal digits.</summary>
    private static readonly Dictionary<string, int> Checksums = new(StringComparer.Ordinal) { ["md5"] = 32, ["sha1"] = 40, ["sha256"] = 64, ["sha512"] = 128 };

    public static IEnumerable<Fault> FaultsOf(IReadOnlyList<TaskArtifact>? artifacts)
    {
        const string Field = nameof(JobTask.Artifacts);
        if (artifacts?.Count > JobLimits.MaxArtifacts)
        {
            return [new Fault(Field, $"At most {JobLimits.MaxArtifacts}; {artifacts.Count} came.")];
        }

        return (artifacts ?? []).Index().SelectMany(static entry => FaultsOf(entry.Item).Select(fault => fault.Under($"{Field}[{entry.Index}]")));
    }

    private static IEnumerable<Fault> FaultsOf(TaskArtifact? artifact)
    {
        if (artifact is null)
        {
            yield return new Fault("", "An artifact is missing.");
            yield break;
        }

        if (SourceFault(artifact.GetterSource ?? "") is { } fault)
        {
            yield return new Fault(nameof(artifact.GetterSource), fault);
        }

        if (artifact.GetterMode is not (null or "" or ArtifactModes.Any or ArtifactModes.File or ArtifactModes.Dir))
        {
            yield return new Fault(nameof(artifact.GetterMode), $"Expected any, file or dir; {Quote.Of(artifact.GetterMode)} came.");
        }

        if (artifact.GetterInsecure is true)
        {
            yield return new Fault(nameof(artifact.GetterInsecure), "Not supported: certificates are always checked.");
        }

        if (TaskPaths.FaultOf(artifact.RelativeDest) is { } escape)
        {
            yield return new Fault(nameof(artifact.RelativeDest), escape);
        }

        foreach (var (name, value) in artifact.GetterOptions ?? new Dictionary<string, string>())
        {
            var option = name switch
            {
                "archive" => IsOpen(value) || Archives.Contains(value) ? null : $"Expected tar, tar.gz, tgz, zip or false; {Quote.Of(value)} came.",
                "checksum" => IsOpen(value) || IsChecksum(value) ? null : "Expected md5:, sha1:, sha256: or sha512: and the digest in hexadecimal digits.",
                _ => "Not supported: the options of http are checksum and archive.",
            };
            if (option is not null)
            {
                yield return new Fault($"{nameof(artifact.GetterOptions)}[{Quote.Of(name)}]", option);
            }
        }

        var headers = artifact.GetterHeaders ?? new Dictionary<string, string>();
        if (headers.Count > JobLimits.MaxHeaders || headers.Any(static header => !IsHeader(header.Key, header.Value)))
        {
            yield return new Fault(nameof(artifact.GetterHeaders), $"At most {JobLimits.MaxHeaders} headers of HTTP, without line breaks and of at most {JobLimits.MaxHeaderLength} characters.");
        }
    }

    private static string? SourceFault(string source)
    {
        if (source.Length is 0 or > JobLimits.MaxSourceLength)
        {
            return $"A source is missing, or has more than {JobLimits.MaxSourceLength} characters.";
        }

        if (IsOpen(source))
        {
            return null;
        }

        if (!Uri.TryCreate(source, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            return "Not supported: agents download by http and https.";
        }

        return address.UserInfo.Length > 0 ? "Expected an address without a user: put credentials into GetterHeaders." : null;
    }

    private static bool IsOpen(string? text) => text?.Contains("${", StringComparison.Ordinal) is true;

    private static bool IsChecksum(string? text) => text?.Split(':', 2) is [var kind, var digest]
        && Checksums.TryGetValue(kind, out var length) && digest.Length == length && digest.All(char.IsAsciiHexDigit);

    private static bool IsHeader(string name, string? value) => name.Length is > 0 and <= 256 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c))
        && value is { Length: <= JobLimits.MaxHeaderLength } && !value.Any(char.IsControl);
}

/// <summary>Paths within a task's folder.</summary>
internal static class TaskPaths
{
    /// <summary>Null: it stays within, or says nothing. What names the environment is the agent's to look at.</summary>
    public static string? FaultOf(string? path)
    {
        if (string.IsNullOrEmpty(path) || path.StartsWith("${", StringComparison.Ordinal))
        {
            return null;
        }

        if (path.Length > JobLimits.MaxPathLength || path.Any(char.IsControl) || path[0] == '/')
        {
            return $"Expected a path relative to the task's folder, of at most {JobLimits.MaxPathLength} characters.";
        }

        var depth = 0;
        foreach (var part in path.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                return "Expected a path within the task's folder, without '..' that leads out of it.";
            }
        }

        return null;
    }
}
