using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Saas.EdgeAgent.Drivers.Libvirt.Interop;

/// <summary>
/// The functions of libvirt.so.0 that the driver calls, one declaration each, types as in libvirt's headers for LP64.
/// Callers are <see cref="VirConnect"/> and <see cref="VirDomain"/>, which turn results into exceptions. Every call may block for
/// as long as the daemon takes; errors are kept per thread and must be read on the thread that made the call.
/// </summary>
internal static unsafe partial class LibvirtNative
{
    private const string Library = "libvirt.so.0";

    [LibraryImport(Library)]
    internal static partial int virInitialize();

    [LibraryImport(Library)]
    internal static partial NativeError* virGetLastError();

    [LibraryImport(Library)]
    internal static partial void virSetErrorFunc(void* userData, delegate* unmanaged[Cdecl]<void*, NativeError*, void> handler);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial VirConnect virConnectOpen(string uri);

    [LibraryImport(Library)]
    internal static partial int virConnectClose(nint connect);

    [LibraryImport(Library)]
    internal static partial int virConnectIsAlive(VirConnect connect);

    [LibraryImport(Library)]
    internal static partial int virConnectGetLibVersion(VirConnect connect, out nuint version);

    [LibraryImport(Library)]
    internal static partial int virConnectGetVersion(VirConnect connect, out nuint version);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* virConnectGetDomainCapabilities(
        VirConnect connect, string? emulator, string? arch, string? machine, string? virtType, uint flags);

    [LibraryImport(Library)]
    internal static partial int virNodeGetInfo(VirConnect connect, out NativeNodeInfo info);

    [LibraryImport(Library)]
    internal static partial int virConnectListAllDomains(VirConnect connect, out nint* domains, uint flags);

    [LibraryImport(Library)]
    internal static partial VirDomain virDomainLookupByUUID(VirConnect connect, byte* uuid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial VirDomain virDomainDefineXMLFlags(VirConnect connect, string xml, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainFree(nint domain);

    [LibraryImport(Library)]
    internal static partial int virDomainCreateWithFlags(VirDomain domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainResume(VirDomain domain);

    [LibraryImport(Library)]
    internal static partial int virDomainShutdownFlags(VirDomain domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainDestroyFlags(VirDomain domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainUndefineFlags(VirDomain domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainGetState(VirDomain domain, out int state, out int reason, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainGetInfo(VirDomain domain, out NativeDomainInfo info);

    [LibraryImport(Library)]
    internal static partial int virDomainHasManagedSaveImage(VirDomain domain, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainSetMetadata(
        VirDomain domain, int type, string? metadata, string? key, string? uri, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* virDomainGetMetadata(VirDomain domain, int type, string? uri, uint flags);

    /// <summary>Takes over a string that libvirt allocated with malloc.</summary>
    internal static string TakeString(byte* text)
    {
        try
        {
            return Marshal.PtrToStringUTF8((nint)text) ?? "";
        }
        finally
        {
            NativeMemory.Free(text);
        }
    }

    /// <summary>virError; only the fields that come before the deprecated ones are read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeError
    {
        public int Code;
        public int Domain;
        public byte* Message;
        public int Level;
    }

    /// <summary>virDomainInfo; memory in KiB, time in nanoseconds.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeDomainInfo
    {
        public byte State;
        public nuint MaxMemory;
        public nuint Memory;
        public ushort VirtualCpus;
        public ulong CpuTime;
    }

    /// <summary>virNodeInfo; memory in KiB.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeNodeInfo
    {
        public ModelName Model;
        public nuint Memory;
        public uint Cpus;
        public uint Mhz;
        public uint Nodes;
        public uint Sockets;
        public uint Cores;
        public uint Threads;
    }

    [InlineArray(32)]
    internal struct ModelName
    {
        private byte _first;
    }
}
