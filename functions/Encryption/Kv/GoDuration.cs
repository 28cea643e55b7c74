namespace Saas.Encryption.Kv;

/// <summary>Durations as Go writes them: <c>3h25m19s</c>, <c>1m0s</c>, <c>0s</c>, <c>-1s</c>.</summary>
internal static class GoDuration
{
    public static string Text(long seconds)
    {
        var (sign, left) = seconds < 0 ? ("-", -seconds) : ("", seconds);
        var (hours, minutes) = (left / 3600, left / 60 % 60);
        return (hours, minutes) switch
        {
            (0, 0) => $"{sign}{left}s",
            (0, _) => $"{sign}{minutes}m{left % 60}s",
            _ => $"{sign}{hours}h{minutes}m{left % 60}s",
        };
    }
}
