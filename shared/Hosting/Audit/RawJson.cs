using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Hosting.Audit;

/// <summary>
/// A JSON value that is written as it is. It has the form in which the canonical bytes of an entry hold it: no white
/// space, all but ASCII escaped, members in the order they came. What is read from JSON is brought into it, so that an
/// entry keeps its hash when an export is formatted anew.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson : IEquatable<RawJson>
{
    private readonly ReadOnlyMemory<byte> _utf8;

    /// <param name="canonical">
    /// As <see cref="Utf8JsonWriter"/> writes by default; not copied: must stay as it is until the entry is written.
    /// </param>
    public RawJson(ReadOnlyMemory<byte> canonical) => _utf8 = canonical;

    /// <summary>Empty for the default value, which is no JSON.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8.Span;

    /// <summary>Any JSON, brought into the canonical form.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    public static RawJson Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Read(ref reader);
    }

    internal static RawJson Read(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        document.RootElement.WriteTo(writer);
        writer.Flush();
        return new RawJson(buffer.WrittenMemory);
    }

    public bool Equals(RawJson other) => Utf8.SequenceEqual(other.Utf8);

    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8);

    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);
}

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RawJson.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8, skipInputValidation: true);
}
