using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Saas.Encryption.Vault;

/// <summary>
/// The parameters of a request's body, typed as loosely as Vault takes them: its command line sends every value as a
/// string, so <c>"true"</c> is a boolean and <c>"3"</c> a number. Null counts as not given.
/// </summary>
internal sealed class VaultFields : IDisposable
{
    /// <summary>Vault's own default (<c>max_json_depth</c>).</summary>
    private const int MaxDepth = 300;

    private readonly JsonDocument? _document;

    private VaultFields(JsonDocument? document) => _document = document;

    /// <exception cref="VaultException">400: not JSON, or no object.</exception>
    public static VaultFields Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return new VaultFields(null);
        }

        if (!IsUnicode(body.Span))
        {
            throw VaultException.BadRequest("failed to parse JSON input: a text is not valid Unicode");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException e)
        {
            throw VaultException.BadRequest($"failed to parse JSON input: line {e.LineNumber + 1}, byte {e.BytePositionInLine}");
        }

        if (document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Null)
        {
            return new VaultFields(document);
        }

        document.Dispose();
        throw VaultException.BadRequest("failed to parse JSON input: expected an object");
    }

    public IEnumerable<string> Names =>
        _document is { RootElement.ValueKind: JsonValueKind.Object } given ? given.RootElement.EnumerateObject().Select(p => p.Name) : [];

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The value as it came, or null. Valid until the request ends.</summary>
    public JsonElement? Find(string name) =>
        _document is { RootElement.ValueKind: JsonValueKind.Object } given
        && given.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public string? String(string name) => Find(name) is { } value
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "1",
            JsonValueKind.False => "0",
            _ => throw Unconvertible(name, "a string", value),
        }
        : null;

    public bool? Bool(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when value.TryGetInt64(out var number) => number != 0,
            JsonValueKind.String => value.GetString() switch
            {
                "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
                "0" or "f" or "F" or "false" or "FALSE" or "False" or "" => false,
                _ => throw Unconvertible(name, "a boolean", value),
            },
            _ => throw Unconvertible(name, "a boolean", value),
        };
    }

    public bool Bool(string name, bool otherwise) => Bool(name) ?? otherwise;

    public int? Int(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt32(out var number) => number,
            JsonValueKind.String when value.GetString() is { Length: 0 } => 0,
            JsonValueKind.String when int.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw Unconvertible(name, "a whole number", value),
        };
    }

    public int Int(string name, int otherwise) => Int(name) ?? otherwise;

    public TimeSpan? Duration(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        TimeSpan duration;
        var isDuration = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var seconds) & VaultDuration.TryFromSeconds(seconds, out duration),
            JsonValueKind.String => VaultDuration.TryParse(value.GetString(), out duration),
            _ => (duration = default) != default,
        };
        return isDuration ? duration : throw Unconvertible(name, "a duration", value);
    }

    /// <summary>A list of strings; one string is a list of what its commas divide.</summary>
    public IReadOnlyList<string>? Strings(string name) => Find(name) is { } value
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            JsonValueKind.Array when value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String) =>
                [.. value.EnumerateArray().Select(e => e.GetString()!)],
            _ => throw Unconvertible(name, "a list of strings", value),
        }
        : null;

    public void Dispose() => _document?.Dispose();

    /// <summary>Whether every text can be read as one: half a surrogate pair cannot, and would fail wherever it is read.</summary>
    private static bool IsUnicode(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return false;
        }

        if (body.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        using var text = new PooledBuffer();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    text.Advance(reader.CopyString(text.GetSpan(reader.ValueSpan.Length)));
                    text.Clear();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (JsonException)
        {
            // Not JSON: whoever parses it says where.
            return true;
        }
    }

    /// <summary>Says of what kind the value was, never the value: it may be a secret in the wrong place.</summary>
    private static VaultException Unconvertible(string name, string expected, JsonElement came) =>
        VaultException.BadRequest(
            $"Field validation failed: error converting input for field \"{name}\": expected {expected}, got {came.ValueKind.ToString().ToLowerInvariant()}");
}
