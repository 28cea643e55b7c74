using System.Buffers;
using System.Globalization;

namespace Saas.Discovery;

/// <summary>Durations as Go writes and reads them: <c>1h30m</c>, <c>1.5s</c>, <c>250ms</c>; <c>0</c> needs no unit.</summary>
public static class GoDuration
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Go's own end is 292 years; a century is enough.</summary>
    private const double MaxSeconds = 3_155_760_000;

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var isNegative = text is ['-', ..];
        text = text is ['-' or '+', ..] ? text[1..] : text;
        if (text is "0")
        {
            return true;
        }

        if (text.IsEmpty)
        {
            return false;
        }

        var total = 0.0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            text = text[digits..];
            var length = text.IndexOfAny(NumberCharacters);
            var unit = text[..(length < 0 ? text.Length : length)];
            var seconds = double.NaN;
            foreach (var (name, each) in Units)
            {
                seconds = unit.SequenceEqual(name) ? each : seconds;
            }

            total += number * seconds;
            text = text[unit.Length..];
        }

        if (double.IsNaN(total) || total > MaxSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(total * TimeSpan.TicksPerSecond)) * (isNegative ? -1 : 1);
        return true;
    }

    /// <summary>As Go's Duration.String: <c>1m30s</c>, <c>15s</c>, <c>250ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var sign = duration < TimeSpan.Zero ? "-" : "";
        duration = duration.Duration();
        if (duration < TimeSpan.FromSeconds(1))
        {
            return duration < TimeSpan.FromMilliseconds(1)
                ? string.Create(CultureInfo.InvariantCulture, $"{sign}{duration.TotalMicroseconds:0.###}µs")
                : string.Create(CultureInfo.InvariantCulture, $"{sign}{duration.TotalMilliseconds:0.######}ms");
        }

        var hours = (long)duration.TotalHours;
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{duration.Seconds + ((duration.Ticks % TimeSpan.TicksPerSecond) / (double)TimeSpan.TicksPerSecond):0.#######}s");
        return hours > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{hours}h{duration.Minutes}m{seconds}")
            : duration.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{sign}{duration.Minutes}m{seconds}") : sign + seconds;
    }
}
