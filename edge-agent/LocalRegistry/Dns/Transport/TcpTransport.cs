using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Saas.LocalRegistry.Dns.Transport;

/// <summary>Takes connections, as many as there may be.</summary>
internal sealed partial class TcpTransport(
    Socket listener, DnsOptions options, DnsResponder responder, RandomSource random, WaitLimit waits, TimeProvider time, LogGate gate, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private int _connections;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(ct);
                if (Interlocked.Increment(ref _connections) > options.MaxTcpConnections)
                {
                    Close(socket);
                    LogOnce($"there are {options.MaxTcpConnections} connections already");
                }
                else
                {
                    _ = ServeAsync(socket, ct);
                }
            }
            catch (SocketException e) when (!ct.IsCancellationRequested)
            {
                // No descriptor is left, or the client was gone again: a loop without a pause would only burn.
                LogOnce(e.Message);
                await Task.Delay(Pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken ct)
    {
        try
        {
            await new TcpConnection(socket, options, responder, waits, time).RunAsync(random.Next(), ct);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The client went away, or was idle, or the server stops.
        }
        catch (Exception e)
        {
            LogOnce(e.ToString());
        }
        finally
        {
            Close(socket);
        }
    }

    private void Close(Socket socket)
    {
        socket.Dispose();
        Interlocked.Decrement(ref _connections);
    }

    private void LogOnce(string reason)
    {
        if (gate.TryPass(out var untold))
        {
            LogFailed(log, reason, untold);
        }
    }

    [LoggerMessage(346, LogLevel.Warning, "DNS over TCP: {Reason}; {Untold} more failures were not logged")]
    private static partial void LogFailed(ILogger log, string reason, int untold);
}
