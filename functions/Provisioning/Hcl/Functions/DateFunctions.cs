using System.Globalization;
using System.Text;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>Instants of RFC 3339, with the offset they are given in. Nothing here knows the time.</summary>
internal static class DateFunctions
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("formatdate", [Parameter.Text("format"), Parameter.Text("time")], call => new HclString(Format(call.Text(0), Parse(call.Text(1))))),
        Function.Of("timeadd", [Parameter.Text("timestamp"), Parameter.Text("duration")], TimeAdd),
    ];

    private static DateTimeOffset Parse(string text)
    {
        var normal = text.EndsWith('Z') ? text[..^1] + "+00:00" : text;
        return DateTimeOffset.TryParseExact(normal, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new HclValueException("not a valid RFC3339 timestamp");
    }

    private static HclString TimeAdd(FunctionCall call)
    {
        var time = Parse(call.Text(0));
        var duration = GoDuration.Parse(call.Text(1)) ?? throw new HclValueException("not a valid duration");
        try
        {
            var sum = time.AddTicks(duration / TimeSpan.NanosecondsPerTick);
            return new HclString(sum.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + Zone(sum, ":", zero: "Z"));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new HclValueException("the sum is outside of the years 1 to 9999");
        }
    }

    /// <summary>Letters in a row are one part of the date, text in single quotes is itself, two quotes in it are one; the rest too.</summary>
    private static string Format(string format, DateTimeOffset time)
    {
        var result = new StringBuilder();
        for (var at = 0; at < format.Length;)
        {
            var start = at;
            if (format[at] == '\'')
            {
                Quoted(format, ref at, result);
            }
            else if (char.IsAsciiLetter(format[at]))
            {
                while (at < format.Length && format[at] == format[start])
                {
                    at++;
                }

                result.Append(Part(format[start..at], time));
            }
            else
            {
                result.Append(format[at++]);
            }
        }

        return result.ToString();
    }

    private static void Quoted(string format, ref int at, StringBuilder result)
    {
        for (at++; at < format.Length; at++)
        {
            if (format[at] != '\'')
            {
                result.Append(format[at]);
            }
            else if (at + 1 < format.Length && format[at + 1] == '\'')
            {
                result.Append('\'');
                at++;
            }
            else
            {
                at++;
                return;
            }
        }

        throw new HclValueException("unterminated literal '");
    }

    private static string Part(string letters, DateTimeOffset time) => letters switch
    {
        "YYYY" => Text(time, "yyyy"),
        "YY" => Text(time, "yy"),
        "MMMM" => Text(time, "MMMM"),
        "MMM" => Text(time, "MMM"),
        "MM" => Text(time, "MM"),
        "M" => Text(time, "%M"),
        "DD" => Text(time, "dd"),
        "D" => Text(time, "%d"),
        "EEEE" => Text(time, "dddd"),
        "EEE" => Text(time, "ddd"),
        "hh" => Text(time, "HH"),
        "h" => Text(time, "%H"),
        "HH" => Text(time, "hh"),
        "H" => Text(time, "%h"),
        "AA" => time.Hour < 12 ? "AM" : "PM",
        "aa" => time.Hour < 12 ? "am" : "pm",
        "mm" => Text(time, "mm"),
        "m" => Text(time, "%m"),
        "ss" => Text(time, "ss"),
        "s" => Text(time, "%s"),
        "ZZZZZ" => Zone(time, ":", zero: null),
        "ZZZZ" => Zone(time, "", zero: null),
        "ZZZ" => Zone(time, "", zero: "UTC"),
        "Z" => Zone(time, ":", zero: "Z"),
        _ => throw new HclValueException($"invalid date format verb \"{letters}\""),
    };

    private static string Text(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Zone(DateTimeOffset time, string colon, string? zero) => zero is not null && time.Offset == TimeSpan.Zero
        ? zero
        : $"{(time.Offset < TimeSpan.Zero ? '-' : '+')}{time.Offset.Duration():hh}{colon}{time.Offset.Duration():mm}";
}
