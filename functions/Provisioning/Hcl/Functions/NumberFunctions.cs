using System.Numerics;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

internal static class NumberFunctions
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int MaxDigits = 1000;

    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("abs", [Parameter.Number("num")], call => call.Number(0).Abs()),
        Function.Of("ceil", [Parameter.Number("num")], call => call.Number(0).Ceiling()),
        Function.Of("floor", [Parameter.Number("num")], call => call.Number(0).Floor()),
        Function.Of("log", [Parameter.Number("num"), Parameter.Number("base")], call => HclNumber.Of(Math.Log(call.Number(0).ToDouble()) / Math.Log(call.Number(1).ToDouble()))),
        Function.Of("pow", [Parameter.Number("num"), Parameter.Number("power")], call => HclNumber.Of(Math.Pow(call.Number(0).ToDouble(), call.Number(1).ToDouble()))),
        Function.Of("signum", [Parameter.Number("num")], call => HclNumber.Of(call.Number(0).Sign)),
        Function.Of("max", [Parameter.Number("numbers")], Parameter.Number("numbers"), call => call.Arguments.Cast<HclNumber>().Max()!),
        Function.Of("min", [Parameter.Number("numbers")], Parameter.Number("numbers"), call => call.Arguments.Cast<HclNumber>().Min()!),
        Function.Of("parseint", [Parameter.Text("number"), Parameter.Number("base")], call => ParseInt(call.Text(0), call.Int(1))),
    ];

    /// <summary>Up to base 36 the case of a letter says nothing, as in Go.</summary>
    private static HclNumber ParseInt(string text, int radix)
    {
        if (radix is < 2 or > 62)
        {
            throw new HclValueException("base must be a whole number between 2 and 62 inclusive");
        }

        var digits = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        if (digits.Length is 0 or > MaxDigits)
        {
            throw Invalid(text, radix);
        }

        var value = BigInteger.Zero;
        foreach (var c in radix <= 36 ? digits.ToLowerInvariant() : digits)
        {
            var digit = Digits.IndexOf(c, StringComparison.Ordinal);
            value = digit >= 0 && digit < radix ? (value * radix) + digit : throw Invalid(text, radix);
        }

        return HclNumber.Of(text.StartsWith('-') ? -value : value);
    }

    private static HclValueException Invalid(string text, int radix) =>
        new($"cannot parse \"{(text.Length > 40 ? text[..40] + "…" : text)}\" as a base {radix} integer");
}
