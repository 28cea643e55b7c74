using System.Globalization;
using System.Text.Json;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv.Versions;

/// <summary>The parameter <c>versions</c>: a list of numbers, a text of numbers divided by commas, or one number.</summary>
internal static class VersionNumbers
{
    /// <param name="none">What is said where there are none.</param>
    /// <exception cref="VaultException">400: there are none, or not numbers.</exception>
    public static IReadOnlyList<int> Given(VaultRequest request, string none)
    {
        var given = request.Fields("versions").Find("versions");
        int[] numbers = given switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Number)],
            { ValueKind: JsonValueKind.String } text =>
                [.. text.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Number)],
            { } single => [Number(single)],
        };
        return numbers.Length > 0 ? numbers : throw VaultException.BadRequest(none);
    }

    private static int Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out var number) => number,
        JsonValueKind.String => Number(value.GetString()!),
        _ => throw Invalid(),
    };

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Invalid();

    private static VaultException Invalid() =>
        VaultException.BadRequest("Field validation failed: error converting input for field \"versions\": expected whole numbers");
}
