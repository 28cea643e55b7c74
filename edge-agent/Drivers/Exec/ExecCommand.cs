using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>What is run: the task's config checked against this machine.</summary>
internal sealed record ExecCommand(
    string Path, IReadOnlyList<string> Arguments, string WorkDirectory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Linux refuses longer single strings (MAX_ARG_STRLEN, 32 pages).</summary>
    private const int MaxStringBytes = 131_071;

    /// <summary>Put into the task's environment: finds its processes wherever they moved.</summary>
    public const string StampVariable = "SAAS_WORKLOAD";

    /// <exception cref="DriverException"><see cref="DriverFault.InvalidConfig"/>: the message names the setting and the path.</exception>
    public static ExecCommand From(WorkloadSpec spec, string stamp)
    {
        var config = Read(spec.Task);
        var arguments = config.Args ?? [];
        var environment = BuildEnvironment(spec, stamp);
        foreach (var text in arguments.Concat(environment.Select(pair => $"{pair.Key}={pair.Value}")))
        {
            // Never quote the text: an argument or a variable may be a secret.
            Require(text is not null && !text.Contains('\0', StringComparison.Ordinal), "args or env: holds null or a NUL character");
            Require(System.Text.Encoding.UTF8.GetByteCount(text!) < MaxStringBytes, "args or env: an entry is longer than 128 KiB");
        }

        return new ExecCommand(ResolveCommand(config.Command), arguments, ResolveWorkDirectory(config.WorkDir, spec), environment);
    }

    private static ExecTaskConfig Read(JobTask task)
    {
        if (task.Config is null)
        {
            throw Invalid("command is missing");
        }

        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(task.Config, AgentJson.Default.IReadOnlyDictionaryStringJsonElement);
            return JsonSerializer.Deserialize(json, AgentJson.Strict.ExecTaskConfig) ?? throw Invalid("is null");
        }
        catch (JsonException e)
        {
            throw Invalid($"{e.Path ?? "$"} is unknown or of the wrong type");
        }
    }

    private static string ResolveCommand(string? command)
    {
        Require(!string.IsNullOrWhiteSpace(command) && !command.Contains('\0', StringComparison.Ordinal), "command is missing");
        if (!command!.Contains('/', StringComparison.Ordinal))
        {
            return SearchPath.Find(command) ?? throw Invalid($"command {command} is not on the agent's PATH ({SearchPath.Value})");
        }

        Require(System.IO.Path.IsPathRooted(command), $"command {command} is neither an absolute path nor a bare name");
        Require(File.Exists(command), $"command {command} does not exist");
        Require(SearchPath.IsExecutable(command), $"command {command} is not executable");
        return command;
    }

    private static string ResolveWorkDirectory(string? configured, WorkloadSpec spec)
    {
        var directory = configured ?? spec.TaskDirectory;
        Require(System.IO.Path.IsPathRooted(directory), $"work_dir {directory} is not an absolute path");
        Require(Directory.Exists(directory), $"work_dir {directory} does not exist");
        return directory;
    }

    private static Dictionary<string, string> BuildEnvironment(WorkloadSpec spec, string stamp)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = SearchPath.Value };
        foreach (var name in (string[])["HOME", "USER", "LANG", "TZ"])
        {
            if (System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        // As Nomad: a name that no shell could hold has its other characters replaced, instead of being lost.
        foreach (var (name, value) in spec.Environment.Concat(spec.Task.Env ?? new Dictionary<string, string>()))
        {
            environment[CleanName(name)] = value;
        }

        environment[StampVariable] = stamp;
        return environment;
    }

    private static string CleanName(string name)
    {
        Require(name.Length > 0, "env: a name is empty");
        var clean = string.Create(name.Length, name, static (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        });
        return char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Invalid(otherwise);
        }
    }

    private static DriverException Invalid(string what) => new(DriverFault.InvalidConfig, $"exec config: {what}");
}
