using System.Globalization;

namespace Saas.Scheduler.Host.Tests.Soak;

/// <summary>How long, and from which seed. See docs/contributing.md.</summary>
internal static class SoakSettings
{
    /// <summary><c>SAAS_SOAK_MINUTES</c>; 1 where it is not set, as in CI.</summary>
    public static TimeSpan Length => TimeSpan.FromMinutes(Number("SAAS_SOAK_MINUTES") ?? 1);

    /// <summary>Whether this is the long run, in which nothing is left out for the sake of time.</summary>
    public static bool IsLong => Length > TimeSpan.FromMinutes(1);

    /// <summary><c>SAAS_SOAK_SEED</c>, to run a failure again; else another one each time.</summary>
    public static int Seed => Number("SAAS_SOAK_SEED") ?? Environment.TickCount & int.MaxValue;

    private static int? Number(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
        ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
