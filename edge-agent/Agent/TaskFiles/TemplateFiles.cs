using System.Globalization;
using System.Text;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.TaskFiles;

/// <summary>Writes a task's templates before it starts: so a restart finds what was rendered, whatever the run before made of it.</summary>
internal static class TemplateFiles
{
    private const int MaxSourceBytes = 1024 * 1024;
    private const int MaxRenderedLength = 4 * 1024 * 1024;
    private const UnixFileMode Default = (UnixFileMode)0x1A4;

    /// <param name="spec">Its references replaced; its folder exists.</param>
    /// <returns>The spec, with what templates add to the environment.</returns>
    /// <exception cref="DriverException"><see cref="DriverFault.InvalidConfig"/>: a template cannot be rendered. <see cref="DriverFault.Transient"/>: it cannot be written.</exception>
    public static WorkloadSpec Write(WorkloadSpec spec, AllocationPaths paths)
    {
        var environment = new Dictionary<string, string>(spec.Environment, StringComparer.Ordinal);
        var own = new Dictionary<string, string>(spec.Task.Env ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var template in spec.Task.Templates ?? [])
        {
            var name = template.DestPath ?? "";
            try
            {
                var text = TemplateText.Parse(TextOf(template, paths), template.LeftDelim, template.RightDelim)
                    .Render(variable => own.GetValueOrDefault(variable) ?? environment.GetValueOrDefault(variable), MaxRenderedLength);
                foreach (var (variable, value) in template.Envvars is true ? DotEnv.Parse(text) : [])
                {
                    own[variable] = value;
                }

                Write(paths.Resolve(name.Length > 0 ? name : throw new TaskFileException("it has no destination")), text, ModeOf(template.Perms));
            }
            catch (Exception e) when (e is TemplateException or TaskFileException or FormatException or FileException)
            {
                throw new DriverException(DriverFault.InvalidConfig, $"Template {name}: {e.Message}", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DriverException(DriverFault.Transient, $"Template {name}: {e.Message}", e);
            }
        }

        return spec with { Task = spec.Task with { Env = own } };
    }

    private static string TextOf(TaskTemplate template, AllocationPaths paths)
    {
        if (!string.IsNullOrEmpty(template.EmbeddedTmpl))
        {
            return template.EmbeddedTmpl;
        }

        // Wherever an artifact's links lead, what is read is within.
        var source = template.SourcePath ?? "";
        var folder = new ConfinedFolder(Path.GetDirectoryName(paths.TaskDirectory)!);
        using var file = folder.Open(Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(paths.TaskDirectory))!, Path.GetFullPath(Path.Combine(paths.TaskDirectory, source))));
        if (file.Length > MaxSourceBytes)
        {
            throw new TemplateException($"{source} has more than {MaxSourceBytes} bytes");
        }

        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        if (Directory.Exists(path))
        {
            throw new TaskFileException("its destination is a folder");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text), mode);
        File.SetUnixFileMode(path, mode);
    }

    private static UnixFileMode ModeOf(string? perms)
    {
        if (string.IsNullOrEmpty(perms))
        {
            return Default;
        }

        var mode = perms.All(static c => c is >= '0' and <= '7') && perms.Length <= 4 ? Convert.ToInt32(perms, 8) : -1;
        return mode is >= 0 and <= 0x1FF
            ? (UnixFileMode)mode
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"its permissions are {perms.Length} characters that are no octal mode"));
    }
}
