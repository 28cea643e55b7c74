using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Saas.LocalRegistry.Dns.Transport;

/// <summary>
/// Serves one UDP socket. A loop that answered each datagram before it takes the next would stand still for as long as one
/// question waits for the registry or a recursor; a task for each would cost more than most answers. So each is begun in
/// the loop: what can be answered at once is, by one thread that never leaves the processor, and only what has to wait goes
/// on beside it, with the exchange it began with.
/// </summary>
internal sealed partial class UdpTransport(
    Socket socket, DnsOptions options, DnsResponder responder, RandomSource random, WaitLimit waits, TimeProvider time, LogGate gate, ILogger log)
{
    private const int MaxSpare = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Stack<DnsExchange> _spare = new();

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var exchange = Rent();
            if (await ReceiveAsync(exchange, ct) is >= 0 and var length)
            {
                var answering = AnswerAsync(exchange, length, ct);
                if (!answering.IsCompleted)
                {
                    _ = WaitAsync(answering, exchange, ct);
                    continue;
                }

                await EndAsync(answering, ct);
            }

            Return(exchange);
        }
    }

    /// <returns>The datagram's length; -1: none came, and the next may.</returns>
    private async ValueTask<int> ReceiveAsync(DnsExchange exchange, CancellationToken ct)
    {
        try
        {
            return await socket.ReceiveFromAsync(exchange.Input, SocketFlags.None, exchange.Peer, ct);
        }
        catch (SocketException e) when (!ct.IsCancellationRequested)
        {
            // Of a datagram that was sent before (RFC 1122 §4.1.3.3), or the system lacks something: the socket goes on, but
            // a loop without a pause would only burn.
            LogOnce(e.Message);
            await Task.Delay(Pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e) when (ct.IsCancellationRequested && e is (OperationCanceledException or ObjectDisposedException or SocketException))
        {
            // The server stops.
        }

        return -1;
    }

    private async Task WaitAsync(ValueTask answering, DnsExchange exchange, CancellationToken ct)
    {
        waits.Enter();
        await EndAsync(answering, ct);
        waits.Leave();
        Return(exchange);
    }

    /// <summary>Whatever became of one question, the next is answered.</summary>
    private async ValueTask EndAsync(ValueTask answering, CancellationToken ct)
    {
        try
        {
            await answering;
        }
        catch (SocketException e)
        {
            LogOnce(e.Message);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // The server stops; nobody is left to answer to.
        }
        catch (Exception e)
        {
            LogOnce(e.ToString());
        }
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

        return new DnsExchange(random.Next(), new byte[options.MaxUdpBytes + 1], isTcp: false) { Output = new byte[options.MaxUdpBytes] };
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

    private void LogOnce(string reason)
    {
        if (gate.TryPass(out var untold))
        {
            LogFailed(log, reason, untold);
        }
    }

    [LoggerMessage(345, LogLevel.Warning, "DNS over UDP: {Reason}; {Untold} more failures were not logged")]
    private static partial void LogFailed(ILogger log, string reason, int untold);
}
