using System.Runtime.InteropServices;

namespace Saas.EdgeAgent.Drivers.Libvirt.Interop;

/// <summary>A libvirt call failed. Code, domain and level are libvirt's own; the questions below are what callers decide by.</summary>
internal sealed class LibvirtException(
    VirErrorNumber code, VirErrorDomain domain, VirErrorLevel level, string action, string detail)
    : Exception($"{action}: {detail}")
{
    public VirErrorNumber Code { get; } = code;

    public VirErrorDomain Domain { get; } = domain;

    public VirErrorLevel Level { get; } = level;

    /// <summary>libvirt's own message, without what was attempted.</summary>
    public string Detail { get; } = detail;

    public bool IsNotFound => Code == VirErrorNumber.NoDomain;

    public bool IsNoMetadata => Code == VirErrorNumber.NoDomainMetadata;

    /// <summary>The domain was not in the state that the call needs: somebody else was faster.</summary>
    public bool IsWrongState => Code == VirErrorNumber.OperationInvalid;

    /// <summary>The daemon is gone, does not let us in, or is busy: nothing is said about the domain.</summary>
    public bool IsUnavailable => Code is VirErrorNumber.NoConnect or VirErrorNumber.InvalidConnection or VirErrorNumber.Rpc
        or VirErrorNumber.AuthFailed or VirErrorNumber.AccessDenied or VirErrorNumber.OperationTimeout
        or VirErrorNumber.ResourceBusy or VirErrorNumber.NoMemory
        || (Code is VirErrorNumber.SystemError or VirErrorNumber.InternalError
            && Domain is VirErrorDomain.Rpc or VirErrorDomain.Remote);

    /// <summary>The error of the call that just failed on this thread.</summary>
    /// <param name="action">What was attempted, for people: <c>start the domain</c>.</param>
    public static unsafe LibvirtException Last(string action)
    {
        var error = LibvirtNative.virGetLastError();
        return error is null
            ? new LibvirtException(VirErrorNumber.InternalError, VirErrorDomain.None, VirErrorLevel.Error, action, "no reason given")
            : new LibvirtException(
                (VirErrorNumber)error->Code,
                (VirErrorDomain)error->Domain,
                (VirErrorLevel)error->Level,
                action,
                Marshal.PtrToStringUTF8((nint)error->Message) ?? "no reason given");
    }
}
