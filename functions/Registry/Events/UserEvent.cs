using System.Text.Json;

namespace Saas.Registry.Events;

/// <summary>Something that a client fired for others to see. Immutable.</summary>
internal sealed record UserEvent
{
    /// <summary>Of the format, in answers.</summary>
    private const int Version = 1;

    /// <summary>A UUID.</summary>
    public required string ID { get; init; }

    public required string Name { get; init; }

    /// <summary>Null: none.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>Regular expressions for those who receive it; the registry checks and keeps them. Empty: none.</summary>
    public string NodeFilter { get; init; } = "";

    public string ServiceFilter { get; init; } = "";
    public string TagFilter { get; init; } = "";

    /// <summary>How many were fired in the domain up to this; 0 until it is.</summary>
    public ulong LTime { get; init; }

    /// <summary>The index it was fired at.</summary>
    public ulong Index { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString(nameof(ID), ID);
        json.WriteString(nameof(Name), Name);
        if (Payload is null)
        {
            json.WriteNull(nameof(Payload));
        }
        else
        {
            json.WriteBase64String(nameof(Payload), Payload);
        }

        json.WriteString(nameof(NodeFilter), NodeFilter);
        json.WriteString(nameof(ServiceFilter), ServiceFilter);
        json.WriteString(nameof(TagFilter), TagFilter);
        json.WriteNumber("Version", Version);
        json.WriteNumber(nameof(LTime), LTime);
        json.WriteEndObject();
    }
}
