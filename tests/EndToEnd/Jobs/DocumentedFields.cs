using System.Text.Json;

namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>The fields that Nomad's documentation shows in its sample responses (documented-fields.txt), and which of them an answer lacks.</summary>
internal static class DocumentedFields
{
    /// <summary>By what is asked.</summary>
    public static IReadOnlyDictionary<string, string[]> Read()
    {
        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var asked = "";
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Jobs", "documented-fields.txt")).Where(static line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("= ", StringComparison.Ordinal))
            {
                asked = line[2..];
                fields.Add(asked, []);
            }
            else
            {
                fields[asked].AddRange(line.Split(' '));
            }
        }

        return fields.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToArray());
    }

    /// <summary>Those that no object has where they belong. What lies below a null or an empty list cannot be told, and is not reported.</summary>
    public static IEnumerable<string> MissingIn(JsonElement answer, IEnumerable<string> fields) =>
        fields.Where(field => IsMissing([answer], field.Replace("[]", ".[]", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries)));

    private static bool IsMissing(JsonElement[] places, ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            var parents = places;
            places = step switch
            {
                "[]" => [.. places.Where(static place => place.ValueKind == JsonValueKind.Array).SelectMany(static place => place.EnumerateArray())],
                "*" => [.. Objects(places).SelectMany(static place => place.EnumerateObject().Select(static member => member.Value))],
                _ => [.. Objects(places).Where(place => place.TryGetProperty(step, out _)).Select(place => place.GetProperty(step))],
            };
            if (places.Length == 0)
            {
                return step is not ("[]" or "*") && Objects(parents).Any();
            }
        }

        return false;
    }

    private static IEnumerable<JsonElement> Objects(JsonElement[] places) => places.Where(static place => place.ValueKind == JsonValueKind.Object);
}
