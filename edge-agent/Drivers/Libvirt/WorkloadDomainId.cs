using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>How a workload is called in libvirt. The UUID is what makes it one: libvirt keeps at most one domain of a UUID.</summary>
/// <param name="Uuid">
/// UUIDv8 (RFC 9562 §5.8) of SHA-256 over node, allocation, task and run: the same after any restart, and another one for
/// another agent.
/// </param>
/// <param name="Name"><c>saas-&lt;allocation&gt;-&lt;task&gt;-&lt;run&gt;</c>, for people; libvirt wants it unique, too.</param>
internal readonly record struct WorkloadDomainId(Guid Uuid, string Name)
{
    private const int MaxPartLength = 64;

    /// <exception cref="DriverException">InvalidConfig: a part has characters or a length that a domain's name cannot carry.</exception>
    public static WorkloadDomainId Of(string nodeId, WorkloadId id)
    {
        if (!IsPlain(id.AllocationId) || !IsPlain(id.Task) || id.Run < 0)
        {
            throw new DriverException(
                DriverFault.InvalidConfig,
                "the allocation's id and the task's name must be 1 to 64 letters, digits, '-', '_' or '.', and the run not negative");
        }

        // Unit separators keep the parts apart; none of them can contain one.
        var run = id.Run.ToString(CultureInfo.InvariantCulture);
        var stamp = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f', "saas-vm", nodeId, id.AllocationId, id.Task, run)));
        return new WorkloadDomainId(ToUuidVersion8(stamp), $"saas-{id.AllocationId}-{id.Task}-{run}");
    }

    private static Guid ToUuidVersion8(ReadOnlySpan<byte> hash)
    {
        var bits = BinaryPrimitives.ReadUInt128BigEndian(hash);
        bits = (bits & ~((UInt128)0xF << 76)) | ((UInt128)8 << 76);
        bits = (bits & ~((UInt128)0b11 << 62)) | ((UInt128)0b10 << 62);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new Guid(bytes, bigEndian: true);
    }

    private static bool IsPlain(string? part) =>
        part is { Length: > 0 and <= MaxPartLength }
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
