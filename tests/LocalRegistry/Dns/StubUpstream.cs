using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>A name server that answers as a test says; UDP and TCP on one port.</summary>
internal sealed class StubUpstream : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _tcp = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Func<byte[], bool, IEnumerable<byte[]>> _answer;
    private readonly Task _running;

    /// <param name="answer">From a question, and whether it came by TCP, to the messages sent back.</param>
    public StubUpstream(Func<byte[], bool, IEnumerable<byte[]>> answer)
    {
        _answer = answer;
        _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _tcp.Bind(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), EndPoint.Port));
        _tcp.Listen();
        _running = Task.WhenAll(UdpAsync(), TcpAsync());
    }

    public IPEndPoint EndPoint { get; }

    public List<(ushort Id, int Port)> Asked { get; } = [];

    /// <summary>The question's answer with one address.</summary>
    public static byte[] Address(byte[] question, params byte[] address)
    {
        var end = End(question);
        byte[] message = [.. question[..end], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. address];
        (message[2], message[3], message[7], message[11]) = (0x81, 0x80, 1, 0);
        return message;
    }

    public static byte[] Rcode(byte[] question, Rcode rcode, bool isTruncated = false)
    {
        var message = question[..End(question)];
        (message[2], message[3], message[11]) = ((byte)(isTruncated ? 0x83 : 0x81), (byte)(0x80 | (int)rcode), 0);
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    private static int End(byte[] question) => Array.IndexOf(question, (byte)0, 12) + 5;

    private async Task UdpAsync()
    {
        var buffer = new byte[4096];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var from = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Asked.Add((BinaryPrimitives.ReadUInt16BigEndian(buffer), ((IPEndPoint)from.RemoteEndPoint).Port));
                foreach (var message in _answer(buffer[..from.ReceivedBytes], false))
                {
                    await _udp.SendToAsync(message, SocketFlags.None, from.RemoteEndPoint, _stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TcpAsync()
    {
        var buffer = new byte[4096];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _tcp.AcceptAsync(_stop.Token);
                var length = await client.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                foreach (var message in _answer(buffer[2..length], true))
                {
                    await client.SendAsync((byte[])[(byte)(message.Length >> 8), (byte)message.Length, .. message], SocketFlags.None, _stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
