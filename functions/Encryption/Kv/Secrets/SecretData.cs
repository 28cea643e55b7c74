using System.Runtime.InteropServices;
using System.Text.Json;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>
/// A secret's value as it is stored: JSON with every object's members in order and once, as Vault's own. What is no
/// object or array stays byte for byte as it came, so that large numbers keep all their digits and no value becomes a
/// string of the heap.
/// </summary>
internal static class SecretData
{
    /// <summary>What came and what is stored; Vault's own default (<c>max_json_depth</c>) is 300.</summary>
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 1000 };

    /// <summary>The parameter <c>data</c>.</summary>
    /// <exception cref="VaultException">400: there is none, or it is no object.</exception>
    public static JsonElement Given(VaultFields fields)
    {
        var data = fields.Find("data") ?? throw VaultException.BadRequest("no data provided");
        return data.ValueKind == JsonValueKind.Object
            ? data
            : throw VaultException.BadRequest("Field validation failed: error converting input for field \"data\": expected a map");
    }

    /// <summary>The caller disposes it.</summary>
    /// <exception cref="VaultException">413: too large.</exception>
    public static PooledBuffer Stored(JsonElement data) => Written(json => Write(json, data));

    /// <inheritdoc cref="Stored"/>
    public static PooledBuffer Patched(ReadOnlyMemory<byte> stored, JsonElement patch)
    {
        using var target = JsonDocument.Parse(stored, Reading);
        return Written(json => MergePatch.Write(json, target.RootElement, patch));
    }

    public static JsonDocument Parse(ReadOnlyMemory<byte> stored) => JsonDocument.Parse(stored, Reading);

    public static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var (name, member) in MembersOf(value))
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
        }
    }

    /// <summary>In ordinal order; of members with one name the last.</summary>
    public static SortedDictionary<string, JsonElement> MembersOf(JsonElement value)
    {
        var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return members;
    }

    private static PooledBuffer Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new PooledBuffer();
        var isDone = false;
        try
        {
            using var json = new Utf8JsonWriter(buffer, VaultJson.Writing);
            write(json);
            json.Flush();
            KvLimits.CheckSize(buffer.WrittenCount);
            isDone = true;
            return buffer;
        }
        finally
        {
            if (!isDone)
            {
                buffer.Dispose();
            }
        }
    }
}
