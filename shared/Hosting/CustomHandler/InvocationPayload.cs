using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Saas.Hosting.CustomHandler;

/// <summary>The body of an invocation: <c>{"Data":{binding: value},"Metadata":{…}}</c>.</summary>
internal static class InvocationPayload
{
    /// <summary>The value of the trigger's binding; null where the body is not an invocation of it.</summary>
    public static JsonElement? Trigger(JsonElement body, string bindingName)
    {
        if (body.ValueKind != JsonValueKind.Object
            || !body.TryGetProperty("Data", out var data) || data.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var expected = Encoding.UTF8.GetBytes(bindingName);
        foreach (var property in data.EnumerateObject())
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(property.Name), expected))
            {
                return property.Value;
            }
        }

        return null;
    }

    /// <summary>
    /// The bytes of a queue's message. We declare <c>dataType: binary</c>, which the host writes in base 64. A message
    /// it holds as text comes as a JSON string within the string, an object as it is; our messages are JSON documents
    /// in UTF-8, whose first character is none of base 64, so the forms cannot be mistaken for one another.
    /// </summary>
    /// <exception cref="FormatException">In none of these forms.</exception>
    public static ReadOnlyMemory<byte> Message(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return Encoding.UTF8.GetBytes(value.GetRawText());
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"A message is a string or an object; the host sent a {value.ValueKind}.");
        }

        var text = value.GetString()!;
        switch (text.AsSpan().TrimStart())
        {
            case ['"', ..]:
                using (var inner = JsonDocument.Parse(text))
                {
                    return Message(inner.RootElement);
                }

            case ['{' or '[', ..]:
                return Encoding.UTF8.GetBytes(text);
            default:
                return Convert.FromBase64String(text);
        }
    }
}
