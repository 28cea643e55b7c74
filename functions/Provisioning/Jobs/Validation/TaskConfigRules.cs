using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FluentValidation;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>A task's Config, read as strictly as its driver's agent will: unknown keys are refused at submission.</summary>
internal static class TaskConfigRules
{
    private const int MaxArgs = 512;
    private const int MaxArgLength = 32 * 1024;
    private const int MaxDisks = 16;
    private const int MaxNetworks = 8;

    public static void Check(ValidationContext<JobTask> context)
    {
        var task = context.InstanceToValidate;
        var faults = task.Driver switch
        {
            DriverNames.Exec or DriverNames.RawExec => Read(task.Config, AgentJson.Strict.ExecTaskConfig, FaultsOf),
            DriverNames.Vm => Read(task.Config, AgentJson.Strict.VmTaskConfig, FaultsOf),
            DriverNames.Qemu => Read(task.Config, AgentJson.Strict.QemuTaskConfig, FaultsOf),
            DriverNames.Container or DriverNames.Docker or DriverNames.Podman => FaultsOfContainer(task.Config),
            _ => [], // an unknown driver is told as such
        };
        foreach (var (field, message) in faults)
        {
            context.AddFailure(field.Length == 0 ? context.PropertyPath : $"{context.PropertyPath}.{field}", message);
        }
    }

    private static IEnumerable<(string Field, string Message)> Read<T>(
        IReadOnlyDictionary<string, JsonElement>? config, JsonTypeInfo<T> type, Func<T, IEnumerable<(string, string)>> faultsOf)
    {
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(
                config ?? new Dictionary<string, JsonElement>(), AgentJson.Default.IReadOnlyDictionaryStringJsonElement);
            return faultsOf(JsonSerializer.Deserialize(bytes, type)!);
        }
        catch (JsonException e)
        {
            return [(e.Path is null or "$" ? "" : e.Path.Replace("$.", "", StringComparison.Ordinal), e.Message)];
        }
    }

    private static IEnumerable<(string, string)> FaultsOf(ExecTaskConfig config)
    {
        if (string.IsNullOrEmpty(config.Command) || !IsText(config.Command, 4096))
        {
            yield return ("command", "Expected a program: an absolute path, or a name found on the agent's PATH.");
        }

        if (config.Args?.Count > MaxArgs || config.Args?.Any(arg => !IsText(arg, MaxArgLength)) == true)
        {
            yield return ("args", $"At most {MaxArgs} arguments of at most {MaxArgLength} characters without NUL.");
        }

        if (config.WorkDir is not null && !IsAbsolutePath(config.WorkDir))
        {
            yield return ("work_dir", "Expected an absolute path.");
        }
    }

    private static IEnumerable<(string, string)> FaultsOf(QemuTaskConfig config)
    {
        if (config.ImagePath is { Length: > 0 } image && (!IsText(image, 4096) || image.Any(char.IsControl) || image.Split('/').Contains("..")))
        {
            yield return ("image_path", "Expected a path, absolute or below the task's folder.");
        }

        foreach (var fault in config.Unsupported().Concat(FaultsOf(config.ToVm("/task"))))
        {
            yield return fault;
        }
    }

    /// <summary>The rest is read by the agent that offers the driver: none is placed elsewhere.</summary>
    private static IEnumerable<(string, string)> FaultsOfContainer(IReadOnlyDictionary<string, JsonElement>? config)
    {
        if (config?.GetValueOrDefault("image") is not { ValueKind: JsonValueKind.String } image || string.IsNullOrWhiteSpace(image.GetString()))
        {
            yield return ("image", "Expected the name of an image.");
        }
    }

    private static IEnumerable<(string, string)> FaultsOf(VmTaskConfig config)
    {
        if (config.Kernel is null && config.Disks is not { Count: > 0 })
        {
            yield return ("", "A VM needs a kernel or at least one disk.");
        }

        if (config.Kernel is not null && !IsAbsolutePath(config.Kernel))
        {
            yield return ("kernel", "Expected an absolute path.");
        }

        if (config.Initrd is not null && (config.Kernel is null || !IsAbsolutePath(config.Initrd)))
        {
            yield return ("initrd", "Expected an absolute path, beside a kernel.");
        }

        if (config.Cmdline is not null && (config.Kernel is null || !IsText(config.Cmdline, 4096)))
        {
            yield return ("cmdline", "Expected at most 4096 characters, beside a kernel.");
        }

        if (config.Disks?.Count > MaxDisks || config.Disks?.Any(disk => disk is null || !IsAbsolutePath(disk.Path) || disk.Format is not (null or "qcow2" or "raw")) == true)
        {
            yield return ("disks", $"At most {MaxDisks} disks, each with an absolute path and the format qcow2 or raw.");
        }

        if (config.Networks?.Count > MaxNetworks || config.Networks?.Any(network => network is null || !IsNetwork(network)) == true)
        {
            yield return ("networks", $"At most {MaxNetworks} networks, each with a network or a bridge, and a mac like 52:54:00:12:34:56.");
        }
    }

    private static bool IsText(string? text, int max) => text is not null && text.Length <= max && !text.Contains('\0', StringComparison.Ordinal);

    private static bool IsAbsolutePath(string? path) => IsText(path, 4096) && path!.StartsWith('/') && !path.Any(char.IsControl);

    private static bool IsNetwork(VmNetwork network) =>
        (network.Network is null) != (network.Bridge is null)
        && IsText(network.Network ?? network.Bridge, 128) && !string.IsNullOrEmpty(network.Network ?? network.Bridge)
        && (network.Mac is null || IsMac(network.Mac));

    private static bool IsMac(string mac) =>
        mac.Length == 17 && mac.Index().All(c => c.Index % 3 == 2 ? c.Item == ':' : char.IsAsciiHexDigit(c.Item));
}
