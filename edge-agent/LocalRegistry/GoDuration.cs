using System.Buffers;
using System.Globalization;
using System.Text;

namespace Saas.LocalRegistry;

/// <summary>Durations as Go writes and reads them, and so Consul: <c>1h2m3.5s</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", 0.01), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Longer ones are of no use to a check, and could not be waited for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>A sequence of numbers with units, at most <see cref="Longest"/>.</summary>
    /// <param name="fault">What Consul says to it; null if it was read.</param>
    public static TimeSpan Parse(string text, out string? fault)
    {
        fault = null;
        var rest = text.AsSpan();
        var sign = 1;
        if (rest is ['-' or '+', ..])
        {
            sign = rest[0] == '-' ? -1 : 1;
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return TimeSpan.Zero;
        }

        double ticks = 0;
        do
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            var number = digits < 0 ? rest : rest[..digits];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                fault = $"time: invalid duration \"{text}\"";
                return TimeSpan.Zero;
            }

            rest = rest[number.Length..];
            var end = rest.IndexOfAny(Digits);
            var unit = end < 0 ? rest : rest[..end];
            var known = -1d;
            foreach (var (name, size) in Units)
            {
                known = unit.SequenceEqual(name) ? size : known;
            }

            if (known < 0)
            {
                fault = unit.IsEmpty ? $"time: missing unit in duration \"{text}\"" : $"time: unknown unit \"{unit}\" in duration \"{text}\"";
                return TimeSpan.Zero;
            }

            ticks += value * known;
            rest = rest[unit.Length..];
        }
        while (!rest.IsEmpty);

        return OfTicks(sign * ticks, text, out fault);
    }

    /// <param name="nanoseconds">As a JSON number is meant.</param>
    /// <param name="fault">See <see cref="Parse"/>.</param>
    public static TimeSpan OfNanoseconds(double nanoseconds, out string? fault) =>
        OfTicks(nanoseconds / 100, nanoseconds.ToString(CultureInfo.InvariantCulture), out fault);

    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = new StringBuilder();
        if (duration < TimeSpan.Zero)
        {
            text.Append('-');
            duration = duration.Negate();
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return text.Append(duration >= TimeSpan.FromMilliseconds(1)
                ? Invariant(duration.TotalMilliseconds) + "ms"
                : Invariant(duration.TotalMicroseconds) + "µs").ToString();
        }

        var hours = duration.Ticks / TimeSpan.TicksPerHour;
        if (hours > 0)
        {
            text.Append(hours).Append('h');
        }

        if (hours > 0 || duration.Minutes > 0)
        {
            text.Append(duration.Minutes).Append('m');
        }

        return text.Append(Invariant((double)(duration.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond)).Append('s').ToString();
    }

    private static TimeSpan OfTicks(double ticks, string text, out string? fault)
    {
        fault = Math.Abs(ticks) > Longest.Ticks ? $"time: invalid duration \"{text}\"" : null;
        return fault is null ? TimeSpan.FromTicks((long)ticks) : TimeSpan.Zero;
    }

    private static string Invariant(double value) => value.ToString("0.#######", CultureInfo.InvariantCulture);
}
