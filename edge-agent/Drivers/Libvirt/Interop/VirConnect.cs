using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Saas.EdgeAgent.Drivers.Libvirt.Interop;

/// <summary>
/// A connection to a libvirt daemon. May be used by several threads at once. Methods block and throw
/// <see cref="LibvirtException"/>.
/// </summary>
internal sealed unsafe class VirConnect : SafeHandle
{
    private const uint ValidateAgainstSchema = 1;
    private const int UuidLength = 16;

    public VirConnect()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>False once a call has noticed that the daemon closed the connection; such a connection never recovers.</summary>
    public bool IsAlive => LibvirtNative.virConnectIsAlive(this) == 1;

    /// <exception cref="DllNotFoundException">libvirt.so.0 is not installed.</exception>
    public static VirConnect Open(string uri)
    {
        // libvirt prints every error on standard error unless told otherwise; ours travel as exceptions.
        LibvirtNative.virSetErrorFunc(null, &Discard);
        if (LibvirtNative.virInitialize() < 0)
        {
            throw LibvirtException.Last("initialise libvirt");
        }

        var connect = LibvirtNative.virConnectOpen(uri);
        return connect.IsInvalid ? throw LibvirtException.Last($"connect to {uri}") : connect;
    }

    /// <summary>Of the daemon's libvirt and of the hypervisor, as <c>major.minor.patch</c>.</summary>
    public (string Libvirt, string Hypervisor) Versions()
    {
        if (LibvirtNative.virConnectGetLibVersion(this, out var library) < 0
            || LibvirtNative.virConnectGetVersion(this, out var hypervisor) < 0)
        {
            throw LibvirtException.Last("read the version");
        }

        return (Dotted(library), Dotted(hypervisor));
    }

    public long NodeMemoryBytes() => LibvirtNative.virNodeGetInfo(this, out var info) < 0
        ? throw LibvirtException.Last("read the node's memory")
        : (long)info.Memory * 1024;

    /// <summary>Whether the hypervisor offers domains of a type (<c>kvm</c>, <c>qemu</c>) for an architecture.</summary>
    public bool Offers(string domainType, string arch, string machine)
    {
        var capabilities = LibvirtNative.virConnectGetDomainCapabilities(this, null, arch, machine, domainType, 0);
        if (capabilities is not null)
        {
            NativeMemory.Free(capabilities);
            return true;
        }

        var error = LibvirtException.Last("read the hypervisor's capabilities");
        return error.IsUnavailable ? throw error : false;
    }

    /// <summary>Null if there is none.</summary>
    public VirDomain? Find(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[UuidLength];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        fixed (byte* pointer = bytes)
        {
            var domain = LibvirtNative.virDomainLookupByUUID(this, pointer);
            if (!domain.IsInvalid)
            {
                return domain;
            }
        }

        var error = LibvirtException.Last("find the domain");
        return error.IsNotFound ? null : throw error;
    }

    /// <summary>Makes the domain persistent, in state shut off; one of the same UUID and name gets the new definition.</summary>
    public VirDomain Define(string xml)
    {
        var domain = LibvirtNative.virDomainDefineXMLFlags(this, xml, ValidateAgainstSchema);
        return domain.IsInvalid ? throw LibvirtException.Last("define the domain") : domain;
    }

    /// <summary>All domains, running or not, whoever made them. The caller disposes them.</summary>
    public IReadOnlyList<VirDomain> ListAll()
    {
        var count = LibvirtNative.virConnectListAllDomains(this, out var pointers, 0);
        if (count < 0)
        {
            throw LibvirtException.Last("list the domains");
        }

        try
        {
            var domains = new VirDomain[count];
            for (var i = 0; i < count; i++)
            {
                domains[i] = new VirDomain(pointers[i]);
            }

            return domains;
        }
        finally
        {
            NativeMemory.Free(pointers);
        }
    }

    protected override bool ReleaseHandle() => LibvirtNative.virConnectClose(handle) >= 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Discard(void* userData, LibvirtNative.NativeError* error)
    {
        // The thread that failed reads the same error by virGetLastError.
    }

    private static string Dotted(nuint version) => $"{version / 1_000_000}.{version / 1_000 % 1_000}.{version % 1_000}";
}
