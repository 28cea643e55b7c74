using Saas.EdgeAgent.Drivers.Libvirt.Interop;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// Starts a domain so that its guest runs exactly once, though the agent may be killed between any two steps.
/// <para>The simple way, define and then create, leaves a domain that is shut off and does not say whether it has run: libvirt
/// keeps the reason in memory only. So the guest is let go in four steps, each found again in the domain itself:</para>
/// <list type="number">
/// <item><see cref="Define"/>: persistent, phase Defined. Found shut off: nothing ran; go on with 2.</item>
/// <item><see cref="Create"/>, paused: the machine exists, no guest instruction was executed. Found paused: go on with 3. If the host
/// goes down here, it is shut off in phase Defined, and that is the truth.</item>
/// <item><see cref="MarkReleased"/>: phase Released is written to disk, <em>before</em> the guest runs. If the host goes down here, the workload counts as
/// ended although it did not run: rather restarted under a new run than run twice under one.</item>
/// <item>Resume. Found running: done.</item>
/// </list>
/// The cost is two calls more than a plain start, about a millisecond.
/// </summary>
internal sealed class DomainStart(LibvirtOptions options, string nodeId, TimeProvider time)
{
    private readonly VmTaskConfigReader _configs = new(options);

    public void Run(LibvirtConnection.Session session, WorkloadSpec spec)
    {
        var id = WorkloadDomainId.Of(nodeId, spec.Id);
        using var domain = session.Connect.Find(id.Uuid) ?? Define(session, spec);
        if (DomainStamps.Read(domain) is not { } stamp)
        {
            throw new DriverException(
                DriverFault.Transient, $"the domain {id.Name} has lost its metadata; undefine it by hand");
        }

        var condition = domain.Condition();
        if (!condition.IsActive)
        {
            var canRun = stamp.Phase == DomainPhase.Defined || (stamp.Phase == DomainPhase.Released && domain.HasManagedSave());
            if (!canRun)
            {
                return; // it has ended, and is not run again
            }

            Create(domain, stamp);
            condition = domain.Condition();
        }

        if (DomainObservation.IsHeldBack(condition))
        {
            MarkReleased(domain, stamp);
            domain.Resume();
        }
    }

    internal VirDomain Define(LibvirtConnection.Session session, WorkloadSpec spec)
    {
        var machine = _configs.Read(spec, session.Host.MemoryBytes);
        var stamp = new DomainStamp
        {
            NodeId = nodeId,
            Workload = spec.Id,
            Phase = DomainPhase.Defined,
            ConsolePath = ConsoleLog.Prepare(spec.TaskDirectory),
        };
        var xml = DomainXml.Write(machine, WorkloadDomainId.Of(nodeId, spec.Id), stamp, session.Host);
        try
        {
            return session.Connect.Define(xml);
        }
        catch (LibvirtException fault) when (session.Connect.IsAlive && !fault.IsUnavailable)
        {
            throw Refused(fault);
        }
    }

    /// <summary>Paused, unless it only goes on from a managed save: that guest was released before.</summary>
    internal static void Create(VirDomain domain, DomainStamp stamp)
    {
        try
        {
            domain.Create(paused: stamp.Phase == DomainPhase.Defined);
        }
        catch (LibvirtException fault) when (fault.IsWrongState)
        {
            // Running already (a call of the agent before this one was still under way), or what it needs is not up yet: a
            // network that is not started.
            if (!domain.Condition().IsActive)
            {
                throw;
            }
        }
        catch (LibvirtException fault) when (!fault.IsUnavailable)
        {
            if (stamp.Phase == DomainPhase.Defined)
            {
                domain.Undefine(); // nothing ran, so nothing is left
            }

            throw Refused(fault);
        }
    }

    internal void MarkReleased(VirDomain domain, DomainStamp stamp)
    {
        if (stamp.Phase == DomainPhase.Defined)
        {
            DomainStamps.Write(
                domain, stamp with { Phase = DomainPhase.Released, StartedAt = time.GetUtcNow() }, active: true);
        }
    }

    private static DriverException Refused(LibvirtException fault) =>
        new(DriverFault.InvalidConfig, $"the hypervisor refuses the machine: {fault.Detail}", fault);
}

/// <summary>Our stamp in a domain's metadata.</summary>
internal static class DomainStamps
{
    /// <summary>Null if the domain bears none.</summary>
    public static DomainStamp? Read(VirDomain domain) =>
        domain.Metadata(DomainStamp.NamespaceUri) is { } xml ? DomainStamp.Parse(xml) : null;

    public static void Write(VirDomain domain, DomainStamp stamp, bool active) =>
        domain.SetMetadata(stamp.ToXml(), DomainStamp.Prefix, DomainStamp.NamespaceUri, active);
}
