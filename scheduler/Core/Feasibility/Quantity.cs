using System.Collections.Frozen;
using System.Globalization;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>
/// Amounts with the units of Nomad's device attributes (https://developer.hashicorp.com/nomad/docs/job-specification/device):
/// <c>8 GiB</c> is more than <c>4000 MB</c>.
/// </summary>
internal static class Quantity
{
    private static readonly FrozenDictionary<string, decimal> Units = new Dictionary<string, decimal>
    {
        ["B"] = 1,
        ["kB"] = 1_000,
        ["MB"] = 1_000_000,
        ["GB"] = 1_000_000_000,
        ["TB"] = 1_000_000_000_000,
        ["PB"] = 1_000_000_000_000_000,
        ["EB"] = 1_000_000_000_000_000_000,
        ["KiB"] = 1L << 10,
        ["MiB"] = 1L << 20,
        ["GiB"] = 1L << 30,
        ["TiB"] = 1L << 40,
        ["PiB"] = 1L << 50,
        ["EiB"] = 1L << 60,
        ["MHz"] = 1_000_000,
        ["GHz"] = 1_000_000_000,
        ["mW"] = 0.001m,
        ["W"] = 1,
        ["kW"] = 1_000,
        ["MW"] = 1_000_000,
        ["GW"] = 1_000_000_000,
    }.ToFrozenDictionary();

    /// <summary>In the base unit, without one; a text that is no such amount stays as it is.</summary>
    public static string? Normalise(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '-'))
        {
            end++;
        }

        var unit = text[end..].Trim();
        var perSecond = unit.EndsWith("/s", StringComparison.Ordinal);
        return end > 0 && Units.TryGetValue(perSecond ? unit[..^2] : unit, out var factor)
            && decimal.TryParse(text.AsSpan(0, end), NumberStyles.Number, CultureInfo.InvariantCulture, out var amount)
            && Math.Abs(amount) < 1_000_000_000
            ? (amount * factor).ToString("0.###", CultureInfo.InvariantCulture)
            : text;
    }
}
