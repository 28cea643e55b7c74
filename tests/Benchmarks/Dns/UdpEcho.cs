using System.Net;
using System.Net.Sockets;

namespace Saas.Benchmarks.Dns;

/// <summary>The least a server over UDP can do, with the calls that ours makes: what comes goes back.</summary>
internal sealed class UdpEcho : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Task _running;

    public UdpEcho()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _running = Task.Run(RunAsync);
    }

    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var buffer = new byte[4096];
        var peer = new SocketAddress(AddressFamily.InterNetworkV6);
        try
        {
            while (true)
            {
                var bytes = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, peer, _stop.Token);
                await _socket.SendToAsync(buffer.AsMemory(0, bytes), SocketFlags.None, peer, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
