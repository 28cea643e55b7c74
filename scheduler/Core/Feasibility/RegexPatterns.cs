using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>
/// Patterns users wrote. Non-backtracking, so that no pattern takes longer than linear time; that leaves out lookaround
/// and back references, as Nomad's RE2 does. No limit by the clock: on a busy machine it would say that a node does not suit.
/// </summary>
internal static class RegexPatterns
{
    /// <summary>Enough for every pattern in use; beyond it they are compiled again rather than kept.</summary>
    private const int MaxKept = 1000;

    private static readonly ConcurrentDictionary<string, Regex?> Kept = [];

    public static bool Matches(string? text, string? pattern) =>
        text is not null && pattern is not null && Compile(pattern) is { } regex && regex.IsMatch(text);

    private static Regex? Compile(string pattern)
    {
        if (Kept.TryGetValue(pattern, out var regex))
        {
            return regex;
        }

        regex = TryParse(pattern);
        if (Kept.Count < MaxKept)
        {
            Kept.TryAdd(pattern, regex);
        }

        return regex;
    }

    private static Regex? TryParse(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
