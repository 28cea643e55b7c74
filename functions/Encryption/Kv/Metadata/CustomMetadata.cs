using System.Text;
using System.Text.Json;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv.Metadata;

/// <summary>What users note of a secret, the same for all its versions: texts by name.</summary>
internal static class CustomMetadata
{
    public const int MaxCount = 64;

    /// <summary>In UTF-8.</summary>
    public const int MaxNameBytes = 128;

    /// <summary>In UTF-8.</summary>
    public const int MaxValueBytes = 512;

    private const string Failed = "custom_metadata validation failed";

    /// <param name="isPatch">A null then removes the name; else it is an empty text, which is refused.</param>
    /// <exception cref="VaultException">400: with all that is wrong, in Vault's words.</exception>
    public static IReadOnlyDictionary<string, string?> Given(JsonElement given, bool isPatch)
    {
        if (given.ValueKind != JsonValueKind.Object)
        {
            throw VaultException.BadRequest("Field validation failed: error converting input for field \"custom_metadata\": expected a map");
        }

        var texts = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var member in given.EnumerateObject())
        {
            texts[member.Name] = member.Value.ValueKind == JsonValueKind.Null && isPatch ? null : Text(member.Value);
        }

        Check(texts.Where(text => text.Value is not null).ToList());
        return texts;
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        JsonValueKind.Null => "",
        _ => throw VaultException.BadRequest($"{Failed}: expected every value to be a string"),
    };

    private static void Check(List<KeyValuePair<string, string?>> texts)
    {
        List<string> faults = [];
        if (texts.Count > MaxCount)
        {
            faults.Add($"{Failed}: payload must contain at most {MaxCount} keys, provided {texts.Count}");
        }
        else
        {
            foreach (var (name, value) in texts)
            {
                faults.AddRange(FaultsOf(name, value!));
            }
        }

        if (faults.Count > 0)
        {
            throw VaultException.BadRequest(
                $"{faults.Count} error{(faults.Count == 1 ? "" : "s")} occurred:{string.Concat(faults.Select(fault => "\n\t* " + fault))}\n\n");
        }
    }

    private static IEnumerable<string> FaultsOf(string name, string value)
    {
        var (nameBytes, valueBytes) = (Encoding.UTF8.GetByteCount(name), Encoding.UTF8.GetByteCount(value));
        if (nameBytes is 0 or > MaxNameBytes)
        {
            yield return $"{Failed}: length of key \"{name}\" is {nameBytes} but must be 0 < len(key) <= {MaxNameBytes}";
        }

        if (valueBytes is 0 or > MaxValueBytes)
        {
            yield return $"{Failed}: length of value for key \"{name}\" is {valueBytes} but must be 0 < len(value) <= {MaxValueBytes}";
        }

        if (!KvPath.IsPrintable(name))
        {
            yield return $"{Failed}: key \"{name}\" contains unprintable characters";
        }

        if (!KvPath.IsPrintable(value))
        {
            yield return $"{Failed}: value for key \"{name}\" contains unprintable characters";
        }
    }
}
