using System.Text.Encodings.Web;
using System.Text.Json;
using Saas.Discovery.Model;

namespace Saas.Discovery.Wire;

/// <summary>
/// Parts that Consul's shapes share. Members are written in Consul's order and maps by key, as Go writes them, so that the
/// same state always gives the same bytes.
/// </summary>
public static class WireJson
{
    /// <summary>For every writer of these shapes. Answers are <c>application/json</c> and never part of a page.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static void Texts(Utf8JsonWriter json, JsonEncodedText name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Null where there is no map: Consul tells one that was not given from one that is empty.</summary>
    internal static void Map(Utf8JsonWriter json, JsonEncodedText name, IReadOnlyDictionary<string, string>? map)
    {
        if (map is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in Ordered(map))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Nothing where there are none.</summary>
    internal static void Addresses(Utf8JsonWriter json, JsonEncodedText name, IReadOnlyDictionary<string, ServiceAddress>? addresses)
    {
        if (addresses is not { Count: > 0 })
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in Ordered(addresses))
        {
            json.WriteStartObject(key);
            json.WriteString(Names.Address, value.Address);
            json.WriteNumber(Names.Port, value.Port);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    internal static void Weights(Utf8JsonWriter json, JsonEncodedText name, ServiceWeights weights)
    {
        json.WriteStartObject(name);
        json.WriteNumber(Names.Passing, weights.Passing);
        json.WriteNumber(Names.Warning, weights.Warning);
        json.WriteEndObject();
    }

    /// <summary>What was kept as it came; <paramref name="otherwise"/> where nothing was given.</summary>
    internal static void Kept(Utf8JsonWriter json, JsonEncodedText name, JsonElement? kept, ReadOnlySpan<byte> otherwise)
    {
        json.WritePropertyName(name);
        if (kept is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } element)
        {
            element.WriteTo(json);
        }
        else
        {
            json.WriteRawValue(otherwise, skipInputValidation: true);
        }
    }

    internal static void Indexes(Utf8JsonWriter json, ulong created, ulong modified)
    {
        json.WriteNumber(Names.CreateIndex, created);
        json.WriteNumber(Names.ModifyIndex, modified);
    }

    private static IEnumerable<KeyValuePair<string, T>> Ordered<T>(IReadOnlyDictionary<string, T> map) =>
        map.Count < 2 ? map : map.OrderBy(static pair => pair.Key, StringComparer.Ordinal);
}
