using System.Buffers;
using System.Globalization;

namespace Saas.Encryption.Vault;

/// <summary>
/// Durations as Vault's parameters have them: whole seconds (a number, or digits in a string), Go's form
/// (<c>1h30m</c>, <c>1.5h</c>, <c>250ms</c>), or days (<c>30d</c>).
/// </summary>
internal static class VaultDuration
{
    /// <summary>A century; Vault's own end is Go's 292 years.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(36_525);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        if (text.IsEmpty)
        {
            return true;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return TryFromSeconds(seconds, out duration);
        }

        var sign = text[0] == '-' ? -1 : 1;
        text = text[0] is '-' or '+' ? text[1..] : text;
        var total = 0.0;
        while (!text.IsEmpty)
        {
            if (!TryTake(ref text, out var part))
            {
                return false;
            }

            total += part;
        }

        return TryFromSeconds(sign * total, out duration);
    }

    public static bool TryFromSeconds(double seconds, out TimeSpan duration)
    {
        var isInRange = Math.Abs(seconds) <= Max.TotalSeconds;
        duration = isInRange ? TimeSpan.FromSeconds(seconds) : default;
        return isInRange;
    }

    /// <summary>Takes one number with its unit off the front.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> text, out double seconds)
    {
        seconds = 0;
        var digits = text.IndexOfAnyExcept(NumberCharacters);
        if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        text = text[digits..];
        var end = text.IndexOfAny(NumberCharacters);
        var unit = end < 0 ? text : text[..end];
        text = text[unit.Length..];
        var scale = unit switch
        {
            "ns" => 1e-9,
            "us" or "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => 0.0,
        };
        seconds = number * scale;
        return scale > 0;
    }
}
