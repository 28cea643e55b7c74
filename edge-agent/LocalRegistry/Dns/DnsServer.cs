using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Saas.LocalRegistry.Dns.Transport;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns;

/// <summary>
/// DNS as Consul's agent serves it, over UDP and TCP, from the catalogs this agent follows. Nothing that comes in ends it;
/// it ends with its token.
/// </summary>
internal sealed partial class DnsServer : IDisposable
{
    /// <summary>The kernel's usual limit; it keeps what comes while a thread is started or garbage is collected.</summary>
    private const int ReceiveBufferBytes = 208 * 1024;

    private const int Backlog = 128;

    private readonly DnsOptions _options;
    private readonly DnsResponder _responder;
    private readonly RandomSource _random;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<(Socket Udp, Socket Tcp)> _sockets = [];

    /// <param name="random">What answers are shuffled with; null: another order in each process.</param>
    /// <exception cref="ArgumentException">Options that are not allowed.</exception>
    public DnsServer(DnsOptions options, ICatalogViews catalogs, TimeProvider time, ILogger log, Random? random = null)
    {
        DnsOptionsRules.Check(options);
        (_options, _time, _log) = (options, time, log);
        _random = new RandomSource(random ?? new Random());
        _responder = new DnsResponder(options, catalogs, time, log);
    }

    /// <summary>What is listened on, by <see cref="Bind"/>: ports are real ones.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _sockets.Select(s => (IPEndPoint)s.Udp.LocalEndPoint!)];

    /// <summary>Begins to listen. Again: nothing.</summary>
    /// <exception cref="DnsBindException">An address cannot be listened on; then none is.</exception>
    public void Bind()
    {
        if (_sockets.Count > 0)
        {
            return;
        }

        try
        {
            foreach (var endPoint in _options.Listen)
            {
                _sockets.Add(BindBoth(endPoint));
            }
        }
        catch (DnsBindException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Serves until the token is cancelled; binds first if nobody has. Once.</summary>
    /// <exception cref="DnsBindException">As <see cref="Bind"/>.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        Bind();
        LogListening(_log, string.Join(", ", EndPoints), _options.Domain);
        var waits = new WaitLimit(_options.MaxWaiting);
        var gate = new LogGate(_time);
        try
        {
            await Task.WhenAll(_sockets.SelectMany(s => new[]
            {
                Task.Run(() => new UdpTransport(s.Udp, _options, _responder, _random, waits, _time, gate, _log).RunAsync(ct), ct),
                Task.Run(() => new TcpTransport(s.Tcp, _options, _responder, _random, waits, _time, gate, _log).RunAsync(ct), ct),
            }));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Cancelled before a loop began.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var (udp, tcp) in _sockets)
        {
            udp.Dispose();
            tcp.Dispose();
        }

        _sockets.Clear();
    }

    /// <summary>Both on one port. Of a free one for TCP, UDP may be taken: then another.</summary>
    private static (Socket Udp, Socket Tcp) BindBoth(IPEndPoint endPoint)
    {
        const int Attempts = 20;
        for (var attempt = 1; ; attempt++)
        {
            var tcp = BindOne(endPoint, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                return (BindOne((IPEndPoint)tcp.LocalEndPoint!, SocketType.Dgram, ProtocolType.Udp), tcp);
            }
            catch (DnsBindException) when (endPoint.Port == 0 && attempt < Attempts)
            {
                tcp.Dispose();
            }
            catch
            {
                tcp.Dispose();
                throw;
            }
        }
    }

    private static Socket BindOne(IPEndPoint endPoint, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(endPoint.AddressFamily, type, protocol);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // :: is then not 0.0.0.0, too, which may be listed beside it.
                socket.DualMode = false;
            }

            if (protocol == ProtocolType.Udp)
            {
                socket.ReceiveBufferSize = ReceiveBufferBytes;
            }

            socket.Bind(endPoint);
            if (protocol == ProtocolType.Tcp)
            {
                socket.Listen(Backlog);
            }

            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DnsBindException(endPoint, protocol == ProtocolType.Udp ? "UDP" : "TCP", e);
        }
    }

    [LoggerMessage(341, LogLevel.Information, "DNS on {EndPoints} for {Domain}")]
    private static partial void LogListening(ILogger log, string endPoints, string domain);
}

/// <summary>An address that DNS was to be served on is in use, not this machine's, or needs rights that the agent lacks.</summary>
internal sealed class DnsBindException(IPEndPoint endPoint, string protocol, SocketException reason)
    : Exception($"DNS cannot listen on {endPoint} ({protocol}): {reason.Message}.", reason)
{
    public IPEndPoint EndPoint { get; } = endPoint;
}
