using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>Tasks of a group of two versions, by name.</summary>
internal static class TaskDiffs
{
    public static IReadOnlyList<TaskDiff> Of(IReadOnlyList<JobTask>? old, IReadOnlyList<JobTask>? now)
    {
        var before = (old ?? []).ToDictionary(static task => task.Name!, StringComparer.Ordinal);
        var after = (now ?? []).ToDictionary(static task => task.Name!, StringComparer.Ordinal);
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(name => Of(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name))),
        ];
    }

    private static TaskDiff Of(string name, JobTask? old, JobTask? now) => new()
    {
        Type = old is not null && now is not null && Differences.AreSame(old, now, NomadJson.Default.JobTask)
            ? DiffTypes.None
            : DiffTypes.Of(old is not null, now is not null),
        Name = name,
        Fields = Differences.OfFields(FieldsOf(old), FieldsOf(now), isContextual: false),
        Objects = Differences.Together(
            TargetDiffs.OfConstraints(old?.Constraints, now?.Constraints),
            TargetDiffs.OfAffinities(old?.Affinities, now?.Affinities),
            [OfConfig(old?.Config, now?.Config)],
            [OfResources(old?.Resources, now?.Resources)],
            [Differences.OfObject(nameof(JobTask.RestartPolicy), GroupDiffs.Fields(old?.RestartPolicy), GroupDiffs.Fields(now?.RestartPolicy))],
            [Differences.OfObject(nameof(JobTask.LogConfig), Fields(old?.LogConfig), Fields(now?.LogConfig))],
            [Differences.OfObject(nameof(JobTask.DispatchPayload), Fields(old?.DispatchPayload), Fields(now?.DispatchPayload))],
            OfBlocks("Artifact", Json(old?.Artifacts, NomadJson.Default.IReadOnlyListTaskArtifact), Json(now?.Artifacts, NomadJson.Default.IReadOnlyListTaskArtifact), "RelativeDest"),
            ServiceDiffs.Of(old?.Services, now?.Services),
            [OfBlock("Vault", old?.Vault, now?.Vault)],
            OfBlocks("Template", Json(old?.Templates, NomadJson.Default.IReadOnlyListTaskTemplate), Json(now?.Templates, NomadJson.Default.IReadOnlyListTaskTemplate), "DestPath")),
    };

    private static FlatFields? FieldsOf(JobTask? task) => task is null ? null : new FlatFields()
        .Text(nameof(task.Driver), task.Driver)
        .Text(nameof(task.User), task.User)
        .Map(nameof(task.Env), task.Env)
        .Map(nameof(task.Meta), task.Meta)
        .Number(nameof(task.KillTimeout), task.KillTimeout)
        .Flag(nameof(task.Leader), task.Leader)
        .Number(nameof(task.ShutdownDelay), task.ShutdownDelay)
        .Text(nameof(task.KillSignal), task.KillSignal)
        .Text(nameof(task.Kind), task.Kind);

    private static FlatFields? Fields(LogConfig? logs) => logs is null ? null : new FlatFields()
        .Number(nameof(logs.MaxFiles), logs.MaxFiles)
        .Number(nameof(logs.MaxFileSizeMB), logs.MaxFileSizeMB)
        .Flag(nameof(logs.Disabled), logs.Disabled);

    private static FlatFields? Fields(DispatchPayloadConfig? payload) => payload is null ? null : new FlatFields().Text(nameof(payload.File), payload.File);

    private static ObjectDiff? OfConfig(IReadOnlyDictionary<string, JsonElement>? old, IReadOnlyDictionary<string, JsonElement>? now)
    {
        var (before, after) = (Flat(old), Flat(now));
        var fields = Differences.OfFields(before, after, isContextual: true);
        return fields?.Any(static field => field.Type != DiffTypes.None) is not true ? null : new ObjectDiff
        {
            Type = DiffTypes.Of(old is { Count: > 0 }, now is { Count: > 0 }),
            Name = nameof(JobTask.Config),
            Fields = fields,
        };

        static FlatFields Flat(IReadOnlyDictionary<string, JsonElement>? config)
        {
            var flat = new FlatFields();
            foreach (var (name, value) in config ?? new Dictionary<string, JsonElement>())
            {
                flat.Json(name, value);
            }

            return flat;
        }
    }

    private static ObjectDiff? OfResources(Resources? old, Resources? now)
    {
        return Differences.AreSame(old, now, NomadJson.Default.Resources) ? null : new ObjectDiff
        {
            Type = DiffTypes.Of(old is not null, now is not null),
            Name = nameof(JobTask.Resources),
            Fields = Differences.OfFields(OfOne(old), OfOne(now), isContextual: true),
            Objects = Differences.Together(Differences.OfSet(old?.Devices, now?.Devices, static device => device.Name ?? "", OfDevice)),
        };

        static FlatFields? OfOne(Resources? resources) => resources is null ? null : new FlatFields()
            .Number(nameof(resources.CPU), resources.CPU)
            .Number(nameof(resources.Cores), resources.Cores)
            .Number(nameof(resources.MemoryMB), resources.MemoryMB)
            .Number(nameof(resources.MemoryMaxMB), resources.MemoryMaxMB)
            .Number(nameof(resources.DiskMB), resources.DiskMB)
            .Number(nameof(resources.IOPS), resources.IOPS)
            .Number(nameof(resources.SecretsMB), resources.SecretsMB);
    }

    private static ObjectDiff? OfDevice(RequestedDevice? old, RequestedDevice? now)
    {
        return Differences.AreSame(old, now, NomadJson.Default.RequestedDevice) ? null : new ObjectDiff
        {
            Type = DiffTypes.Of(old is not null, now is not null),
            Name = "Device",
            Fields = Differences.OfFields(OfOne(old), OfOne(now), isContextual: true),
        };

        static FlatFields? OfOne(RequestedDevice? device) => device is null ? null : new FlatFields()
            .Text(nameof(device.Name), device.Name)
            .Number(nameof(device.Count), device.Count);
    }

    /// <summary>A list of blocks that are kept as they came, told apart by one of their members.</summary>
    private static IReadOnlyList<ObjectDiff> OfBlocks(string name, JsonElement? old, JsonElement? now, string key) => Differences.OfSet(
        Items(old), Items(now),
        block => block.Json.ValueKind == JsonValueKind.Object && block.Json.TryGetProperty(key, out var text) ? text.ToString() : block.Json.GetRawText(),
        (before, after) => OfBlock(name, before?.Json, after?.Json));

    private static JsonElement? Json<T>(T? value, JsonTypeInfo<T> type)
        where T : class => value is null ? null : JsonSerializer.SerializeToElement(value, type);

    private static ObjectDiff? OfBlock(string name, JsonElement? old, JsonElement? now) => Differences.OfObject(name, Flat(old), Flat(now));

    private static FlatFields? Flat(JsonElement? block) => block is { ValueKind: JsonValueKind.Object } json ? new FlatFields().Json("", json) : null;

    private static Block[] Items(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray().Select(static item => new Block(item))] : [];

    private sealed record Block(JsonElement Json);
}
