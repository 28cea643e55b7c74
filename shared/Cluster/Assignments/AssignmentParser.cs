using System.Text.Json;
using Names = Saas.Cluster.Assignments.AssignmentNames;

namespace Saas.Cluster.Assignments;

/// <summary>
/// Reads documents token by token. Allocations name groups and evaluations that stand behind them, so they are stepped
/// over at first and read when all else is known. Faults are those of <see cref="Utf8JsonReader"/>, and
/// <see cref="InvalidDataException"/> for what is missing or out of range.
/// </summary>
internal static class AssignmentParser
{
    public static AssignmentDocument Document(ReadOnlySpan<byte> json, SharedParts shared)
    {
        var reader = new Utf8JsonReader(json);
        string? node = null;
        long? index = null, epoch = null, amends = null;
        List<string>? removed = null;
        List<AssignmentGroup>? groups = null;
        List<string>? evaluations = null;
        var allocations = default(Utf8JsonReader);
        var hasAllocations = false;
        reader.Expect(JsonTokenType.StartObject);
        while (reader.ToMember())
        {
            if (reader.Is(Names.Node))
            {
                node = reader.ReadText();
            }
            else if (reader.Is(Names.Index))
            {
                index = reader.ReadLong();
            }
            else if (reader.Is(Names.Epoch))
            {
                epoch = reader.ReadLong();
            }
            else if (reader.Is(Names.Amends))
            {
                amends = reader.ReadLong();
            }
            else if (reader.Is(Names.Removed))
            {
                removed = reader.ReadTexts();
            }
            else if (reader.Is(Names.Groups))
            {
                groups = Groups(ref reader, json, shared);
            }
            else if (reader.Is(Names.Evaluations))
            {
                evaluations = Evaluations(ref reader, shared);
            }
            else if (reader.Is(Names.Allocations))
            {
                allocations = reader;
                hasAllocations = true;
                reader.SkipValue();
            }
            else
            {
                reader.SkipValue();
            }
        }

        if (reader.Read())
        {
            throw new InvalidDataException("Something follows the document.");
        }

        return new AssignmentDocument
        {
            NodeId = node ?? throw Missing(Names.Node),
            Index = index ?? throw Missing(Names.Index),
            Epoch = epoch ?? throw Missing(Names.Epoch),
            Amends = amends,
            Removed = removed ?? [],
            Allocations = AllocationParser.All(
                hasAllocations ? allocations : throw Missing(Names.Allocations),
                groups ?? throw Missing(Names.Groups),
                evaluations ?? throw Missing(Names.Evaluations)),
        };
    }

    /// <summary>One member of a document, without what comes behind it.</summary>
    public static long Number(Utf8JsonReader reader, JsonEncodedText name)
    {
        reader.Expect(JsonTokenType.StartObject);
        while (reader.ToMember())
        {
            if (reader.Is(name))
            {
                return reader.ReadLong();
            }

            reader.SkipValue();
        }

        throw Missing(name);
    }

    public static InvalidDataException Missing(JsonEncodedText name) => new($"The member '{name}' is missing.");

    private static List<AssignmentGroup> Groups(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, SharedParts shared)
    {
        var groups = new List<AssignmentGroup>();
        reader.Expect(JsonTokenType.StartArray);
        while (reader.ToElement(JsonTokenType.StartArray))
        {
            var inside = reader;
            var begin = (int)reader.TokenStartIndex;
            reader.Skip();
            var text = json[begin..(int)reader.BytesConsumed];
            if (!shared.TryGetGroup(text, out var group))
            {
                group = Group(ref inside);
                shared.Keep(text, group);
            }

            groups.Add(group);
        }

        return groups;
    }

    private static List<string> Evaluations(ref Utf8JsonReader reader, SharedParts shared)
    {
        var texts = new List<string>();
        reader.Expect(JsonTokenType.StartArray);
        while (reader.ToElement(JsonTokenType.String))
        {
            if (reader.ValueIsEscaped || !shared.TryGetText(reader.ValueSpan, out var text))
            {
                text = reader.GetString()!;
                shared.Keep(reader.ValueSpan, text);
            }

            texts.Add(text);
        }

        return texts;
    }

    /// <summary>As <see cref="AssignmentWriter"/> writes it, an array: documents of a thousand jobs would else be names of members for the most part.</summary>
    private static AssignmentGroup Group(ref Utf8JsonReader reader)
    {
        var group = new AssignmentGroup(Text(ref reader), Text(ref reader), Version(ref reader), Text(ref reader), Text(ref reader), Text(ref reader));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip(); // of a newer version
        }

        return group;
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        reader.Expect(JsonTokenType.String);
        return reader.GetString()!;
    }

    private static long Version(ref Utf8JsonReader reader)
    {
        reader.Expect(JsonTokenType.Number);
        return reader.GetInt64();
    }
}
