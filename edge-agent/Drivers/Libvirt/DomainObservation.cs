using Saas.EdgeAgent.Drivers.Libvirt.Interop;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// From what libvirt says of a domain to what the agent is told. The rule: a domain that was never released has not run, one
/// that was released has; so a host that reboots, or a daemon that forgets, leaves no doubt.
/// </summary>
internal static class DomainObservation
{
    /// <summary>A guest that crashed, as a process that aborted (128 + SIGABRT).</summary>
    public const int CrashedExitCode = 134;

    /// <summary>A guest that was powered off by force, as a process that was killed (128 + SIGKILL).</summary>
    public const int DestroyedExitCode = 137;

    /// <param name="stamp">Read before <paramref name="condition"/>: then a release seen is older than the state seen.</param>
    /// <param name="isSaved">Whether its memory waits on disk to be restored.</param>
    public static WorkloadStatus Of(DomainStamp stamp, DomainCondition condition, bool isSaved)
    {
        if (condition.IsActive)
        {
            return IsHeldBack(condition)
                ? new WorkloadStatus(WorkloadState.Starting, StartedAt: stamp.StartedAt, Reason: "paused; a start resumes it")
                : new WorkloadStatus(WorkloadState.Running, StartedAt: stamp.StartedAt, Reason: Trouble(condition));
        }

        if (stamp.Phase == DomainPhase.Defined || (isSaved && stamp.Phase == DomainPhase.Released))
        {
            return new WorkloadStatus(
                WorkloadState.Starting, StartedAt: stamp.StartedAt, Reason: isSaved ? "saved; a start restores it" : null);
        }

        var (exitCode, reason) = stamp.Phase == DomainPhase.Ended ? (stamp.ExitCode, stamp.EndReason) : End(condition);
        return new WorkloadStatus(WorkloadState.Ended, exitCode, stamp.StartedAt, stamp.EndedAt, reason);
    }

    /// <summary>
    /// Paused by a start that was cut off before it let the guest go, or by a person: both are undone, since the job asks
    /// for a running workload. A pause that libvirt made for a reason of its own is left alone.
    /// </summary>
    public static bool IsHeldBack(DomainCondition condition) =>
        condition.State == VirDomainState.Paused
        && (VirPausedReason)condition.Reason is VirPausedReason.Unknown or VirPausedReason.User
            or VirPausedReason.StartingUp or VirPausedReason.FromSnapshot;

    private static string? Trouble(DomainCondition condition) =>
        condition.State != VirDomainState.Paused
            ? null
            : (VirPausedReason)condition.Reason switch
            {
                VirPausedReason.IOError => "paused by the hypervisor: I/O error on a disk",
                VirPausedReason.GuestCrashed => "paused by the hypervisor: the guest crashed",
                VirPausedReason.Watchdog => "paused by the hypervisor: watchdog",
                _ => "paused by the hypervisor",
            };

    private static (int? ExitCode, string Reason) End(DomainCondition condition) =>
        condition.State == VirDomainState.Crashed
            ? (CrashedExitCode, "the guest crashed")
            : (VirShutOffReason)condition.Reason switch
            {
                VirShutOffReason.GuestShutDown => (0, "the guest powered off"),
                VirShutOffReason.Destroyed => (DestroyedExitCode, "powered off by force"),
                VirShutOffReason.Crashed => (CrashedExitCode, "the guest or its emulator crashed"),
                VirShutOffReason.DaemonKilled => (DestroyedExitCode, "killed by the libvirt daemon"),
                VirShutOffReason.Migrated => (null, "migrated to another host by hand"),
                _ => (null, "the end was not seen: the host or the libvirt daemon restarted"),
            };
}
