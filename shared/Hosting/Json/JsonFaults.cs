using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Contracts;
using Saas.Hosting.Problems;

namespace Saas.Hosting.Json;

/// <summary>
/// Says what is wrong with a body that was refused: where it ceases to be JSON, or every field that is unknown, repeated,
/// missing or of a wrong type. Runs only when reading has failed. The serializer's own messages are not shown: they name
/// our types and may quote what was sent.
/// </summary>
internal static class JsonFaults
{
    /// <summary>A client mends its request step by step anyway.</summary>
    private const int MaxErrors = 20;

    public static IReadOnlyList<FieldError> Explain(ReadOnlySequence<byte> body, JsonTypeInfo type, JsonException failure)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth });
        }
        catch (JsonException e)
        {
            var place = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            return [new FieldError("", body.IsEmpty ? "Expected a JSON document; the body is empty." : $"Not valid JSON at {place}.")];
        }

        using (document)
        {
            var errors = new List<FieldError>();
            Check(document.RootElement, type, "", errors);
            if (errors.Count == 0)
            {
                var path = failure.Path is ['$', '.', .. var rest] ? rest : "";
                errors.Add(new FieldError(path, $"Not as expected, at line {failure.LineNumber + 1}."));
            }

            return errors;
        }
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        if (errors.Count >= MaxErrors)
        {
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                CheckObject(value, type, path, errors);
                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array:
                var element = type.Options.GetTypeInfo(type.ElementType!);
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    CheckMember(item, element, canBeNull: true, $"{path}[{index}]", errors);
                }

                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                var entry = type.Options.GetTypeInfo(type.ElementType!);
                foreach (var property in value.EnumerateObject())
                {
                    CheckMember(property.Value, entry, canBeNull: true, Join(path, property.Name), errors);
                }

                break;
            default:
                CheckLeaf(value, type, path, errors);
                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        var properties = type.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null).ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var field = Join(path, member.Name);
            if (!seen.Add(member.Name))
            {
                errors.Add(new FieldError(field, "Given more than once."));
            }
            else if (properties.Find(p => p.Name == member.Name) is not { } property)
            {
                errors.Add(new FieldError(field, $"Unknown field. Known are: {string.Join(", ", properties.Select(p => p.Name))}."));
            }
            else
            {
                CheckMember(member.Value, type.Options.GetTypeInfo(property.PropertyType), property.IsSetNullable, field, errors);
            }
        }

        foreach (var property in properties.Where(p => !seen.Contains(p.Name) && IsRequired(p)))
        {
            errors.Add(new FieldError(Join(path, property.Name), "Required field is missing."));
        }
    }

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static void CheckMember(JsonElement value, JsonTypeInfo type, bool canBeNull, string path, List<FieldError> errors)
    {
        var accepts = canBeNull && (!type.Type.IsValueType || Nullable.GetUnderlyingType(type.Type) is not null);
        if (value.ValueKind != JsonValueKind.Null)
        {
            Check(value, type, path, errors);
        }
        else if (!accepts)
        {
            errors.Add(new FieldError(path, $"Expected {Describe(type)}; null came."));
        }
    }

    private static void CheckLeaf(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        try
        {
            value.Deserialize(type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            errors.Add(new FieldError(path, $"Expected {Describe(type)}; {Describe(value)} came."));
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    private static string Describe(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        return info.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
            JsonTypeInfoKind.Enumerable => "a list",
            _ when type == typeof(byte[]) => "text in base 64",
            _ when type == typeof(string) => "text",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) => $"a whole number from {int.MinValue} to {int.MaxValue}",
            _ when type == typeof(long) => "a whole number of at most 64 bits",
            _ when type == typeof(double) || type == typeof(decimal) || type == typeof(float) => "a number",
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => "a time (RFC 3339)",
            _ when type == typeof(TimeSpan) => "a duration",
            _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
            _ => "another form",
        };
    }
}
