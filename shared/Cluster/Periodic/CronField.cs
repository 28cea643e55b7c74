using System.Globalization;

namespace Saas.Cluster.Periodic;

/// <summary>What a field names. <paramref name="Bits"/>: bit n is value n, of values below 64.</summary>
internal readonly record struct CronValues(ulong Bits, bool IsWildcard, bool HasStep);

/// <summary>One field: a list of wildcards, values and ranges, each of them with or without a step.</summary>
/// <param name="Name">As errors call it.</param>
/// <param name="Names">In lower case; the first is <paramref name="Min"/>. Three letters are enough, in any case.</param>
internal sealed record CronField(string Name, int Min, int Max, IReadOnlyList<string> Names)
{
    /// <summary>7 is Sunday, as 0 is: it can be named, but wildcards and open ranges end on Saturday.</summary>
    private int Last => IsDayOfWeek ? 6 : Max;

    private bool IsDayOfWeek => Names.Count == 7;

    /// <summary>Reads all entries.</summary>
    /// <param name="special">Takes an entry, in lower case, that is none of the ordinary ones; false: it is not known.</param>
    /// <param name="each">Is told all values, for a field with values above 63.</param>
    /// <exception cref="CronSyntaxException">Says which field, what was found and what is expected.</exception>
    public CronValues Read(string text, Func<string, bool>? special = null, Action<int>? each = null)
    {
        var entries = text.ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (entries.Length == 0)
        {
            throw Refused(text, "is an empty list");
        }

        var values = default(CronValues);
        foreach (var entry in entries)
        {
            if (Range(entry) is not { } range)
            {
                if (special?.Invoke(entry) == true)
                {
                    continue;
                }

                throw Refused(entry, "is not understood");
            }

            values = new CronValues(
                values.Bits,
                values.IsWildcard || (range.Wildcard && range.Step is null),
                values.HasStep || range.Step is not null);
            for (var value = range.From; value <= range.To; value += range.Step ?? 1)
            {
                values = values with { Bits = values.Bits | (value < 64 ? 1ul << value : 0) };
                each?.Invoke(value);
            }
        }

        return values;
    }

    /// <summary>One or two digits (four for years), or a name in lower case.</summary>
    public bool TryValue(ReadOnlySpan<char> text, out int value)
    {
        for (value = 0; value < Names.Count; value++)
        {
            if (text.SequenceEqual(Names[value]) || text.SequenceEqual(Names[value].AsSpan(0, 3)))
            {
                value += Min;
                return true;
            }
        }

        return text.Length <= (Max > 99 ? 4 : 2)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= Min && value <= Max;
    }

    private (int From, int To, bool Wildcard, int? Step)? Range(string entry)
    {
        int? step = null;
        var range = entry.AsSpan();
        if (entry.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash)
        {
            range = entry.AsSpan(0, slash);
            if (!int.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number < 1 || number > Last)
            {
                throw Refused(entry, $"has a step that is not between 1 and {Last}");
            }

            step = number;
        }

        // `?/5` is not in the grammar, `*/5` is.
        if (range is "*" || (range is "?" && step is null))
        {
            return (Min, Last, Wildcard: true, step);
        }

        if (TryValue(range, out var from))
        {
            // From there to the end, and the end of a week is Saturday: `7/2` starts with the Sunday before it.
            return step is null ? (from, from, Wildcard: false, null) : (from > Last ? Min : from, Last, Wildcard: false, step);
        }

        var dash = range.IndexOf('-');
        if (dash < 0 || !TryValue(range[..dash], out from) || !TryValue(range[(dash + 1)..], out var to))
        {
            return null;
        }

        if (IsDayOfWeek && from > to)
        {
            // Sunday is at both ends of a week: `fri-sun` and `7-2` say what they mean.
            (from, to) = to == 0 ? (from, 7) : from == 7 ? (0, to) : (from, to);
        }

        return from <= to
            ? (from, to, Wildcard: false, step)
            : throw Refused(entry, "is a range that runs backwards; write it as two, as in 22-23,0-2");
    }

    private CronSyntaxException Refused(string found, string why) => new(
        $"The {Name} field: '{found}' {why}. Expected are {Min}-{Max}"
        + (Names.Count > 0 ? $" or names ({Names[0][..3]}-{Names[^1][..3]})" : "")
        + Name switch
        {
            "day-of-month" => ", lists, ranges, steps, *, L, LW, or a day with W (15W).",
            "day-of-week" => ", lists, ranges, steps, *, or a day with L (5L, the last) or # (5#3, the third).",
            _ => ", lists, ranges, steps, or *.",
        });
}
