using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Registry.Coordinates;

/// <summary>PUT /v1/coordinate/update.</summary>
internal sealed record CoordinateUpdate
{
    public string? Node { get; init; }
    public string? Segment { get; init; }
    public CoordinateBody? Coord { get; init; }
}

internal sealed record CoordinateBody
{
    public IReadOnlyList<double>? Vec { get; init; }
    public double Error { get; init; }
    public double Adjustment { get; init; }
    public double Height { get; init; }
}

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(CoordinateUpdate))]
internal sealed partial class CoordinateJson : JsonSerializerContext
{
    /// <summary><c>{"Node":"n1","Segment":"","Coord":{…}}</c></summary>
    public static void Write(Utf8JsonWriter writer, string node, Coordinate coordinate)
    {
        writer.WriteStartObject();
        writer.WriteString("Node", node);
        writer.WriteString("Segment", "");
        writer.WriteStartObject("Coord");
        writer.WriteStartArray("Vec");
        foreach (var at in coordinate.Vec)
        {
            writer.WriteNumberValue(at);
        }

        writer.WriteEndArray();
        writer.WriteNumber("Error", coordinate.Error);
        writer.WriteNumber("Adjustment", coordinate.Adjustment);
        writer.WriteNumber("Height", coordinate.Height);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
