using System.Globalization;
using System.Text.Json;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// A request's own parameters are typed as loosely as Vault takes them: its command line sends every value as a string.
/// </summary>
internal static class WeakValues
{
    /// <exception cref="VaultException">400: no whole number.</exception>
    public static int Integer(Param param, SliceKind kind, ReadOnlySpan<byte> text) => kind switch
    {
        SliceKind.Number or SliceKind.Text or SliceKind.Unescaped when int.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        SliceKind.Text or SliceKind.Unescaped when text.IsEmpty => 0,
        _ => throw Unconvertible(param.Name(), "a whole number", Name(kind)),
    };

    /// <exception cref="VaultException">400: no boolean.</exception>
    public static bool Flag(Param param, SliceKind kind, ReadOnlySpan<byte> text) => kind switch
    {
        SliceKind.True => true,
        SliceKind.False => false,
        SliceKind.Number when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number != 0,
        SliceKind.Text or SliceKind.Unescaped when IsOneOf(text, "1", "t", "T", "true", "TRUE", "True") => true,
        SliceKind.Text or SliceKind.Unescaped when text.IsEmpty || IsOneOf(text, "0", "f", "F", "false", "FALSE", "False") => false,
        _ => throw Unconvertible(param.Name(), "a boolean", Name(kind)),
    };

    /// <summary>Says of what kind the value was, never the value: it may be a secret in the wrong place.</summary>
    public static VaultException Unconvertible(string name, string expected, string came) => VaultException.BadRequest(
        $"Field validation failed: error converting input for field \"{name}\": expected {expected}, got {came}");

    public static string Name(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => "number",
        _ => "string",
    };

    /// <summary>What Go calls the type that its decoder made of a value: errors of items name it.</summary>
    public static string GoType(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "map[string]interface {}",
        JsonTokenType.StartArray => "[]interface {}",
        JsonTokenType.True or JsonTokenType.False => "bool",
        JsonTokenType.Number => "json.Number",
        JsonTokenType.Null => "<nil>",
        _ => "string",
    };

    private static string Name(SliceKind kind) => kind switch
    {
        SliceKind.Number => "number",
        SliceKind.True => "true",
        SliceKind.False => "false",
        SliceKind.Other => "array or object",
        _ => "string",
    };

    private static bool IsOneOf(ReadOnlySpan<byte> text, params ReadOnlySpan<string> values)
    {
        foreach (var value in values)
        {
            if (System.Text.Ascii.Equals(text, value))
            {
                return true;
            }
        }

        return false;
    }
}
