using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Answers;

/// <summary>
/// Writes an answer, and leaves out what does not fit the way Consul does: without EDNS at most
/// <see cref="DnsOptions.UdpAnswerLimit"/> answers, counted without compression; then what nobody asked for and the
/// authority; then answers, with their targets' addresses, from the end.
/// </summary>
internal sealed class ReplyEncoder(DnsOptions options)
{
    /// <summary>Consul never gives more than this without EDNS, whatever the configuration says.</summary>
    public const int MaxPlainAnswers = 8;

    /// <summary>Neither A nor SRV records of more than these fit into 64 KiB.</summary>
    public const int MaxTcpAnswers = 4096;
    public const int MaxTcpServices = 1024;

    /// <summary>Consul counts the UDP header to the message.</summary>
    private const int UdpHeaderBytes = 8;

    private const int SmallestAnswerBytes = 16;

    /// <summary>From how many answers on another would be left out for certain.</summary>
    /// <param name="limitBytes">Of the message.</param>
    public int MaxUseful(DnsType type, int limitBytes, bool isTcp) =>
        isTcp ? 1 + (type == DnsType.Srv ? MaxTcpServices : MaxTcpAnswers)
        : 1 + (limitBytes == DnsHeader.PlainUdpBytes ? PlainAnswers : limitBytes / SmallestAnswerBytes);

    private int PlainAnswers => Math.Min(MaxPlainAnswers, options.UdpAnswerLimit);

    /// <param name="output">As long as the message may be.</param>
    /// <returns>The message's length.</returns>
    public int Encode(DnsRequest request, DnsReply reply, Span<byte> output, bool isTcp, NameCompression names)
    {
        var shape = new Shape(reply.Answers.Count, HasAll: true, Compress: true);
        if (!isTcp && output.Length == DnsHeader.PlainUdpBytes && shape.Answers > PlainAnswers)
        {
            shape = new Shape(PlainAnswers, HasAll: false, Compress: false);
        }
        else if (isTcp && shape.Answers > (request.Type == DnsType.Srv ? MaxTcpServices : MaxTcpAnswers))
        {
            shape = shape with { Answers = request.Type == DnsType.Srv ? MaxTcpServices : MaxTcpAnswers };
        }

        var limit = isTcp || shape.Answers <= 1 ? output.Length : output.Length - UdpHeaderBytes;
        if (shape.Compress && Write(request, reply, shape, output[..limit], names, isCut: shape.Answers < reply.Answers.Count) is > 0 and var whole)
        {
            return whole;
        }

        shape = shape with { HasAll = reply.Answers.Count == 0, Answers = MostThatFit(request, reply, shape with { HasAll = reply.Answers.Count == 0 }, output[..limit], names) };
        var isCut = shape.Answers < reply.Answers.Count;
        if (Write(request, reply, shape with { Compress = true }, output, names, isCut) is > 0 and var length)
        {
            return length;
        }

        // Not even one with what belongs to it: one alone, or the advice to come by TCP.
        var alone = Write(request, reply, shape with { Answers = Math.Min(1, reply.Answers.Count), HasTargets = false, Compress = true }, output, names, isCut: true);
        return alone > 0 ? alone : Write(request, reply, new Shape(0, HasAll: false, Compress: true) { HasTargets = false, MustTruncate = true }, output, names, isCut: true);
    }

    private int MostThatFit(DnsRequest request, DnsReply reply, Shape shape, Span<byte> output, NameCompression names)
    {
        var (fits, tooMany) = (0, shape.Answers + 1);
        while (tooMany - fits > 1)
        {
            var middle = fits + ((tooMany - fits) / 2);

            // Most often all fit, once what nobody asked for is gone.
            middle = tooMany == shape.Answers + 1 && fits == 0 ? shape.Answers : middle;
            if (Write(request, reply, shape with { Answers = middle }, output, names, isCut: true) > 0)
            {
                fits = middle;
            }
            else
            {
                tooMany = middle;
            }
        }

        return Math.Max(fits, Math.Min(1, shape.Answers));
    }

    /// <returns>Zero: it does not fit.</returns>
    private int Write(DnsRequest request, DnsReply reply, Shape shape, Span<byte> output, NameCompression names, bool isCut)
    {
        names.Clear();
        var writer = new DnsWriter(output, names, shape.Compress);
        var authority = shape.HasAll ? reply.Authority.Count : 0;
        var additional = shape.HasTargets ? reply.AdditionalFor(shape.Answers) : 0;
        var notes = shape.HasAll ? reply.Notes.Count : 0;
        writer.UInt16(request.Id);
        writer.UInt16(Flags(request, reply, isCut && (options.EnableTruncate || shape.MustTruncate)));
        writer.UInt16(request.HasQuestion ? 1 : 0);
        writer.UInt16(shape.Answers);
        writer.UInt16(authority);
        writer.UInt16(additional + notes + (request.HasEdns ? 1 : 0));
        if (request.HasQuestion)
        {
            writer.Whole(request.Name);
            writer.UInt16((int)request.Type);
            writer.UInt16((int)request.Class);
        }

        Records(ref writer, reply.Answers, shape.Answers, request.Name);
        Records(ref writer, reply.Authority, authority, request.Name);
        Records(ref writer, reply.Additional, additional, request.Name);
        Records(ref writer, reply.Notes, notes, request.Name);
        if (request.HasEdns)
        {
            Edns(ref writer, request, reply.Rcode);
        }

        return writer.IsOver ? 0 : writer.Length;
    }

    private int Flags(DnsRequest request, DnsReply reply, bool isTruncated) =>
        DnsHeader.Response
        | (request.Flags & (0x7800 | DnsHeader.RecursionDesired | DnsHeader.CheckingDisabled))
        | (reply.IsAuthoritative ? DnsHeader.Authoritative : 0)
        | (isTruncated ? DnsHeader.Truncated : 0)
        | (options.Recursors.Count > 0 ? DnsHeader.RecursionAvailable : 0)
        | ((int)reply.Rcode & 0xF);

    private void Records(ref DnsWriter writer, List<DnsRecord> records, int count, scoped ReadOnlySpan<byte> question)
    {
        for (var i = 0; i < count && !writer.IsOver; i++)
        {
            RecordWriter.Write(ref writer, records[i], question, options.Soa);
        }
    }

    /// <summary>RFC 6891 §6.1.2; the subnet's scope is 0: our answers hold for everybody (RFC 7871 §7.2.1).</summary>
    private void Edns(ref DnsWriter writer, DnsRequest request, Rcode rcode)
    {
        const int ScopeAt = 3;
        var subnet = request.ClientSubnet.Span;
        writer.UInt8(0);
        writer.UInt16((int)DnsType.Opt);
        writer.UInt16(options.MaxUdpBytes);
        writer.UInt32((uint)((int)rcode >> 4) << 24);
        writer.UInt16(subnet.IsEmpty ? 0 : 4 + subnet.Length);
        if (!subnet.IsEmpty)
        {
            writer.UInt16(8);
            writer.UInt16(subnet.Length);
            writer.Bytes(subnet[..ScopeAt]);
            writer.UInt8(0);
            writer.Bytes(subnet[(ScopeAt + 1)..]);
        }
    }

    /// <summary>Which part of a reply is written.</summary>
    /// <param name="HasAll">With authority and notes.</param>
    private readonly record struct Shape(int Answers, bool HasAll, bool Compress)
    {
        public bool HasTargets { get; init; } = true;

        /// <summary>An empty answer without a word would say that there is nothing.</summary>
        public bool MustTruncate { get; init; }
    }
}
