using Saas.EdgeAgent.Drivers.Libvirt.Interop;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// Looks at one domain and powers it off. Its end, of which the daemon forgets the reason, is written into the stamp when
/// it is first seen. Calls block.
/// </summary>
internal sealed class DomainControl(TimeProvider time)
{
    public WorkloadStatus Observe(VirDomain domain)
    {
        if (DomainStamps.Read(domain) is not { } stamp)
        {
            throw new DriverException(DriverFault.Transient, "the domain has lost its metadata; undefine it by hand");
        }

        var condition = domain.Condition();
        var isSaved = !condition.IsActive && domain.HasManagedSave();
        var status = DomainObservation.Of(stamp, condition, isSaved);
        if (status.State != WorkloadState.Ended || stamp.Phase == DomainPhase.Ended)
        {
            return status;
        }

        var seen = stamp with
        {
            Phase = DomainPhase.Ended,
            EndedAt = time.GetUtcNow(),
            ExitCode = status.ExitCode,
            EndReason = status.Reason,
        };
        DomainStamps.Write(domain, seen, active: false);
        return status with { EndedAt = seen.EndedAt };
    }

    /// <returns>Whether the domain was still active.</returns>
    public bool AskToPowerOff(VirDomain domain, bool press)
    {
        var condition = domain.Condition();
        if (!condition.IsActive)
        {
            Observe(domain);
            return false;
        }

        if (DomainObservation.IsHeldBack(condition))
        {
            PowerOff(domain); // a guest that does not run cannot be asked
            return false;
        }

        try
        {
            if (press)
            {
                domain.PressPowerButton();
            }
        }
        catch (LibvirtException fault) when (fault.IsWrongState)
        {
            return true; // it ended in between; the next look sees that
        }

        return true;
    }

    /// <returns>Whether the domain was still active.</returns>
    public bool PowerOff(VirDomain domain)
    {
        var wasActive = domain.Condition().IsActive;
        try
        {
            if (wasActive)
            {
                domain.Destroy();
            }
        }
        catch (LibvirtException fault) when (fault.IsWrongState)
        {
            wasActive = false; // it ended in between
        }

        Observe(domain);
        return wasActive;
    }

    /// <summary>Null if the domain bears none, or is gone.</summary>
    public static DomainStamp? StampOf(VirDomain domain)
    {
        try
        {
            return DomainStamps.Read(domain);
        }
        catch (LibvirtException fault) when (fault.IsNotFound)
        {
            return null;
        }
    }
}
