namespace Saas.Registry.Sessions;

internal static class SessionLimits
{
    /// <summary>Consul's.</summary>
    public static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(24);

    /// <summary>Consul's: what is longer is taken as this.</summary>
    public static readonly TimeSpan MaxLockDelay = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan DefaultLockDelay = TimeSpan.FromSeconds(15);

    /// <summary>In one datacenter of a namespace.</summary>
    public const int MaxSessions = 20_000;

    public const int MaxChecks = 64;

    /// <summary>Of names, nodes and ids of checks, in characters.</summary>
    public const int MaxText = 256;

    /// <summary>
    /// A session may be silent for twice its TTL before it ends: Consul promises not to end it within the TTL, and waits as
    /// long.
    /// </summary>
    public static TimeSpan SilenceOf(TimeSpan ttl) => 2 * ttl;
}
