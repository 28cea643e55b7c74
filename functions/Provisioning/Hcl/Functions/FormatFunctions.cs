using System.Text;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

internal static class FormatFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of(
            "format", [Parameter.Text("format")], Parameter.AnyOrNull("args"),
            call => new HclString(FormatText.Write(call.Text(0), [.. call.Arguments.Skip(1)], call.Budget))),
        Function.Of("formatlist", [Parameter.Text("format")], Parameter.AnyOrNull("args"), FormatList),
    ];

    /// <summary>Once for each element of the lists, which are of one length; what is no list is the same each time.</summary>
    private static HclSequence FormatList(FunctionCall call)
    {
        var arguments = call.Arguments.Skip(1).ToList();
        var lengths = arguments.OfType<HclSequence>().Select(list => list.Elements.Count).Distinct().ToList();
        if (lengths.Count > 1)
        {
            throw new HclValueException($"lists of different lengths: {string.Join(" and ", lengths)}");
        }

        var texts = new List<HclValue>();
        for (var i = 0; i < (lengths.Count == 0 ? 1 : lengths[0]); i++)
        {
            texts.Add(new HclString(FormatText.Write(
                call.Text(0), [.. arguments.Select(argument => argument is HclSequence list ? list.Elements[i] : argument)], call.Budget)));
        }

        return HclSequence.List(HclType.Text, texts);
    }
}

/// <summary>One verb of a format: <c>%-08.2[3]f</c>.</summary>
/// <param name="Width">Least characters; 0: none given.</param>
/// <param name="Precision">Digits behind the point, or most characters; null: none given.</param>
internal sealed record FormatVerb(char Verb, string Flags, int Width, int? Precision)
{
    public bool Has(char flag) => Flags.Contains(flag, StringComparison.Ordinal);

    /// <summary>Filled up to the width: blanks on the left, on the right with '-', zeros behind a sign with '0'.</summary>
    public string Pad(string text, bool isNumber)
    {
        var length = new System.Globalization.StringInfo(text).LengthInTextElements;
        if (length >= Width)
        {
            return text;
        }

        if (Has('-'))
        {
            return text + new string(' ', Width - length);
        }

        var sign = isNumber && Has('0') && text is ['-' or '+' or ' ', ..] ? text[..1] : "";
        return Has('0') && isNumber ? sign + new string('0', Width - length) + text[sign.Length..] : new string(' ', Width - length) + text;
    }
}
