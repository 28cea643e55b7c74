using System.Diagnostics.CodeAnalysis;

namespace Saas.Cluster.Periodic;

/// <summary>
/// When a periodic job is launched: a cron expression as Nomad reads it (github.com/hashicorp/cronexpr). Immutable.
/// <para>
/// Five fields (minute, hour, day of month, month, day of week), six (a year behind them) or seven (seconds before them);
/// or one of <c>@yearly @annually @monthly @weekly @daily @hourly</c>. A field is a list of <c>*</c>, <c>?</c>, a value, a
/// range <c>a-b</c>, and any of these with a step <c>/n</c>; months and weekdays have English names; day of month knows
/// <c>L</c>, <c>LW</c> and <c>15W</c>, day of week <c>5L</c> and <c>5#3</c>. Where both days are restricted, either is enough.
/// Years are 1970 to 2099.
/// </para>
/// <para>
/// Where clocks are changed, Nomad leaves launches out in spring and doubles them in autumn. Here, for each launch at a local time:
/// </para>
/// <list type="number">
/// <item>The local time occurs once: then.</item>
/// <item>
/// It occurs twice (clocks go back): the first time only. Unless the hour field is <c>*</c>, has a step, or names all 24
/// hours. Such an expression means "every so often", and is launched both times, as otherwise it would wait too long.
/// </item>
/// <item>
/// It does not occur (clocks go forward): at the first instant after the gap; all that the gap has swallowed together are
/// one launch, and one with what is due at that instant anyway. Unless the expression runs in all 24 hours and the gap
/// swallowed the launch's whole hour: the hours that there are have their launches.
/// </item>
/// </list>
/// </summary>
public sealed class CronExpression
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 1024;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly DateTime First = new(CronCalendar.FirstYear, 1, 1);
    private static readonly DateTime End = new(CronCalendar.LastYear + 1, 1, 3);

    private readonly CronCalendar calendar;

    private CronExpression(string text, CronCalendar calendar)
    {
        Text = text;
        this.calendar = calendar;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="error">Names the field, and says what was found and what is expected.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out CronExpression? cron, [NotNullWhen(false)] out string? error)
    {
        cron = CronSyntax.TryRead(text, out var calendar, out error) ? new CronExpression(text, calendar) : null;
        return cron is not null;
    }

    /// <summary>
    /// The first launch strictly after <paramref name="after"/>, on a whole second, as UTC; null if there is none until the
    /// end of 2099 (the years are past, or the day never comes, as the 31st of February). What happens when clocks are changed
    /// is said above.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        // Everything below counts whole seconds of UTC. A cursor walks over stretches of one offset, at most a day each.
        var utc = after.UtcDateTime;
        var cursor = utc < First ? First : utc >= End ? End : new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond)) + Second;
        while (cursor < End)
        {
            // No change of clocks is longer than a day: a launch is within a day of a local time that matches, and no zone is
            // more than a day from UTC. What is further off than both needs no walk.
            if (calendar.FirstFrom(cursor - Day - Day) is not { } near)
            {
                return null;
            }

            cursor = cursor < near - Day ? near - Day : cursor;
            var offset = ZoneChanges.OffsetAt(zone, cursor);
            var before = ZoneChanges.OffsetAt(zone, cursor - Second);
            if (offset > before && IsDueIn(cursor + before, cursor + offset))
            {
                return Instant(cursor);
            }

            var end = ZoneChanges.EndOfOffset(zone, cursor);
            if (calendar.FirstFrom(cursor + offset) is not { } local || local >= end + offset)
            {
                cursor = end;
            }
            else if (!calendar.IsInterval && ZoneChanges.EndOfRepetition(zone, local - offset) is { } repeatedUntil)
            {
                cursor = repeatedUntil;
            }
            else
            {
                return Instant(local - offset);
            }
        }

        return null;
    }

    public override string ToString() => Text;

    /// <summary>Whether something fell into a gap that must be made up for at its end (rule 3).</summary>
    private bool IsDueIn(DateTime gap, DateTime gapEnd)
    {
        var hour = gapEnd.Date.AddHours(gapEnd.Hour);
        var from = calendar.RunsInEveryHour && hour > gap ? hour : gap;
        return calendar.FirstFrom(from) < gapEnd;
    }

    private static DateTimeOffset Instant(DateTime utc) => new(utc, TimeSpan.Zero);
}
