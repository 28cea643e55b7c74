using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Saas.Registry.Kv;

/// <summary>Entries as Consul writes them: members in its order, an empty value as null, no session where there is none.</summary>
internal static class KvJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static Utf8JsonWriter WriterOn(IBufferWriter<byte> body) => new(body, Options);

    public static void Write(Utf8JsonWriter json, KvEntry entry, bool withValue = true)
    {
        json.WriteStartObject();
        json.WriteNumber("LockIndex"u8, entry.LockIndex);
        json.WriteString("Key"u8, entry.Key);
        json.WriteNumber("Flags"u8, entry.Flags);
        if (withValue && entry.Value is { Length: > 0 } value)
        {
            json.WriteBase64String("Value"u8, value);
        }
        else
        {
            json.WriteNull("Value"u8);
        }

        if (entry.Session is { } session)
        {
            json.WriteString("Session"u8, session);
        }

        json.WriteNumber("CreateIndex"u8, entry.CreateIndex);
        json.WriteNumber("ModifyIndex"u8, entry.ModifyIndex);
        json.WriteEndObject();
    }
}
