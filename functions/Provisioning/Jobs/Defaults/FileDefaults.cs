using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

/// <summary>Of what a task is given before it starts: Nomad's, so that what its clients plan and read is the same.</summary>
internal static class FileDefaults
{
    public static IReadOnlyList<TaskArtifact>? Complete(IReadOnlyList<TaskArtifact>? artifacts) =>
        artifacts is { Count: > 0 } ? [.. artifacts.Select(Complete)] : null;

    public static IReadOnlyList<TaskTemplate>? Complete(IReadOnlyList<TaskTemplate>? templates) =>
        templates is { Count: > 0 } ? [.. templates.Select(Complete)] : null;

    private static TaskArtifact Complete(TaskArtifact artifact) => artifact with
    {
        GetterSource = artifact.GetterSource ?? "",
        GetterOptions = artifact.GetterOptions is { Count: > 0 } options ? options : null,
        GetterHeaders = artifact.GetterHeaders is { Count: > 0 } headers ? headers : null,
        GetterMode = string.IsNullOrEmpty(artifact.GetterMode) ? ArtifactModes.Any : artifact.GetterMode,
        GetterInsecure = false,
        RelativeDest = !string.IsNullOrEmpty(artifact.RelativeDest) ? artifact.RelativeDest
            : artifact.GetterMode == ArtifactModes.File ? "local/" + NameOf(artifact.GetterSource ?? "") : "local/",
        Chown = artifact.Chown ?? false,
    };

    private static TaskTemplate Complete(TaskTemplate template) => template with
    {
        SourcePath = template.SourcePath ?? "",
        DestPath = template.DestPath ?? "",
        EmbeddedTmpl = template.EmbeddedTmpl ?? "",
        ChangeMode = string.IsNullOrEmpty(template.ChangeMode) ? "restart" : template.ChangeMode,
        ChangeSignal = template.ChangeSignal ?? (template.ChangeMode == "signal" ? "SIGHUP" : ""),
        Splay = template.Splay ?? 5 * JobDefaults.Second,
        Once = template.Once ?? false,
        Perms = string.IsNullOrEmpty(template.Perms) ? "0644" : template.Perms,
        LeftDelim = string.IsNullOrEmpty(template.LeftDelim) ? "{{" : template.LeftDelim,
        RightDelim = string.IsNullOrEmpty(template.RightDelim) ? "}}" : template.RightDelim,
        Envvars = template.Envvars ?? false,
        VaultGrace = template.VaultGrace ?? 0,
        ErrMissingKey = template.ErrMissingKey ?? false,
    };

    /// <summary>What stands behind the last slash, without the query.</summary>
    private static string NameOf(string source)
    {
        var path = source.Split('?', 2)[0].TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }
}
