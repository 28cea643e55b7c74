using Saas.LocalRegistry.Dns;
using Saas.LocalRegistry.Dns.Answers;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Bytes, as the RFCs have them.</summary>
public sealed class WireTests
{
    private static readonly DnsOptions Options = new();
    private readonly DnsRequest _request = new();
    private readonly DnsReply _reply = new();

    [Fact]
    public void Encode_AddressAndService_AreCompressedAsRfc1035Has()
    {
        Read(Packets.Question("a.consul", DnsType.Srv, 0xBEEF));
        byte[] domain = [6, .. "consul"u8, 0];
        var target = new DnsName([1, .. "n"u8], domain);
        _reply.IsAuthoritative = true;
        _reply.Answers.Add(new DnsRecord(default, DnsType.Srv, 7) { Weight = 10, Port = 8080, Target = target });
        _reply.Additional.Add(DnsRecord.Address(target, [10, 0, 0, 1], 7));

        byte[] expected =
        [
            0xBE, 0xEF, 0x85, 0x00, 0, 1, 0, 1, 0, 0, 0, 1,
            1, .. "a"u8, 6, .. "consul"u8, 0, 0, 33, 0, 1,

            // RFC 2782: the target is not compressed; the address's owner points to it.
            0xC0, 12, 0, 33, 0, 1, 0, 0, 0, 7, 0, 16, 0, 1, 0, 10, 0x1F, 0x90, 1, .. "n"u8, 6, .. "consul"u8, 0,
            0xC0, 44, 0, 1, 0, 1, 0, 0, 0, 7, 0, 4, 10, 0, 0, 1,
        ];
        Assert.Equal(expected, Encode(512));
    }

    [Fact]
    public void Encode_Denial_HasTheSoaWithPointersIntoTheQuestion()
    {
        Read(Packets.Question("x.consul"));
        (_reply.Rcode, _reply.IsAuthoritative) = (Rcode.NxDomain, true);
        _reply.Authority.Add(new DnsRecord(new DnsName([], [6, .. "consul"u8, 0]), DnsType.Soa, 0) { Serial = 0x01020304 });

        byte[] expected =
        [
            0x12, 0x34, 0x85, 0x03, 0, 1, 0, 0, 0, 1, 0, 0,
            1, .. "x"u8, 6, .. "consul"u8, 0, 0, 1, 0, 1,
            0xC0, 14, 0, 6, 0, 1, 0, 0, 0, 0, 0, 38,
            2, .. "ns"u8, 0xC0, 14, 10, .. "hostmaster"u8, 0xC0, 14,
            1, 2, 3, 4, 0, 0, 0x0E, 0x10, 0, 0, 0x02, 0x58, 0, 0x01, 0x51, 0x80, 0, 0, 0, 0,
        ];
        Assert.Equal(expected, Encode(512));
    }

    [Fact]
    public void Encode_Edns_AnswersWithOurSizeAndTheSubnetsScopeZero()
    {
        Read(Packets.Question("x", additional: Packets.Edns(1232, 0, 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2)));

        var message = Encode(1232);

        Assert.Equal([0, 0, 41, 0x10, 0x00, 0, 0, 0, 0, 0, 11, 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2], message[^22..]);
    }

