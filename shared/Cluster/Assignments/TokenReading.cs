using System.Text.Json;

namespace Saas.Cluster.Assignments;

/// <summary>
/// Steps over tokens. Each <c>Read…</c> begins on a member's name and ends on its value; a value of another kind is an
/// <see cref="InvalidOperationException"/> or <see cref="FormatException"/> of the reader, or what is said here.
/// </summary>
internal static class TokenReading
{
    /// <exception cref="InvalidDataException">The next token is another one.</exception>
    public static void Expect(this ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new InvalidDataException($"Expected {type} at byte {reader.TokenStartIndex}; {reader.TokenType} came.");
        }
    }

    /// <summary>To the next member's name; false at the end of the object.</summary>
    public static bool ToMember(this ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType == JsonTokenType.PropertyName : throw new InvalidDataException("The document ends within an object.");

    /// <summary>To the next element; false at the end of the array.</summary>
    /// <exception cref="InvalidDataException">The element is of another kind.</exception>
    public static bool ToElement(this ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read())
        {
            throw new InvalidDataException("The document ends within an array.");
        }

        return reader.TokenType == type || (reader.TokenType == JsonTokenType.EndArray
            ? false
            : throw new InvalidDataException($"Expected {type} at byte {reader.TokenStartIndex}; {reader.TokenType} came."));
    }

    public static void SkipValue(this ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    /// <summary>Null for null, as for a member that is not there.</summary>
    public static string? ReadText(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    public static int ReadInt(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt32();
    }

    public static long ReadLong(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }

    public static double ReadDouble(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetDouble();
    }

    public static bool ReadFlag(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetBoolean();
    }

    public static List<string> ReadTexts(this ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        reader.Expect(JsonTokenType.StartArray);
        while (reader.ToElement(JsonTokenType.String))
        {
            texts.Add(reader.GetString()!);
        }

        return texts;
    }
}
