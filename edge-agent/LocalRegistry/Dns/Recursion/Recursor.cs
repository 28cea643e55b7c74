using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Recursion;

/// <summary>
/// One other server. Each question goes out from a socket of its own, so from another port, under an id that cannot be
/// guessed; what does not answer it is not taken (RFC 5452 §9).
/// </summary>
internal sealed class Recursor(IPEndPoint endPoint, TimeSpan timeout, TimeProvider time)
{
    public IPEndPoint EndPoint { get; } = endPoint;

    /// <returns>Null: no answer in time.</returns>
    /// <exception cref="SocketException">It is not reached.</exception>
    public async ValueTask<Received?> ExchangeAsync(ReadOnlyMemory<byte> query, bool wantWhole, CancellationToken ct)
    {
        var asked = new byte[query.Length];
        query.CopyTo(asked);
        BinaryPrimitives.WriteUInt16BigEndian(asked, (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1));
        var answer = await InTimeAsync(c => ByUdpAsync(asked, c), ct);
        if (answer is null || !wantWhole || !UpstreamAnswer.IsTruncated(answer.Message.Span))
        {
            return answer;
        }

        answer.Dispose();
        return await InTimeAsync(c => ByTcpAsync(asked, c), ct);
    }

    private async ValueTask<Received?> InTimeAsync(Func<CancellationToken, ValueTask<Received?>> exchange, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await exchange(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask<Received?> ByUdpAsync(byte[] query, CancellationToken ct)
    {
        using var socket = new Socket(EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(EndPoint, ct);
        await socket.SendAsync(query, SocketFlags.None, ct);
        var received = new Received();
        try
        {
            while (true)
            {
                received.Length = await socket.ReceiveAsync(received.Buffer, SocketFlags.None, ct);
                if (UpstreamAnswer.IsTo(query, received.Message.Span))
                {
                    return received;
                }
            }
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    private async ValueTask<Received?> ByTcpAsync(byte[] query, CancellationToken ct)
    {
        using var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint, ct);
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        for (var sent = 0; sent < framed.Length;)
        {
            sent += await socket.SendAsync(framed.AsMemory(sent), SocketFlags.None, ct);
        }

        var received = new Received();
        try
        {
            if (await TryReadAsync(socket, received.Buffer.AsMemory(0, 2), ct))
            {
                received.Length = BinaryPrimitives.ReadUInt16BigEndian(received.Buffer);
                if (await TryReadAsync(socket, received.Buffer.AsMemory(0, received.Length), ct) && UpstreamAnswer.IsTo(query, received.Message.Span))
                {
                    return received;
                }
            }
        }
        catch
        {
            received.Dispose();
            throw;
        }

        received.Dispose();
        return null;
    }

    private static async ValueTask<bool> TryReadAsync(Socket socket, Memory<byte> into, CancellationToken ct)
    {
        for (var read = 0; read < into.Length;)
        {
            var more = await socket.ReceiveAsync(into[read..], SocketFlags.None, ct);
            if (more == 0)
            {
                return false;
            }

            read += more;
        }

        return true;
    }
}

/// <summary>A message in a pooled buffer; whoever got it gives it back.</summary>
internal sealed class Received : IDisposable
{
    public byte[] Buffer { get; } = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);

    public int Length { get; set; }

    public ReadOnlyMemory<byte> Message => Buffer.AsMemory(0, Length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Buffer);
}
