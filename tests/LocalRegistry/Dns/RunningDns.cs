using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.LocalRegistry.Dns;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>A server on a free port of loopback.</summary>
internal sealed class RunningDns : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly DnsServer _server;
    private readonly Task _running;

    private RunningDns(DnsServer server)
    {
        _server = server;
        _server.Bind();
        EndPoint = _server.EndPoints[0];
        _running = _server.RunAsync(_stop.Token);
    }

    public IPEndPoint EndPoint { get; }

    public static RunningDns Start(FakeCatalogs catalogs, Func<DnsOptions, DnsOptions>? change = null, int seed = 1)
    {
        var options = new DnsOptions { Listen = [new(IPAddress.Loopback, 0)] };
        return new RunningDns(new DnsServer(change?.Invoke(options) ?? options, catalogs, TimeProvider.System, NullLogger.Instance, new Random(seed)));
    }

    public Task<DigAnswer> DigAsync(params string[] arguments) => Dig.RunAsync(EndPoint, arguments);

    /// <summary>Sends one datagram and gives what comes back.</summary>
    /// <exception cref="OperationCanceledException">Nothing did in time.</exception>
    public async Task<byte[]> AskUdpAsync(byte[] packet)
    {
        using var socket = new Socket(EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(EndPoint);
        await socket.SendAsync(packet);
        var buffer = new byte[65536];
        return buffer[..await socket.ReceiveAsync(buffer, patience.Token)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Patience);
        _server.Dispose();
        _stop.Dispose();
    }
}
