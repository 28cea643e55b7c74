using System.Globalization;
using System.Text;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>Where a function counts characters, it counts them as people see them.</summary>
internal static class TextFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("chomp", [Parameter.Text("str")], call => new HclString(call.Text(0).TrimEnd('\n', '\r'))),
        Function.Of("indent", [Parameter.Number("spaces"), Parameter.Text("str")], Indent),
        Function.Of("join", [Parameter.Text("separator")], Parameter.Texts("lists"), Join),
        Function.Of("lower", [Parameter.Text("str")], call => new HclString(call.Text(0).ToLowerInvariant())),
        Function.Of("upper", [Parameter.Text("str")], call => new HclString(call.Text(0).ToUpperInvariant())),
        Function.Of("title", [Parameter.Text("str")], call => new HclString(Title(call.Text(0)))),
        Function.Of("replace", [Parameter.Text("str"), Parameter.Text("substr"), Parameter.Text("replace")], Replace),
        Function.Of("regex_replace", [Parameter.Text("str"), Parameter.Text("pattern"), Parameter.Text("replace")], RegexReplacement.Apply),
        Function.Of("split", [Parameter.Text("separator"), Parameter.Text("str")], Split),
        Function.Of("strlen", [Parameter.Text("str")], call => HclNumber.Of(CharactersOf(call.Text(0)).Length)),
        Function.Of("strrev", [Parameter.Text("str")], call => new HclString(Reverse(call.Text(0)))),
        Function.Of("substr", [Parameter.Text("str"), Parameter.Number("offset"), Parameter.Number("length")], Substring),
        Function.Of("trim", [Parameter.Text("str"), Parameter.Text("cutset")], call => new HclString(Trim(call.Text(0), call.Text(1)))),
        Function.Of("trimprefix", [Parameter.Text("str"), Parameter.Text("prefix")], call => new HclString(
            call.Text(0).StartsWith(call.Text(1), StringComparison.Ordinal) ? call.Text(0)[call.Text(1).Length..] : call.Text(0))),
        Function.Of("trimsuffix", [Parameter.Text("str"), Parameter.Text("suffix")], call => new HclString(
            call.Text(0).EndsWith(call.Text(1), StringComparison.Ordinal) ? call.Text(0)[..^call.Text(1).Length] : call.Text(0))),
        Function.Of("trimspace", [Parameter.Text("str")], call => new HclString(call.Text(0).Trim())),
    ];

    public static string Reverse(string text)
    {
        var characters = CharactersOf(text);
        Array.Reverse(characters);
        return string.Concat(characters);
    }

    private static string[] CharactersOf(string text)
    {
        var characters = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            characters.Add(text.Substring(at, length));
            at += length;
        }

        return [.. characters];
    }

    /// <summary>All lines but the first.</summary>
    private static HclString Indent(FunctionCall call)
    {
        var spaces = call.Int(0);
        if (spaces is < 0 or > 1000)
        {
            throw new HclValueException($"spaces must be 0 to 1000, not {spaces}");
        }

        var lines = call.Text(1).AsSpan().Count('\n');
        call.Budget.SpendText(call.Text(1).Length + ((long)lines * spaces));
        return new HclString(call.Text(1).Replace("\n", "\n" + new string(' ', spaces), StringComparison.Ordinal));
    }

    private static HclString Join(FunctionCall call)
    {
        var parts = Enumerable.Range(1, call.Arguments.Count - 1).SelectMany(call.Texts).ToList();
        call.Budget.SpendText(parts.Sum(part => (long)part.Length + call.Text(0).Length));
        return new HclString(string.Join(call.Text(0), parts));
    }

    private static string Title(string text)
    {
        var result = new StringBuilder(text);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLetter(text[i]) && (i == 0 || !(char.IsLetterOrDigit(text[i - 1]) || text[i - 1] == '_')))
            {
                result[i] = char.ToUpperInvariant(text[i]);
            }
        }

        return result.ToString();
    }

    private static HclString Replace(FunctionCall call)
    {
        var (text, old, replacement) = (call.Text(0), call.Text(1), call.Text(2));
        if (old.Length == 0)
        {
            // As in Go: before each character, and at the end.
            call.Budget.SpendText((long)text.Length * (replacement.Length + 1));
            return new HclString(string.Concat(text.EnumerateRunes().Select(rune => replacement + rune)) + replacement);
        }

        call.Budget.SpendText(text.Length + ((long)text.AsSpan().Count(old) * replacement.Length));
        return new HclString(text.Replace(old, replacement, StringComparison.Ordinal));
    }

    private static HclSequence Split(FunctionCall call)
    {
        var parts = call.Text(0).Length == 0 ? CharactersOf(call.Text(1)) : call.Text(1).Split(call.Text(0));
        return HclSequence.List(HclType.Text, [.. parts.Select(part => new HclString(part))]);
    }

    /// <summary>A negative offset counts from the end; a length of -1 means all the rest.</summary>
    private static HclString Substring(FunctionCall call)
    {
        var characters = CharactersOf(call.Text(0));
        var (offset, length) = (call.Int(1), call.Int(2));
        if (length < -1)
        {
            throw new HclValueException("length must be -1 or more");
        }

        var start = offset < 0 ? Math.Max(0, characters.Length + offset) : Math.Min(offset, characters.Length);
        var count = length == -1 ? characters.Length - start : Math.Min(length, characters.Length - start);
        return new HclString(string.Concat(characters.AsSpan(start, count).ToArray()));
    }

    /// <param name="set">The characters to take off.</param>
    private static string Trim(string text, string set)
    {
        var runes = text.EnumerateRunes().ToList();
        var cut = set.EnumerateRunes().ToHashSet();
        var start = runes.FindIndex(rune => !cut.Contains(rune));
        return start < 0 ? "" : string.Concat(runes[start..(runes.FindLastIndex(rune => !cut.Contains(rune)) + 1)]);
    }
}
