using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Saas.LocalRegistry.Dns;
using Saas.LocalRegistry.Dns.Recursion;
using Saas.LocalRegistry.Dns.Transport;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Packets of whoever means harm. Deterministic: a failure names its seed.</summary>
public sealed class HostilePacketTests
{
    private static readonly string[] Names =
    [
        "web.service.consul", "_web._tcp.service.consul", "v1.web.service.dc1.dc.consul", "n.node.consul", "ext.node.consul", "0a000001.addr.consul",
        "1.0.0.10.in-addr.arpa", "q.query.consul", "consul", "www.example.com", "alias.service.consul",
    ];

    private static readonly DnsType[] Types = [DnsType.A, DnsType.Aaaa, DnsType.Srv, DnsType.Any, DnsType.Txt, DnsType.Soa, DnsType.Ns, DnsType.Ptr, (DnsType)65];

    private static FakeCatalogs Catalogs() => new FakeCatalogs()
        .Node("n", "10.0.0.1", meta: new() { ["k"] = "v" }).Node("ext", "www.example.com")
        .Service("n", "web", tags: ["v1"]).Service("ext", "alias", 1, "web.service.consul");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AnyPacketIsAnsweredWithAWellFormedMessageOrWithNothing(int seed)
    {
        var log = new CountingLog();
        var responder = new DnsResponder(new DnsOptions(), Catalogs(), TimeProvider.System, log);
        var random = new Random(seed);
        var exchange = new DnsExchange(new Random(seed), [], isTcp: false) { Output = new byte[4096] };
        for (var i = 0; i < 10_000; i++)
        {
            var packet = Mutate(random, Good(random));

            var length = await responder.AnswerAsync(exchange, packet, canWait: true, CancellationToken.None);

            var what = $"seed {seed}, packet {i}: {Convert.ToHexString(packet)}";
            Assert.True(length == 0 || packet.Length >= 12 && (packet[2] & 0x80) == 0, what);
            if (length > 0)
            {
                Assert.True(IsWellFormed(packet, exchange.Output.Span[..length]), what + " gave " + Convert.ToHexString(exchange.Output.Span[..length]));
            }
        }

        // A lookup that throws is answered, too, but none should.
        Assert.Equal(0, log.Errors);
    }

    [Fact]
    public async Task TheServerLivesThroughThousandsOfThem()
    {
        await using var dns = RunningDns.Start(Catalogs());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(dns.EndPoint);
        var random = new Random(5);
        for (var i = 0; i < 5_000; i++)
        {
            var packet = Mutate(random, Good(random));
            await socket.SendAsync(packet.Length == 0 ? [0] : packet);
            if (i % 500 == 0)
            {
                await socket.SendAsync(new byte[20_000 + i]);
                Assert.Equal(["10.0.0.1"], (await dns.DigAsync("+short", "web.service.consul")).Lines);
            }
        }

        Assert.Equal(["10.0.0.1"], (await dns.DigAsync("+short", "web.service.consul")).Lines);
        Assert.Equal(["10.0.0.1"], (await dns.DigAsync("+short", "+tcp", "web.service.consul")).Lines);
    }

    [Fact]
    public async Task AnswersAreNotAnsweredAndWhatCannotBeReadGetsABareHeader()
    {
        await using var dns = RunningDns.Start(Catalogs());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(dns.EndPoint);
        var question = Packets.Question("web.service.consul", id: 1);
        await socket.SendAsync((byte[])[.. question[..2], 0x81, .. question[3..]]);
        await socket.SendAsync(new byte[11]);
        await socket.SendAsync((byte[])[0, 2, .. question[2..], 99]);
        var buffer = new byte[512];

        // The first that comes back is to the third.
        var length = await socket.ReceiveAsync(buffer);

        Assert.Equal([0, 2, 0x81, 0x01, 0, 0, 0, 0, 0, 0, 0, 0], buffer[..length]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhatRecursorsSendIsReadOrNot(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var query = Packets.Question("www.example.com");
            var answer = Mutate(random, StubUpstream.Address(query, 192, 0, 2, 1));
            if (UpstreamAnswer.IsTo(query, answer) && UpstreamAnswer.RcodeOf(answer) is Rcode.NoError or Rcode.NxDomain)
            {
                UpstreamAnswer.ReadAddresses(answer, []);
            }
        }
    }

    private static byte[] Good(Random random) => Packets.Question(
        Names[random.Next(Names.Length)],
        Types[random.Next(Types.Length)],
        (ushort)random.Next(65536),
        random.Next(3) switch
        {
            0 => null,
            1 => Packets.Edns((ushort)random.Next(65536)),
            _ => Packets.Edns(1232, 0, 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2, 0, 10, 0, 2, 1, 2),
        });

    private static byte[] Mutate(Random random, byte[] packet)
    {
        var bytes = packet.ToList();
        for (var changes = random.Next(0, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.RemoveAt(at);
                    break;
                case 5:
                    bytes.InsertRange(at, [0xC0, (byte)random.Next(64)]);
                    break;
                default:
                    bytes.AddRange(bytes.Take(random.Next(bytes.Count)).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>The header answers the packet's; every record can be read, and nothing is behind the last.</summary>
    private static bool IsWellFormed(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> message)
    {
        if (!message[..2].SequenceEqual(packet[..2]) || (message[2] & 0x80) == 0)
        {
            return false;
        }

        var offset = 12;
        Span<byte> name = stackalloc byte[DnsName.MaxBytes];
        for (var i = 0; i < BinaryPrimitives.ReadUInt16BigEndian(message[4..]); i++)
        {
            if (!NameReader.TryRead(message, ref offset, name, out _))
            {
                return false;
            }

            offset += 4;
        }

        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..]) + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (var i = 0; i < records; i++)
        {
            if (!NameReader.TryRead(message, ref offset, name, out _) || offset + 10 > message.Length)
            {
                return false;
            }

            offset += 10 + BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 8)..]);
        }

        return offset == message.Length;
    }

    private sealed class CountingLog : ILogger
    {
        public int Errors { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Errors += logLevel >= LogLevel.Error ? 1 : 0;
    }
}
