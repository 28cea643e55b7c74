using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Answers;

/// <summary>One record of each type we give. RFC 1035 §3.3, RFC 3596, RFC 2782.</summary>
internal static class RecordWriter
{
    private const int Priority = 1;

    private static readonly byte[] NameServer = [2, .. "ns"u8];
    private static readonly byte[] Mailbox = [10, .. "hostmaster"u8];

    public static void Write(ref DnsWriter writer, in DnsRecord record, scoped ReadOnlySpan<byte> question, SoaOptions soa)
    {
        writer.Name(record.Owner, question);
        writer.UInt16((int)record.Type);
        writer.UInt16((int)DnsClass.Internet);
        writer.UInt32(record.Ttl);
        var lengthAt = writer.Length;
        writer.UInt16(0);
        switch (record.Type)
        {
            case DnsType.Srv:
                writer.UInt16(Priority);
                writer.UInt16(record.Weight);
                writer.UInt16(record.Port);
                writer.Name(record.Target, question, mayPoint: false);
                break;
            case DnsType.Cname or DnsType.Ns or DnsType.Ptr:
                writer.Name(record.Target, question);
                break;
            case DnsType.Soa:
                writer.Name(new DnsName(NameServer, record.Owner.Domain), question);
                writer.Name(new DnsName(Mailbox, record.Owner.Domain), question);
                writer.UInt32(record.Serial);
                writer.UInt32(DnsOptions.Seconds(soa.Refresh));
                writer.UInt32(DnsOptions.Seconds(soa.Retry));
                writer.UInt32(DnsOptions.Seconds(soa.Expire));
                writer.UInt32(DnsOptions.Seconds(soa.MinTtl));
                break;
            default:
                writer.Bytes(record.Data);
                break;
        }

        writer.Patch(lengthAt, writer.Length - lengthAt - 2);
    }
}
