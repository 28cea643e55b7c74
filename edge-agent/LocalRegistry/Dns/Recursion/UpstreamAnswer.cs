using System.Buffers.Binary;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Recursion;

/// <summary>Reads what another server answered.</summary>
internal static class UpstreamAnswer
{
    /// <summary>
    /// Whether a message is the answer to the question we sent: its id, and the question as it was (RFC 5452 §9.1). A server
    /// that could not read the question may leave it out.
    /// </summary>
    public static bool IsTo(ReadOnlySpan<byte> query, ReadOnlySpan<byte> message)
    {
        if (message.Length < DnsHeader.Bytes || !message[..2].SequenceEqual(query[..2]))
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & DnsHeader.Response) == 0 || DnsHeader.Opcode(flags) != 0)
        {
            return false;
        }

        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        if (questions == 0)
        {
            return RcodeOf(message) == Rcode.FormErr;
        }

        var end = QuestionEnd(query);
        return questions == 1 && message.Length >= end
            && DnsName.SameIgnoringCase(query[DnsHeader.Bytes..(end - 4)], message[DnsHeader.Bytes..(end - 4)])
            && query[(end - 4)..end].SequenceEqual(message[(end - 4)..end]);
    }

    public static Rcode RcodeOf(ReadOnlySpan<byte> message) => (Rcode)(message[3] & 0xF);

    public static bool IsTruncated(ReadOnlySpan<byte> message) =>
        (BinaryPrimitives.ReadUInt16BigEndian(message[2..]) & DnsHeader.Truncated) != 0;

    /// <param name="message">Has one question, without pointers: ours, or one that <see cref="IsTo"/> held against it.</param>
    public static int QuestionEnd(ReadOnlySpan<byte> message)
    {
        var at = DnsHeader.Bytes;
        while (message[at] != 0)
        {
            at += message[at] + 1;
        }

        return at + 5;
    }

    /// <summary>The aliases and addresses among the answers, until something cannot be read.</summary>
    public static void ReadAddresses(ReadOnlySpan<byte> message, List<DnsRecord> into)
    {
        var offset = QuestionEnd(message);
        Span<byte> name = stackalloc byte[DnsName.MaxBytes];
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); left > 0; left--)
        {
            if (!NameReader.TryRead(message, ref offset, name, out var nameLength) || offset + 10 > message.Length)
            {
                return;
            }

            var owner = new DnsName(name[..nameLength].ToArray(), null);
            var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
            var data = offset + 10;
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 8)..]);
            offset = data + length;
            if (offset > message.Length)
            {
                return;
            }

            switch (type)
            {
                case DnsType.A when length == 4:
                case DnsType.Aaaa when length == 16:
                    into.Add(DnsRecord.Address(owner, message.Slice(data, length).ToArray(), 0));
                    break;
                case DnsType.Cname when NameReader.TryRead(message, ref data, name, out var targetLength) && data == offset:
                    into.Add(DnsRecord.Cname(owner, new DnsName(name[..targetLength].ToArray(), null), 0));
                    break;
            }
        }
    }
}
