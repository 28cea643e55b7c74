using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Saas.Provisioning.Events;

/// <summary>Topics, in Nomad's words.</summary>
internal static class EventTopic
{
    public const string Job = "Job";
    public const string Evaluation = "Evaluation";
    public const string Allocation = "Allocation";
    public const string Deployment = "Deployment";
    public const string Node = "Node";
    public const string All = "*";

    public static readonly IReadOnlyList<string> Each = [Job, Evaluation, Allocation, Deployment, Node];
}

/// <summary>Something that changed.</summary>
/// <param name="Type">How, in Nomad's words.</param>
/// <param name="ProjectId">Null: of no project.</param>
/// <param name="Namespace">The project's name; empty: of none.</param>
/// <param name="Key">The thing's id.</param>
/// <param name="FilterKeys">Other ids it can be asked for by.</param>
/// <param name="Payload">The thing as it is now, as JSON.</param>
internal sealed record ClusterEvent(
    string Topic, string Type, string? ProjectId, string Namespace, string Key, IReadOnlyList<string> FilterKeys, ReadOnlyMemory<byte> Payload)
{
    public static ClusterEvent Of<T>(
        string topic, string type, string? projectId, string projectName, string key, string[] filterKeys, T payload, JsonTypeInfo<T> json) =>
        new(topic, type, projectId, projectName, key, [.. filterKeys.Where(static filterKey => filterKey.Length > 0)], JsonSerializer.SerializeToUtf8Bytes(payload, json));
}

/// <summary>Events found together.</summary>
internal sealed record EventBatch(long Index, IReadOnlyList<ClusterEvent> Events)
{
    private const int BytesBesidePayload = 256;

    /// <summary>About as many as it holds of memory.</summary>
    public int Bytes { get; } = Events.Sum(static e => e.Payload.Length + BytesBesidePayload);

    /// <summary>One line as clients get it; null: it has nothing for them.</summary>
    public ReadOnlyMemory<byte>? Line(Func<ClusterEvent, bool> isWanted)
    {
        var wanted = Events.Where(isWanted).ToArray();
        if (wanted.Length == 0)
        {
            return null;
        }

        var line = new ArrayBufferWriter<byte>(Bytes);
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteNumber(nameof(Index), Index);
            writer.WriteStartArray(nameof(Events));
            foreach (var e in wanted)
            {
                Write(writer, e);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenMemory;
    }

    private void Write(Utf8JsonWriter writer, ClusterEvent e)
    {
        writer.WriteStartObject();
        writer.WriteString("Topic", e.Topic);
        writer.WriteString("Type", e.Type);
        writer.WriteString("Key", e.Key);
        writer.WriteString("Namespace", e.Namespace);
        writer.WriteStartArray("FilterKeys");
        foreach (var filterKey in e.FilterKeys)
        {
            writer.WriteStringValue(filterKey);
        }

        writer.WriteEndArray();
        writer.WriteNumber(nameof(Index), Index);
        writer.WritePropertyName("Payload");
        writer.WriteRawValue(e.Payload.Span, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
