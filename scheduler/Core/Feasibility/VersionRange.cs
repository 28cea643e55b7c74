namespace Saas.Scheduler.Core.Feasibility;

/// <summary>Comma-separated bounds that must all hold: <c>&gt;= 1.2, &lt; 2.0</c>, <c>~&gt; 1.4</c>.</summary>
internal static class VersionRange
{
    private static readonly string[] Bounds = [">=", "<=", "!=", "~>", "=", ">", "<"];

    public static bool Contains(string? version, string? range, VersionDialect dialect) =>
        version is not null && range is not null
        && VersionNumber.TryParse(version, dialect) is { } parsed
        && range.Split(',').All(bound => Admits(bound.Trim(), parsed, dialect));

    private static bool Admits(string bound, VersionNumber version, VersionDialect dialect)
    {
        var kind = Bounds.FirstOrDefault(prefix => bound.StartsWith(prefix, StringComparison.Ordinal)) ?? "";
        if (VersionNumber.TryParse(bound[kind.Length..], dialect) is not { } limit)
        {
            return false;
        }

        var order = version.Order(limit);
        var comparable = dialect == VersionDialect.Semantic || ArePreReleasesComparable(version, limit);
        return kind switch
        {
            "" or "=" => order == 0,
            "!=" => order != 0,
            ">" => comparable && order > 0,
            ">=" => comparable && order >= 0,
            "<" => comparable && order < 0,
            "<=" => comparable && order <= 0,
            "~>" => dialect == VersionDialect.Lenient && comparable && order >= 0 && IsWithin(version, limit),
            _ => false,
        };
    }

    /// <summary>A pre-release is only met by a bound that names a pre-release of the same version.</summary>
    private static bool ArePreReleasesComparable(VersionNumber version, VersionNumber limit) =>
        !version.IsPreRelease || (limit.IsPreRelease && version.HasSameSegments(limit));

    /// <summary>All but the last segment written are equal: <c>~&gt; 1.4</c> ends before 2, <c>~&gt; 1.4.0</c> before 1.5.</summary>
    private static bool IsWithin(VersionNumber version, VersionNumber limit)
    {
        // A release does not satisfy "at least this pre-release, and nothing beyond it".
        if (limit.IsPreRelease && !version.IsPreRelease)
        {
            return false;
        }

        for (var i = 0; i < limit.Segments.Count - 1; i++)
        {
            if (version.Segment(i) != limit.Segment(i))
            {
                return false;
            }
        }

        return true;
    }
}
