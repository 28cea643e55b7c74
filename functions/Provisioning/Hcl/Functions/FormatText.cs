using System.Globalization;
using System.Numerics;
using System.Text;
using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>The language's <c>format</c>: a part of Go's, for its own values.</summary>
internal static class FormatText
{
    private const int MaxWidth = 1000;

    /// <exception cref="HclValueException">A verb that there is not, or an argument that it is not for; too few or too many arguments.</exception>
    public static string Write(string format, IReadOnlyList<HclValue> arguments, WorkBudget budget)
    {
        var result = new StringBuilder();
        var (next, used) = (0, 0);
        for (var at = 0; at < format.Length;)
        {
            if (format[at] != '%')
            {
                result.Append(format[at++]);
                continue;
            }

            if (at + 1 < format.Length && format[at + 1] == '%')
            {
                result.Append('%');
                at += 2;
                continue;
            }

            var start = at;
            var verb = ReadVerb(format, ref at, ref next);
            if (next < 0 || next >= arguments.Count)
            {
                throw new HclValueException($"not enough arguments for \"{format[start..at]}\" at {start}: need index {next} but have {arguments.Count} total");
            }

            var text = Apply(verb, arguments[next++], format[start..at]);
            used = Math.Max(used, next);
            budget.SpendText(result.Length + (long)text.Length);
            result.Append(text);
        }

        return used >= arguments.Count ? result.ToString() : throw new HclValueException($"too many arguments; only {used} used by format string");
    }

    private static FormatVerb ReadVerb(string format, ref int at, ref int next)
    {
        var start = at++;
        var flags = at;
        while (at < format.Length && format[at] is ' ' or '0' or '+' or '-' or '#')
        {
            at++;
        }

        var flagText = format[flags..at];
        var width = Number(format, ref at) ?? 0;
        int? precision = null;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = Number(format, ref at) ?? 0;
        }

        if (at < format.Length && format[at] == '[')
        {
            at++;
            next = (Number(format, ref at) ?? 0) - 1;
            if (at >= format.Length || format[at] != ']' || next < 0)
            {
                throw new HclValueException($"invalid argument index at {start}");
            }

            at++;
        }

        return at < format.Length
            ? new FormatVerb(format[at++], flagText, width, precision)
            : throw new HclValueException($"unterminated verb at {start}");
    }

    private static int? Number(string format, ref int at)
    {
        var start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        return at == start
            ? null
            : int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxWidth
                ? number
                : throw new HclValueException($"a width of more than {MaxWidth}");
    }

    private static string Apply(FormatVerb verb, HclValue value, string written)
    {
        try
        {
            return verb.Verb switch
            {
                'v' => verb.Pad(verb.Has('#') || value is not (HclString or HclNumber or HclBool) ? ValueJson.Write(value) : Conversion.ToText(value), value is HclNumber),
                't' => verb.Pad(Conversion.ToText(Given(value, HclType.Bool)), isNumber: false),
                'b' or 'd' or 'o' or 'x' or 'X' => verb.Pad(Signed(Whole((HclNumber)Given(value, HclType.Number), verb.Verb), verb), isNumber: true),
                'e' or 'E' or 'f' or 'g' or 'G' => verb.Pad(Signed(Float((HclNumber)Given(value, HclType.Number), verb), verb), isNumber: true),
                's' => verb.Pad(Cut(Conversion.ToText(Given(value, HclType.Text)), verb.Precision), isNumber: false),
                'q' => verb.Pad(ValueJson.Write(new HclString(Cut(Conversion.ToText(Given(value, HclType.Text)), verb.Precision))), isNumber: false),
                _ => throw new HclValueException($"unsupported format verb '{verb.Verb}'"),
            };
        }
        catch (HclValueException error) when (!error.Message.StartsWith("unsupported", StringComparison.Ordinal))
        {
            throw new HclValueException($"unsupported value for \"{written}\": {error.Message}");
        }
    }

    private static HclValue Given(HclValue value, HclType type) => value.IsNull ? throw new HclValueException("null value cannot be formatted") : Conversion.To(value, type);

    private static string Cut(string text, int? length) =>
        length is { } most && new StringInfo(text) is var characters && characters.LengthInTextElements > most ? characters.SubstringByTextElements(0, most) : text;

    private static string Signed(string number, FormatVerb verb) => number.StartsWith('-') ? number : verb.Has('+') ? "+" + number : verb.Has(' ') ? " " + number : number;

    private static string Whole(HclNumber number, char verb)
    {
        var value = number.Truncate();
        var digits = verb switch
        {
            'd' => BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture),
            'b' => Digits(BigInteger.Abs(value), 1),
            'o' => Digits(BigInteger.Abs(value), 3),
            'x' => Digits(BigInteger.Abs(value), 4),
            _ => Digits(BigInteger.Abs(value), 4).ToUpperInvariant(),
        };
        return value.Sign < 0 ? "-" + digits : digits;
    }

    private static string Digits(BigInteger value, int bits)
    {
        var digits = new StringBuilder();
        for (var mask = (1 << bits) - 1; !value.IsZero; value >>= bits)
        {
            digits.Insert(0, "0123456789abcdef"[(int)(value & mask)]);
        }

        return digits.Length == 0 ? "0" : digits.ToString();
    }

    private static string Float(HclNumber number, FormatVerb verb)
    {
        var value = number.ToDouble();
        return verb.Verb switch
        {
            'f' => value.ToString($"F{verb.Precision ?? 6}", CultureInfo.InvariantCulture),
            'e' or 'E' => Exponent(value, verb.Precision ?? 6, verb.Verb),
            _ => verb.Precision is null ? number.ToString() : value.ToString($"G{Math.Max(1, verb.Precision.Value)}", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>At least two digits of the exponent.</summary>
    private static string Exponent(double value, int precision, char verb) =>
        value.ToString($"0.{new string('0', precision)}{verb}+00", CultureInfo.InvariantCulture);
}
