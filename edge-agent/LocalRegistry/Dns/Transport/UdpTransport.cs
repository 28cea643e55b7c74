using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Saas.LocalRegistry.Dns.Transport;

/// <summary>
/// Serves one UDP socket. A loop that answered each datagram before it takes the next would stand still for as long as one
/// question waits for the registry or a recursor; a task for each would cost more than most answers. So each is begun in
/// the loop: what can be answered at once is, by one thread that never leaves the processor, and only what has to wait goes
/// on beside it, with the exchange it began with.
/// </summary>
internal sealed partial class UdpTransport(Socket socket, DnsOptions options, DnsResponder responder, RandomSource random, WaitLimit waits, LogGate gate, ILogger log)
{
    private const int MaxSpare = 64;

    private readonly Stack<DnsExchange> _spare = new();

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var exchange = Rent();
            try
            {
                var length = await socket.ReceiveFromAsync(exchange.Input, SocketFlags.None, exchange.Peer, ct);
                var answering = AnswerAsync(exchange, length, ct);
                if (!answering.IsCompleted)
                {
                    _ = WaitAsync(answering, exchange);
                    continue;
                }

                await answering;
            }
            catch (SocketException e) when (!ct.IsCancellationRequested)
            {
                // Of one datagram, or of one that was sent before (RFC 1122 §4.1.3.3): the socket goes on.
                LogOnce(e);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }

            Return(exchange);
        }
    }

    private async Task WaitAsync(ValueTask answering, DnsExchange exchange)
    {
        waits.Enter();
        try
        {
            await answering;
        }
        catch (SocketException e)
        {
            LogOnce(e);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The server stops; nobody is left to answer to.
            return;
        }
        finally
        {
            waits.Leave();
        }

        Return(exchange);
    }

    private async ValueTask AnswerAsync(DnsExchange exchange, int length, CancellationToken ct)
    {
        // A datagram that fills the buffer was longer, and is cut: what is left of it cannot be read.
        var bytes = await responder.AnswerAsync(exchange, exchange.Input.AsMemory(0, length), waits.HasRoom, ct);
        if (bytes > 0)
        {
            await socket.SendToAsync(exchange.Output[..bytes], SocketFlags.None, exchange.Peer, ct);
        }
    }

    private DnsExchange Rent()
    {
        lock (_spare)
        {
            if (_spare.TryPop(out var spare))
            {
                return spare;
            }
        }

        return new DnsExchange(random.Next(), new byte[options.MaxUdpBytes + 1], new byte[options.MaxUdpBytes], isTcp: false);
    }

    private void Return(DnsExchange exchange)
    {
        lock (_spare)
        {
            if (_spare.Count < MaxSpare)
            {
                _spare.Push(exchange);
            }
        }
    }

    private void LogOnce(SocketException e)
    {
        if (gate.TryPass(out var untold))
        {
            LogFailed(log, e.Message, untold);
        }
    }

    [LoggerMessage(345, LogLevel.Warning, "DNS over UDP: {Reason}; {Untold} more failures were not logged")]
    private static partial void LogFailed(ILogger log, string reason, int untold);
}
