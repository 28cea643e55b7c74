using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Saas.Provisioning.Hcl.Values;

/// <summary>Values as JSON, as the language writes it: keys in order, and <c>&lt; &gt; &amp;</c> escaped as Go does.</summary>
internal static class ValueJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static string Write(HclValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan)
            .Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal)
            .Replace("\u2028", "\\u2028", StringComparison.Ordinal).Replace("\u2029", "\\u2029", StringComparison.Ordinal);
    }

    /// <exception cref="HclValueException">It is not JSON.</exception>
    public static HclValue Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = HclLimits.ValueDepth });
            return Read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new HclValueException($"invalid JSON: {error.Message}");
        }
        catch (InvalidOperationException)
        {
            throw new HclValueException("invalid JSON: a text is not of Unicode");
        }
    }

    private static void Write(Utf8JsonWriter writer, HclValue value)
    {
        switch (value)
        {
            case HclString text:
                writer.WriteStringValue(text.Text);
                break;
            case HclNumber number:
                writer.WriteRawValue(number.ToString(), skipInputValidation: true);
                break;
            case HclBool flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            case HclSequence sequence:
                writer.WriteStartArray();
                foreach (var element in sequence.Elements)
                {
                    Write(writer, element);
                }

                writer.WriteEndArray();
                break;
            case HclMapping mapping:
                writer.WriteStartObject();
                foreach (var key in mapping.Keys)
                {
                    writer.WritePropertyName(key);
                    Write(writer, mapping[key]);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static HclValue Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => new HclString(element.GetString()!),
        JsonValueKind.Number => HclNumber.Parse(element.GetRawText()) ?? throw new HclValueException("invalid JSON: not a number"),
        JsonValueKind.True => HclBool.True,
        JsonValueKind.False => HclBool.False,
        JsonValueKind.Array => HclSequence.Tuple([.. element.EnumerateArray().Select(Read)]),
        JsonValueKind.Object => ReadObject(element),
        _ => HclNull.Any,
    };

    private static HclMapping ReadObject(JsonElement element)
    {
        var entries = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            entries[property.Name] = Read(property.Value);
        }

        return HclMapping.Object(entries);
    }
}
