using System.Runtime.InteropServices;

namespace Saas.EdgeAgent.Drivers.Libvirt.Interop;

/// <summary>virDomainState.</summary>
internal enum VirDomainState
{
    None = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,
    ShuttingDown = 4,
    ShutOff = 5,
    Crashed = 6,
    Suspended = 7,
}

/// <summary>virDomainPausedReason.</summary>
internal enum VirPausedReason
{
    Unknown = 0,
    User = 1,
    Migration = 2,
    Save = 3,
    Dump = 4,
    IOError = 5,
    Watchdog = 6,
    FromSnapshot = 7,
    ShuttingDown = 8,
    Snapshot = 9,
    GuestCrashed = 10,
    StartingUp = 11,
}

/// <summary>virDomainShutoffReason. Held in the daemon's memory: after its restart it is <see cref="Unknown"/>.</summary>
internal enum VirShutOffReason
{
    Unknown = 0,
    GuestShutDown = 1,
    Destroyed = 2,
    Crashed = 3,
    Migrated = 4,
    Saved = 5,
    FailedToStart = 6,
    FromSnapshot = 7,
    DaemonKilled = 8,
}

/// <param name="Reason">One of the reasons that belong to <paramref name="State"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DomainCondition(VirDomainState State, int Reason)
{
    public bool IsActive => State is not (VirDomainState.ShutOff or VirDomainState.Crashed);
}
