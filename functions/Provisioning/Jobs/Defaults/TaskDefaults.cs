using System.Text.Json;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

internal static class TaskDefaults
{
    public static JobTask Complete(JobTask task, string job, TaskGroup group, string type) => new()
    {
        Name = task.Name,
        Driver = task.Driver,
        Config = task.Config ?? new Dictionary<string, JsonElement>(),
        Env = task.Env ?? JobDefaults.Empty,
        Services = ServiceDefaults.Complete(task.Services, job, group.Name!, task.Name),
        Resources = Complete(task.Resources ?? new Resources()),
        Constraints = PlacementDefaults.Complete(task.Constraints),
        Affinities = PlacementDefaults.Complete(task.Affinities),
        DispatchPayload = string.IsNullOrEmpty(task.DispatchPayload?.File) ? null : task.DispatchPayload,
        KillTimeout = task.KillTimeout ?? 5 * JobDefaults.Second,
        KillSignal = string.IsNullOrEmpty(task.KillSignal) ? "SIGTERM" : task.KillSignal,
        ShutdownDelay = task.ShutdownDelay ?? 0,
        RestartPolicy = GroupDefaults.RestartOf(task, group, type),
        LogConfig = new LogConfig { MaxFiles = task.LogConfig?.MaxFiles ?? 10, MaxFileSizeMB = task.LogConfig?.MaxFileSizeMB ?? 10 },
        Meta = task.Meta ?? JobDefaults.Empty,
        Artifacts = FileDefaults.Complete(task.Artifacts),
        Templates = FileDefaults.Complete(task.Templates),
    };

    /// <summary>A task asks for cores or for MHz; with cores, the MHz are 0.</summary>
    private static Resources Complete(Resources resources)
    {
        var cores = resources.Cores is > 0 ? resources.Cores : null;
        return new Resources
        {
            Cores = cores,
            CPU = cores is null ? resources.CPU ?? 100 : 0,
            MemoryMB = resources.MemoryMB ?? 300,
            MemoryMaxMB = resources.MemoryMaxMB is null or 0 ? null : resources.MemoryMaxMB,
            Devices = resources.Devices is { Count: > 0 } devices ? [.. devices.Select(Complete)] : null,
        };
    }

    private static RequestedDevice Complete(RequestedDevice device) => new()
    {
        Name = device.Name,
        Count = device.Count ?? 1,
        Constraints = device.Constraints is { Count: > 0 } ? PlacementDefaults.Complete(device.Constraints) : null,
        Affinities = PlacementDefaults.Complete(device.Affinities),
    };
}
