using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Billing.Rating;
using Saas.Contracts;
using Saas.Hosting.Problems;

namespace Saas.Billing.Usage;

/// <summary>What is asked for, checked.</summary>
/// <param name="Meter">Null: all.</param>
/// <param name="ProjectId">Null: all, and what belongs to none.</param>
/// <param name="Limit">Lines of a page.</param>
internal sealed record GetUsageRequest(
    UsagePeriod Period, string? Meter, string? ProjectId, UsageGrouping Grouping, int Limit, LineKey? After)
{
    public const int DefaultLimit = 500;
    public const int MaxLimit = 1000;

    private static readonly string[] Parameters = ["from", "to", "meter", "project", "groupBy", "limit", "after"];

    /// <summary>The project asked for, unchecked; null if none is.</summary>
    public static string? ProjectOf(IQueryCollection query) => Value(query, "project");

    /// <param name="projectScope">The only project the caller may see; null for all.</param>
    /// <exception cref="ProblemException">400, naming every parameter that is wrong.</exception>
    public static GetUsageRequest Bind(IQueryCollection query, string? projectScope, DateTimeOffset now)
    {
        var faults = new List<FieldError>();
        foreach (var (name, values) in query)
        {
            // A misspelt filter would silently answer with everything.
            if (!Parameters.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                faults.Add(new FieldError(name, $"Expected one of {string.Join(", ", Parameters)}."));
            }
            else if (values.Count > 1)
            {
                faults.Add(new FieldError(name, "Expected once."));
            }
        }

        var read = new Reader(query, faults);
        var period = read.Period(now);
        var request = new GetUsageRequest(
            period, read.Meter(), read.Project() ?? projectScope, read.Grouping(), read.Limit(), read.After());
        return faults.Count == 0 ? request : throw new ProblemException(Problem.Invalid(faults));
    }

    private static string? Value(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values[0] is { Length: > 0 } value ? value : null;

    /// <summary>One method per parameter; each adds what is wrong with it and goes on.</summary>
    private sealed class Reader(IQueryCollection query, List<FieldError> faults)
    {
        public UsagePeriod Period(DateTimeOffset now)
        {
            var before = faults.Count;
            var (from, to) = (Instant("from"), Instant("to"));
            if (faults.Count > before)
            {
                return default;
            }

            var period = UsagePeriod.Around(from, to, now);
            if (period.From >= period.To)
            {
                Fault("to", $"Expected later than from; the period is {period.From:u} to {period.To:u}.");
            }
            else if (period.To - period.From > UsagePeriod.Longest)
            {
                Fault("to", $"Expected at most {UsagePeriod.Longest.TotalDays} days after from; the period is {period.From:u} to {period.To:u}.");
            }

            return period;
        }

        public string? Meter()
        {
            var meter = Value("meter");
            if (meter is not null && !MeterUnit.IsMeter(meter))
            {
                Fault("meter", $"Expected one of {string.Join(", ", MeterUnit.AllMeters)}.");
            }

            return meter;
        }

        public string? Project()
        {
            var project = ProjectOf(query);
            if (project is not null && !EntityId.IsValid("prj", project))
            {
                Fault("project", "Expected a project id: prj_ and 26 base-32 characters.");
            }

            return project;
        }

        public UsageGrouping Grouping()
        {
            var grouping = UsageGrouping.None;
            foreach (var part in (Value("groupBy") ?? "hour,project,meter").Split(',', StringSplitOptions.TrimEntries))
            {
                switch (part)
                {
                    case "hour":
                        grouping |= UsageGrouping.Hour;
                        break;
                    case "project":
                        grouping |= UsageGrouping.Project;
                        break;
                    case "meter":
                        // Always told apart; naming it is allowed.
                        break;
                    default:
                        Fault("groupBy", "Expected some of hour, project, meter, divided by commas.");
                        return grouping;
                }
            }

            return grouping;
        }

        public int Limit()
        {
            if (Value("limit") is not { } text)
            {
                return DefaultLimit;
            }

            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > MaxLimit)
            {
                Fault("limit", $"Expected 1 to {MaxLimit}.");
            }

            return limit;
        }

        public LineKey? After()
        {
            if (Value("after") is not { } text)
            {
                return null;
            }

            if (!UsageCursor.TryRead(text, out var key))
            {
                Fault("after", "Expected the 'next' of the page before.");
            }

            return key;
        }

        private DateTimeOffset? Instant(string name)
        {
            if (Value(name) is not { } text)
            {
                return null;
            }

            if (!UsagePeriod.TryParse(text, out var instant))
            {
                Fault(name, "Expected ISO 8601, as 2026-11-21 or 2026-11-21T07:00:00Z (write + as %2B).");
            }

            return instant;
        }

        private string? Value(string name) => GetUsageRequest.Value(query, name);

        private void Fault(string field, string message) => faults.Add(new FieldError(field, message));
    }
}
