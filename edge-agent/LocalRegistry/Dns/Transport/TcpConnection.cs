using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Saas.LocalRegistry.Dns.Transport;

/// <summary>
/// Questions on one connection, each behind its length (RFC 1035 §4.2.2). A client may send the next before it has the
/// answer; they are answered in their order. What has no answer, or is longer than a question may be, ends the
/// connection.
/// </summary>
internal sealed class TcpConnection(Socket socket, DnsOptions options, DnsResponder responder, WaitLimit waits, TimeProvider time)
{
    private const int LengthBytes = 2;

    private readonly byte[] _input = new byte[LengthBytes + options.MaxTcpQuestionBytes];
    private int _from;
    private int _filled;

    /// <exception cref="OperationCanceledException">It was idle for too long, or <paramref name="ct"/>.</exception>
    /// <exception cref="SocketException">The client went away.</exception>
    public async Task RunAsync(Random random, CancellationToken ct)
    {
        socket.NoDelay = true;
        var exchange = new DnsExchange(random, _input, isTcp: true);
        while (await NextAsync(ct) is { IsEmpty: false } question && await TryAnswerAsync(exchange, question, ct))
        {
        }
    }

    /// <summary>Holds 64 KiB only while it answers: most connections wait most of the time.</summary>
    /// <returns>False: to what came there is no answer.</returns>
    private async ValueTask<bool> TryAnswerAsync(DnsExchange exchange, ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        var output = ArrayPool<byte>.Shared.Rent(LengthBytes + ushort.MaxValue);
        try
        {
            exchange.Output = output.AsMemory(LengthBytes, ushort.MaxValue);
            var length = await AnswerAsync(exchange, question, ct);
            BinaryPrimitives.WriteUInt16BigEndian(output, (ushort)length);
            if (length > 0)
            {
                await SendAsync(output.AsMemory(0, LengthBytes + length), ct);
            }

            return length > 0;
        }
        finally
        {
            exchange.Output = default;
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    private async ValueTask<int> AnswerAsync(DnsExchange exchange, ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        var answering = responder.AnswerAsync(exchange, question, waits.HasRoom, ct);
        if (answering.IsCompleted)
        {
            return await answering;
        }

        waits.Enter();
        try
        {
            return await answering;
        }
        finally
        {
            waits.Leave();
        }
    }

    /// <returns>The next question; empty: there is none, or it is none that is taken.</returns>
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken ct)
    {
        using var idle = new Deadline(options.TcpIdleTimeout, time, ct);
        while (true)
        {
            var have = _filled - _from;
            if (have >= LengthBytes)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(_from));
                if (length > options.MaxTcpQuestionBytes)
                {
                    return default;
                }

                if (have >= LengthBytes + length)
                {
                    var question = _input.AsMemory(_from + LengthBytes, length);
                    _from += LengthBytes + length;
                    return question;
                }
            }

            // What is left of it must find room behind.
            _input.AsSpan(_from, have).CopyTo(_input);
            (_from, _filled) = (0, have);
            var more = await socket.ReceiveAsync(_input.AsMemory(_filled), SocketFlags.None, idle.Token);
            if (more == 0)
            {
                return default;
            }

            _filled += more;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        using var idle = new Deadline(options.TcpIdleTimeout, time, ct);
        while (!message.IsEmpty)
        {
            message = message[await socket.SendAsync(message, SocketFlags.None, idle.Token)..];
        }
    }

    /// <summary>A token that is cancelled after a time by the provider's clock, or with another.</summary>
    private sealed class Deadline : IDisposable
    {
        private readonly CancellationTokenSource _time;
        private readonly CancellationTokenSource _either;

        public Deadline(TimeSpan after, TimeProvider time, CancellationToken ct)
        {
            _time = new CancellationTokenSource(after, time);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, ct);
        }

        public CancellationToken Token => _either.Token;

        public void Dispose()
        {
            _either.Dispose();
            _time.Dispose();
        }
    }
}
