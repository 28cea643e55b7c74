using System.Buffers.Binary;

namespace Saas.LocalRegistry.Dns.Wire;

/// <summary>What is to be done with a packet.</summary>
internal enum RequestKind
{
    Question,

    /// <summary>No word: it is too short to have an id, or an answer. Who answers answers, talks to another server for ever.</summary>
    Ignored,

    Malformed,
    UnknownOpcode,
    UnknownEdnsVersion,
}

/// <summary>
/// Reads requests (RFC 1035 §4, RFC 6891). A client's packet must be exactly one question with at most one EDNS record
/// and nothing behind; how many other records it may have is what Consul's DNS library takes.
/// </summary>
internal static class RequestReader
{
    private const int EcsOption = 8;

    public static RequestKind Read(ReadOnlyMemory<byte> packet, DnsRequest request)
    {
        request.Reset(packet);
        var message = packet.Span;
        if (message.Length < DnsHeader.Bytes)
        {
            return RequestKind.Ignored;
        }

        request.Id = BinaryPrimitives.ReadUInt16BigEndian(message);
        request.Flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((request.Flags & DnsHeader.Response) != 0)
        {
            return RequestKind.Ignored;
        }

        if (DnsHeader.Opcode(request.Flags) != 0)
        {
            return RequestKind.UnknownOpcode;
        }

        var (questions, answers, authority, additional) = (Count(message, 4), Count(message, 6), Count(message, 8), Count(message, 10));
        if (questions != 1 || answers > 1 || authority > 1 || additional > 2)
        {
            return RequestKind.Malformed;
        }

        var offset = DnsHeader.Bytes;
        if (!TryReadQuestion(message, ref offset, request))
        {
            return RequestKind.Malformed;
        }

        var kind = RequestKind.Question;
        for (var i = 0; i < answers + authority + additional; i++)
        {
            var read = ReadRecord(packet, ref offset, request, isAdditional: i >= answers + authority);
            if (read == RequestKind.Malformed)
            {
                return read;
            }

            kind = read == RequestKind.UnknownEdnsVersion ? read : kind;
        }

        return offset == message.Length ? kind : RequestKind.Malformed;
    }

    private static bool TryReadQuestion(ReadOnlySpan<byte> message, ref int offset, DnsRequest request)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxBytes];
        if (!NameReader.TryRead(message, ref offset, name, out var length) || offset + 4 > message.Length)
        {
            return false;
        }

        request.SetName(name[..length]);
        request.Type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
        request.Class = (DnsClass)BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]);
        request.HasQuestion = true;
        offset += 4;
        return true;
    }

    private static RequestKind ReadRecord(ReadOnlyMemory<byte> packet, ref int offset, DnsRequest request, bool isAdditional)
    {
        var message = packet.Span;
        Span<byte> name = stackalloc byte[DnsName.MaxBytes];
        if (!NameReader.TryRead(message, ref offset, name, out var nameLength) || offset + 10 > message.Length)
        {
            return RequestKind.Malformed;
        }

        var fixedPart = message.Slice(offset, 10);
        var dataLength = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]);
        offset += 10;
        if (offset + dataLength > message.Length)
        {
            return RequestKind.Malformed;
        }

        var data = packet.Slice(offset, dataLength);
        offset += dataLength;
        if ((DnsType)BinaryPrimitives.ReadUInt16BigEndian(fixedPart) != DnsType.Opt)
        {
            return RequestKind.Question;
        }

        // RFC 6891 §6.1.1: one, in the additional section, of the root.
        if (!isAdditional || request.HasEdns || nameLength != 1)
        {
            return RequestKind.Malformed;
        }

        request.HasEdns = true;
        request.UdpBytes = Math.Max(DnsHeader.PlainUdpBytes, (int)BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]));
        var version = fixedPart[5];
        return version > 0 ? RequestKind.UnknownEdnsVersion
            : TryReadOptions(data, request) ? RequestKind.Question
            : RequestKind.Malformed;
    }

    private static bool TryReadOptions(ReadOnlyMemory<byte> data, DnsRequest request)
    {
        while (data.Length >= 4)
        {
            var code = BinaryPrimitives.ReadUInt16BigEndian(data.Span);
            var length = BinaryPrimitives.ReadUInt16BigEndian(data.Span[2..]);
            if (length > data.Length - 4)
            {
                return false;
            }

            if (code == EcsOption)
            {
                request.ClientSubnet = data.Slice(4, length);
                if (!IsSubnet(request.ClientSubnet.Span))
                {
                    return false;
                }
            }

            data = data[(4 + length)..];
        }

        return data.IsEmpty;
    }

    /// <summary>RFC 7871 §6: family, prefix lengths, and as many bytes of the address as the prefix has.</summary>
    private static bool IsSubnet(ReadOnlySpan<byte> subnet)
    {
        if (subnet.Length < 4)
        {
            return false;
        }

        var bits = BinaryPrimitives.ReadUInt16BigEndian(subnet) switch { 1 => 32, 2 => 128, _ => -1 };
        return subnet[2] <= bits && subnet.Length == 4 + ((subnet[2] + 7) / 8);
    }

    private static int Count(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