    [Fact]
    public void Read_Question_KeepsTheCaseAndComparesWithoutIt()
    {
        Read(Packets.Question("Web.Service.CONSUL"));

        Assert.Equal(DnsName.TryEncodeWhole("Web.Service.CONSUL"), _request.Name.ToArray());
        Assert.Equal("web.service", _request.Text(0, 2));
        Assert.Equal(2, _request.LabelsBefore(DnsName.TryEncodeWhole("consul")));
        Assert.Equal(-1, _request.LabelsBefore(DnsName.TryEncodeWhole("onsul")));
        Assert.Equal(DnsHeader.PlainUdpBytes, _request.UdpBytes);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_BadPacket_IsNotTaken(string what, byte[] packet, int kind) =>
        Assert.True((RequestKind)kind == RequestReader.Read(packet, new DnsRequest()), what);

    public static TheoryData<string, byte[], int> Refused()
    {
        var good = Packets.Question("web.service.consul");
        byte[] Header(int questions = 1, int answers = 0, int additional = 0, byte flags = 1) =>
            [0, 1, flags, 0, 0, (byte)questions, 0, (byte)answers, 0, 0, 0, (byte)additional];
        byte[] end = [0, 1, 0, 1];
        var (malformed, ignored) = ((int)RequestKind.Malformed, (int)RequestKind.Ignored);
        var longName = Enumerable.Repeat<byte[]>([63, .. new byte[63]], 4).SelectMany(l => l).ToArray();
        var rows = new TheoryData<string, byte[], int>
        {
            { "empty", [], ignored },
            { "shorter than a header", good[..11], ignored },
            { "an answer", [0, 1, 0x81, .. good[3..]], ignored },
            { "opcode STATUS", [0, 1, 0x10, .. good[3..]], (int)RequestKind.UnknownOpcode },
            { "no question", Header(0), malformed },
            { "two questions", [.. Header(2), .. good[12..], .. good[12..]], malformed },
            { "garbage behind", [.. good, 0], malformed },
            { "two answers", [.. Header(answers: 2), .. good[12..]], malformed },
            { "pointer to itself", [.. Header(), 0xC0, 12, .. end], malformed },
            { "pointer forward", [.. Header(), 0xC0, 16, .. end, 0], malformed },
            { "pointer into the header", [.. Header(), 0xC0, 0, .. end], malformed },
            { "half a pointer", [.. Header(), 0xC0], malformed },
            { "label of 64", [.. Header(), 64, .. new byte[64], 0, .. end], malformed },
            { "label of 0x80", [.. Header(), 0x80, .. new byte[128], 0, .. end], malformed },
            { "name of 257", [.. Header(), .. longName, 0, .. end], malformed },
            { "record that is not there", [.. Header(additional: 1), .. good[12..]], malformed },
            { "record whose data is cut", [.. Header(additional: 1), .. good[12..], 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 9], malformed },
            { "two OPT", [.. Header(additional: 2), .. good[12..], .. Packets.Edns(512), .. Packets.Edns(512)], malformed },
            { "OPT of a name", [.. Header(additional: 1), .. good[12..], 1, 65, .. Packets.Edns(512)], malformed },
            { "OPT among the answers", [.. Header(answers: 1), .. good[12..], .. Packets.Edns(512)], malformed },
            { "option that is cut", Packets.Question("x", additional: Packets.Edns(512, 0, 0, 10, 0, 9, 1)), malformed },
            { "half an option", Packets.Question("x", additional: Packets.Edns(512, 0, 0, 10)), malformed },
            { "subnet of a family that is none", Packets.Question("x", additional: Packets.Edns(512, 0, 0, 8, 0, 4, 0, 9, 0, 0)), malformed },
            { "subnet without its address", Packets.Question("x", additional: Packets.Edns(512, 0, 0, 8, 0, 4, 0, 1, 24, 0)), malformed },
            { "EDNS version 1", Packets.Question("x", additional: Packets.Edns(512, 1)), (int)RequestKind.UnknownEdnsVersion },
        };
        for (var length = 12; length < good.Length; length++)
        {
            rows.Add($"cut at {length}", good[..length], malformed);
        }

        return rows;
    }

    [Fact]
    public void TryRead_PointersBack_AreFollowedAndLoopsAreNot()
    {
        byte[] message = [.. new byte[12], 1, (byte)'a', 0, 1, (byte)'b', 0xC0, 12, 1, (byte)'c', 0xC0, 15, 0xC0, 23, 1, (byte)'d', 0xC0, 25];
        var name = new byte[DnsName.MaxBytes];
        var offset = 19;
        Assert.True(NameReader.TryRead(message, ref offset, name, out var length));
        Assert.Equal([1, (byte)'c', 1, (byte)'b', 1, (byte)'a', 0], name[..length]);
        Assert.Equal(23, offset);
        Assert.False(NameReader.TryRead(message, ref offset, name, out _));
        offset = 25;
        Assert.False(NameReader.TryRead(message, ref offset, name, out _));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", false)]
    [InlineData("012345678901234567890123456789012345678901234567890123456789012", true)]
    [InlineData("a.b", true)]
    public void TryEncode_Text_IsANameOrNot(string text, bool isName) => Assert.Equal(isName, DnsName.TryEncode(text) is not null);

    private void Read(byte[] packet) => Assert.Equal(RequestKind.Question, RequestReader.Read(packet, _request));

    private byte[] Encode(int limit)
    {
        var output = new byte[limit];
        return output[..new ReplyEncoder(Options).Encode(_request, _reply, output, isTcp: false, new NameCompression())];
    }
}
