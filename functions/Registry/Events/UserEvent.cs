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
        json.WriteString("ID", ID);
        json.WriteString("Name", Name);
        if (Payload is null)
        {
            json.WriteNull("Payload");
        }
        else
        {
            json.WriteBase64String("Payload", Payload);
        }

        json.WriteString("NodeFilter", NodeFilter);
        json.WriteString("ServiceFilter", ServiceFilter);
        json.WriteString("TagFilter", TagFilter);
        json.WriteNumber("Version", Version);
        json.WriteNumber("LTime", LTime);
        json.WriteEndObject();
    }
}
