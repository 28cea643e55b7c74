using System.Diagnostics.CodeAnalysis;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Periodic;

/// <summary>
/// The launch times of a periodic job: those of any of its expressions, in its time zone; where several fall on one instant,
/// it is one launch. Immutable.
/// </summary>
public sealed class PeriodicSchedule
{
    private readonly IReadOnlyList<CronExpression> expressions;
    private readonly TimeZoneInfo zone;

    private PeriodicSchedule(IReadOnlyList<CronExpression> expressions, TimeZoneInfo zone)
    {
        this.expressions = expressions;
        this.zone = zone;
    }

    /// <summary>Reads the expressions and finds the zone.</summary>
    /// <param name="error">Names what cannot be read. Of an accepted job only the zone can be missing, on a machine without time zone data.</param>
    public static bool TryCreate(
        PeriodicConfig config, [NotNullWhen(true)] out PeriodicSchedule? schedule, [NotNullWhen(false)] out string? error)
    {
        schedule = null;
        if (!TimeZones.TryFind(config.TimeZone, out var zone, out error))
        {
            return false;
        }

        var parsed = new List<CronExpression>();
        foreach (var text in config.Expressions())
        {
            if (!CronExpression.TryParse(text, out var expression, out error))
            {
                return false;
            }

            parsed.Add(expression);
        }

        if (parsed.Count == 0)
        {
            error = "A periodic job has at least one cron expression; there is none.";
            return false;
        }

        schedule = new PeriodicSchedule(parsed, zone);
        return true;
    }

    /// <summary>The first launch strictly after <paramref name="after"/>, as UTC; null: there is none any more.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        DateTimeOffset? first = null;
        foreach (var expression in expressions)
        {
            if (expression.Next(after, zone) is { } next && (first is null || next < first))
            {
                first = next;
            }
        }

        return first;
    }

    /// <summary>
    /// The last launch strictly after <paramref name="after"/> and not after <paramref name="until"/>; null: there is none between them.
    /// A few dozen steps, however many launches there are.
    /// </summary>
    public DateTimeOffset? Latest(DateTimeOffset after, DateTimeOffset until)
    {
        if (Next(after) is not { } latest || latest > until)
        {
            return null;
        }

        // The later one asks, the later is what comes next: the last second that has a next one in time can be bisected.
        var (early, late) = (latest.ToUnixTimeSeconds(), until.ToUnixTimeSeconds());
        while (late > early)
        {
            var middle = early + ((late - early) / 2);
            if (Next(DateTimeOffset.FromUnixTimeSeconds(middle)) is { } next && next <= until)
            {
                latest = next;
                early = middle + 1;
            }
            else
            {
                late = middle;
            }
        }

        return latest;
    }
}
