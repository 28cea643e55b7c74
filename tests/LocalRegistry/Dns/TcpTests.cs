using System.Buffers.Binary;
using System.Net.Sockets;
using Saas.LocalRegistry.Dns.Wire;
using Saas.TestKit;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Connections, and clients that misuse them.</summary>
public sealed class TcpTests
{
    private static readonly FakeCatalogs Catalogs = new FakeCatalogs().Node("n", "10.0.0.1").Service("n", "web");

    [Fact]
    public async Task QuestionsOnOneConnectionAreAnsweredInTheirOrder()
    {
        await using var dns = RunningDns.Start(Catalogs);
        using var client = await ConnectAsync(dns);

        await client.SendAsync(Enumerable.Range(1, 500).SelectMany(i => Framed(Packets.Question("web.service.consul", id: (ushort)i))).ToArray());

        for (var i = 1; i <= 500; i++)
        {
            var message = await ReadAsync(client);
            Assert.Equal(i, BinaryPrimitives.ReadUInt16BigEndian(message));
            Assert.Equal(1, Packets.Answers(message));
        }
    }

    [Fact]
    public async Task AQuestionMayComeByteByByte()
    {
        await using var dns = RunningDns.Start(Catalogs);
        using var client = await ConnectAsync(dns);
        foreach (var b in Framed(Packets.Question("web.service.consul")))
        {
            await client.SendAsync(new[] { b });
        }

        Assert.Equal(1, Packets.Answers(await ReadAsync(client)));
    }

    [Fact]
    public async Task MalformedQuestionsAreAnsweredAndOnesThatAreNoneEndTheConnection()
    {
        await using var dns = RunningDns.Start(Catalogs);
        using var client = await ConnectAsync(dns);
        await client.SendAsync(Framed([.. Packets.Question("x"), 0]));
        Assert.Equal(Rcode.FormErr, Packets.RcodeOf(await ReadAsync(client)));

        foreach (var bad in new[] { Framed([1, 2, 3]), Framed([]), [0xFF, 0xFF, 0], Framed([.. Packets.Question("x")[..2], 0x81, 0, .. Packets.Question("x")[4..]]) })
        {
            using var ended = await ConnectAsync(dns);
            await ended.SendAsync(bad);
            Assert.True(await IsClosedAsync(ended));
        }
    }

    [Fact]
    public async Task IdleConnectionsAreClosed()
    {
        await using var dns = RunningDns.Start(Catalogs, o => o with { TcpIdleTimeout = TimeSpan.FromMilliseconds(150) });
        using var silent = await ConnectAsync(dns);
        using var half = await ConnectAsync(dns);
        await half.SendAsync(Framed(Packets.Question("web.service.consul"))[..9]);

        Assert.True(await IsClosedAsync(silent));
        Assert.True(await IsClosedAsync(half));
    }

    [Fact]
    public async Task MoreConnectionsThanAllowedAreClosedAndRoomComesBack()
    {
        await using var dns = RunningDns.Start(Catalogs, o => o with { MaxTcpConnections = 2, TcpIdleTimeout = TimeSpan.FromMinutes(1) });
        using var first = await ConnectAsync(dns);
        using var second = await ConnectAsync(dns);
        Assert.True(await IsServedAsync(first) && await IsServedAsync(second));
        using (var third = await ConnectAsync(dns))
        {
            Assert.True(await IsClosedAsync(third));
        }

        first.Close();
        await Poll.UntilAsync(
            async () =>
            {
                using var next = await ConnectAsync(dns);
                return await IsServedAsync(next);
            },
            "room for another connection");
    }

    private static async Task<Socket> ConnectAsync(RunningDns dns)
    {
        var socket = new Socket(dns.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(dns.EndPoint);
        return socket;
    }

    private static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static async Task<byte[]> ReadAsync(Socket socket)
    {
        var stream = new NetworkStream(socket);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(message);
        return message;
    }

    private static async Task<bool> IsServedAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync(Framed(Packets.Question("web.service.consul")));
            return Packets.Answers(await ReadAsync(socket)) == 1;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Poll.DefaultTimeout) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
