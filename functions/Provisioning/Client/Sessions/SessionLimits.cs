namespace Saas.Provisioning.Client.Sessions;

/// <summary>
/// What sessions may take. Of those opened at the same moment at several instances a few may go beyond the counts: they are
/// counted, not reserved.
/// </summary>
internal static class SessionLimits
{
    public const int OfNode = 32;
    public const int OfTenant = 256;

    /// <summary>After an instance that served a client has gone, its sessions end in this time.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(15);

    /// <summary>An agent that has not taken a session up in this time has no path to it.</summary>
    public static readonly TimeSpan TakeUp = TimeSpan.FromSeconds(20);

    /// <summary>An agent at a session that was not heard for this long is gone. It bears an agent's restart, and a network's.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>How often who waits looks whether another process moved the session, while something is going on.</summary>
    public static readonly TimeSpan LookActive = TimeSpan.FromMilliseconds(250);

    /// <summary>The same, when nothing was for a while.</summary>
    public static readonly TimeSpan LookIdle = TimeSpan.FromSeconds(1);

    /// <summary>From when on nothing is going on.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(20);
}
