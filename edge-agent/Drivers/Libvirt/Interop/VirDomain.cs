using System.Runtime.InteropServices;

namespace Saas.EdgeAgent.Drivers.Libvirt.Interop;

/// <summary>
/// A reference to a domain. It stays valid when the domain is gone; calls then fail with
/// <see cref="LibvirtException.IsNotFound"/>. Methods block and throw <see cref="LibvirtException"/>.
/// </summary>
internal sealed unsafe class VirDomain : SafeHandle
{
    private const uint StartPaused = 1;
    private const uint PressAcpiPowerButton = 1;
    private const int MetadataElement = 2;
    private const uint AffectLive = 1;
    private const uint AffectConfig = 2;

    // Managed save, snapshots' metadata, NVRAM, checkpoints' metadata: without these flags libvirt refuses to forget a
    // domain that has any of them.
    private const uint UndefineAll = 1 | 2 | 4 | 16;

    public VirDomain()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public VirDomain(nint pointer)
        : this() => SetHandle(pointer);

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes the virtual machine, or restores it from its managed save.</summary>
    /// <param name="paused">No guest instruction runs yet.</param>
    public void Create(bool paused) =>
        Check(LibvirtNative.virDomainCreateWithFlags(this, paused ? StartPaused : 0), "start the domain");

    public void Resume() => Check(LibvirtNative.virDomainResume(this), "resume the domain");

    /// <summary>Asks the guest to power off; returns at once, and the guest may ignore it.</summary>
    public void PressPowerButton() =>
        Check(LibvirtNative.virDomainShutdownFlags(this, PressAcpiPowerButton), "press the domain's power button");

    public void Destroy() => Check(LibvirtNative.virDomainDestroyFlags(this, 0), "power off the domain");

    public void Undefine() => Check(LibvirtNative.virDomainUndefineFlags(this, UndefineAll), "undefine the domain");

    public DomainCondition Condition()
    {
        Check(LibvirtNative.virDomainGetState(this, out var state, out var reason, 0), "read the domain's state");
        return new DomainCondition((VirDomainState)state, reason);
    }

    /// <summary>CPU time since it was created, and the memory it was given.</summary>
    public (TimeSpan CpuTime, long MemoryBytes) Usage()
    {
        Check(LibvirtNative.virDomainGetInfo(this, out var info), "read the domain's usage");
        const ulong nanosecondsPerTick = 100;
        return (TimeSpan.FromTicks((long)(info.CpuTime / nanosecondsPerTick)), (long)info.Memory * 1024);
    }

    /// <summary>Whether its memory lies on disk, to be restored by the next start.</summary>
    public bool HasManagedSave()
    {
        var result = LibvirtNative.virDomainHasManagedSaveImage(this, 0);
        Check(result, "look for a saved image");
        return result == 1;
    }

    /// <summary>Our element under the domain's metadata; null if it has none of this namespace.</summary>
    public string? Metadata(string namespaceUri)
    {
        var text = LibvirtNative.virDomainGetMetadata(this, MetadataElement, namespaceUri, 0);
        if (text is not null)
        {
            return LibvirtNative.TakeString(text);
        }

        var error = LibvirtException.Last("read the domain's metadata");
        return error.IsNoMetadata ? null : throw error;
    }

    /// <summary>Replaces the element of this namespace, on disk and, if <paramref name="active"/>, in the running domain.</summary>
    public void SetMetadata(string element, string prefix, string namespaceUri, bool active)
    {
        var flags = active ? AffectConfig | AffectLive : AffectConfig;
        Check(
            LibvirtNative.virDomainSetMetadata(this, MetadataElement, element, prefix, namespaceUri, flags),
            "write the domain's metadata");
    }

    protected override bool ReleaseHandle() => LibvirtNative.virDomainFree(handle) >= 0;

    private static void Check(int result, string action)
    {
        if (result < 0)
        {
            throw LibvirtException.Last(action);
        }
    }
}
