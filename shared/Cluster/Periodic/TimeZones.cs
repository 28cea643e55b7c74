using System.Diagnostics.CodeAnalysis;
using System.Security;

namespace Saas.Cluster.Periodic;

/// <summary>
/// Time zones by their IANA name. Their rules are the machine's (<c>/usr/share/zoneinfo</c>, or where <c>TZDIR</c> points to;
/// globalization-invariant mode changes nothing about it), so that a government's change of them arrives with its updates.
/// </summary>
public static class TimeZones
{
    /// <summary>The longest name that is looked up, in characters; that of the database has 32.</summary>
    public const int MaxNameLength = 64;

    // One that every copy of the database has.
    private const string Probe = "Europe/Berlin";

    /// <summary>The zone of that name; null or empty: UTC.</summary>
    /// <param name="error">What is wrong with the name, or that this machine has no time zones at all.</param>
    public static bool TryFind(
        string? name, [NotNullWhen(true)] out TimeZoneInfo? zone, [NotNullWhen(false)] out string? error)
    {
        (zone, error) = (null, null);
        if (string.IsNullOrEmpty(name) || name is "UTC")
        {
            zone = TimeZoneInfo.Utc;
        }
        else if (!IsName(name))
        {
            error = $"A time zone is a name of the IANA database of at most {MaxNameLength} characters, as in {Probe}; "
                + $"'{name[..Math.Min(name.Length, MaxNameLength)]}' is none.";
        }
        else if ((zone = Find(name)) is null)
        {
            error = Find(Probe) is null
                ? $"This machine has no time zone data (package tzdata): it knows UTC only, and not '{name}'."
                : $"There is no time zone '{name}'; expected is a name of the IANA database, as in {Probe}.";
        }

        return zone is not null;
    }

    /// <summary>It becomes a path below the database's folder: nothing that leads out of it.</summary>
    private static bool IsName(string name) =>
        name.Length <= MaxNameLength
        && char.IsAsciiLetter(name[0])
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && !name.Contains("//", StringComparison.Ordinal)
        && name[^1] != '/';

    private static TimeZoneInfo? Find(string name)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception missing) when (missing
            is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException or IOException or UnauthorizedAccessException)
        {
            return null; // The caller says what it means.
        }
    }
}
